"""Business time, as a dependency. Time-outs, backoff and tokens use real time and not this clock."""

from __future__ import annotations

import bisect
import json
from datetime import UTC, datetime
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
        pairs = [json.loads(line) for line in self._path.read_text().splitlines() if line.strip()]
        self._real = [datetime.fromisoformat(pair[0]) for pair in pairs]
        self._business = [datetime.fromisoformat(pair[1]) for pair in pairs]
        self._stamp = stamp


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
