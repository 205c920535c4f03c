"""The events of one topic and key: consecutive numbers, first seen in their order, each always the same bytes."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from spn_audit.programme import JUMP_MIN

Seen: TypeAlias = Literal["new", "again", "late", "changed"]
"""``again``: told before, the same bytes. ``late``: for the first time, after a higher number."""


@dataclass(slots=True)
class Run:
    """Consecutive numbers from ``first`` on, with the fingerprint of each; 0 stands for one that is missing."""

    first: int
    digests: array[int]

    @property
    def last(self) -> int:
        return self.first + len(self.digests) - 1


@dataclass(slots=True)
class Chain:
    """What was seen so far. More than one run: the numbers leapt, as they do after an emptied or restored database."""

    runs: list[Run] = field(default_factory=list)
    missing: set[int] = field(default_factory=set)

    @property
    def first(self) -> int:
        return self.runs[0].first if self.runs else 0

    @property
    def last(self) -> int:
        return self.runs[-1].last if self.runs else 0

    @property
    def leaps(self) -> int:
        return max(0, len(self.runs) - 1)

    def take(self, sequence: int, digest: int) -> Seen:
        """One more event of this chain; what it is to those before it."""
        if not self.runs or sequence - self.last >= JUMP_MIN:
            self.runs.append(Run(sequence, array("Q", [digest])))
            return "new"
        if sequence > self.last:
            run = self.runs[-1]
            skipped = range(self.last + 1, sequence)
            self.missing.update(skipped)
            run.digests.extend([0] * len(skipped))
            run.digests.append(digest)
            return "new"
        return self._earlier(sequence, digest)

    def _earlier(self, sequence: int, digest: int) -> Seen:
        run = next((run for run in reversed(self.runs) if run.first <= sequence <= run.last), None)
        if run is None:
            return "late"
        at = sequence - run.first
        if sequence in self.missing:
            self.missing.discard(sequence)
            run.digests[at] = digest
            return "late"
        return "again" if run.digests[at] == digest else "changed"

    def digest_of(self, sequence: int) -> int | None:
        """The fingerprint of the event of this number; None when it was not seen."""
        run = next((run for run in self.runs if run.first <= sequence <= run.last), None)
        return None if run is None or sequence in self.missing else run.digests[sequence - run.first]
