"""One round of a program: how fast it was, what it wrote, what it used."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.ledger import Each
from tests.bench.spent import Usage


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
