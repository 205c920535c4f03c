"""One round of a program: how fast it was, what it wrote, what it used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.ledger import Each


@dataclass(frozen=True)
class Round:
    """What came of so many enrolments."""

    enrolments: int
    seconds: float
    written: Each
    cpu_seconds: Mapping[str, float]
    memory_mb: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Enrolments a second."""
        return self.enrolments / self.seconds

    @property
    def cpu_each(self) -> float:
        """CPU seconds of all processes for one enrolment."""
        return sum(self.cpu_seconds.values()) / self.enrolments
