"""One round of a program: how fast it was, what it wrote, what it used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.bench.ledger import Each
from tests.bench.spent import Usage


DISTURBED = 0.2
"""When others on the machine take more processors than this, how fast something was says little."""


@dataclass(frozen=True)
class Round:
    """What came of so many enrolments."""

    enrolments: int
    seconds: float
    written: Each
    usage: Usage

    @property
    def rate(self) -> float:
        """Enrolments a second."""
        return self.enrolments / self.seconds

    @property
    def cpu_each(self) -> float:
        """CPU seconds of all processes for one enrolment."""
        return sum(self.usage.cpu_seconds.values()) / self.enrolments

    @property
    def disturbed(self) -> bool:
        """Whether others had so much of the machine that the rate is theirs as much as ours."""
        return self.usage.others > DISTURBED


def times_as_fast(one: Round, other: Round) -> float:
    """How many times as fast the one was as the other: by their rates, or when disturbed by their use of the CPU.

    The processor time that an enrolment takes hardly depends on who else runs; on a quiet machine it sets the rate.
    """
    if one.disturbed or other.disturbed:
        return other.cpu_each / one.cpu_each
    return one.rate / other.rate


def how(rounds: Iterable[Round]) -> str:
    """By what they were compared."""
    others = [r.usage.others for r in rounds if r.disturbed]
    return f"by CPU time: others took up to {max(others):.1f} processors" if others else "by rates"
