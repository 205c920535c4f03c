"""Business time, as a dependency. Time-outs, backoff and tokens use real time and not this clock."""

from __future__ import annotations

import bisect
import json
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Where business time comes from. All instants are aware and in UTC."""

    def now(self) -> datetime:
        """Business time now."""
        ...

    def at(self, real: datetime) -> datetime:
        """Business time at a real instant, for example the append time of a record."""
        ...


class SystemClock:
    """Business time is real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def at(self, real: datetime) -> datetime:
        return real.astimezone(UTC)


class FileClock:
    """Business time that a demo or a simulation drives.

    The file holds one JSON pair a line: ``["real instant", "business instant"]``, in rising order of real time. From
    each pair on business time runs as fast as real time; before the first pair it is real time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._real: list[datetime] = []
        self._business: list[datetime] = []

    def now(self) -> datetime:
        return self.at(datetime.now(UTC))

    def at(self, real: datetime) -> datetime:
        self._refresh()
        place = bisect.bisect_right(self._real, real) - 1
        if place < 0:
            return real.astimezone(UTC)
        return self._business[place] + (real - self._real[place])

    def _refresh(self) -> None:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return
        stamp = (stat.st_mtime_ns, stat.st_size)
        if stamp == self._stamp:
            return
        try:
            pairs = _pairs(self._path.read_text())
        except (ValueError, TypeError, LookupError):
            if self._stamp is None:
                raise
            return  # half-written, perhaps: what was read before stands until it can be read again
        self._real, self._business = [real for real, _ in pairs], [business for _, business in pairs]
        self._stamp = stamp


def _pairs(text: str) -> list[tuple[datetime, datetime]]:
    """The pairs of a clock file.

    :raises ValueError: they are not in rising order; TypeError, LookupError: they are not pairs of aware instants.
    """
    lines = [json.loads(line) for line in text.splitlines() if line.strip()]
    pairs = [(datetime.fromisoformat(line[0]), datetime.fromisoformat(line[1])) for line in lines]
    if any(instant.tzinfo is None for pair in pairs for instant in pair):
        raise ValueError("an instant of a clock file needs an offset")
    if any(later < earlier for (earlier, _), (later, _) in pairwise(pairs)):
        raise ValueError("the pairs of a clock file are in rising order of real time")
    return pairs


def step(path: Path, business: datetime) -> None:
    """Drive the clock of ``path``: from now on business time is ``business``, and runs on from there."""
    pair = json.dumps([datetime.now(UTC).isoformat(), business.astimezone(UTC).isoformat()])
    before = path.read_text() if path.exists() else ""
    fresh = path.with_suffix(".new")
    fresh.write_text(before + pair + "\n")
    fresh.replace(path)


def clock_from(path: Path | None) -> Clock:
    """The clock that the settings ask for."""
    return FileClock(path) if path else SystemClock()
