"""The seals that went out of the house: 24 bytes each."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

SEAL_CHARACTERS = 16
"""As much of a seal as is compared: 64 bits, as many as a mail gives."""


def shortened(seal: str) -> int:
    """The beginning of a seal, as a number; 0 for what is no seal."""
    try:
        return int(seal[:SEAL_CHARACTERS], 16) if len(seal) >= SEAL_CHARACTERS else 0
    except ValueError:
        return 0


@dataclass(slots=True)
class Told:
    """Those of one edition on one topic, in the order in which they were told, each with its offset."""

    partition: int
    _entries: array[int] = field(default_factory=lambda: array("q"))
    _seals: array[int] = field(default_factory=lambda: array("Q"))
    _offsets: array[int] = field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self._entries)

    def take(self, entry: int, seal: str, offset: int) -> None:
        """One more."""
        self._entries.append(entry)
        self._seals.append(shortened(seal))
        self._offsets.append(offset)

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        """Entry, beginning of its seal, offset."""
        return zip(self._entries, self._seals, self._offsets, strict=True)
