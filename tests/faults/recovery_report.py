"""Recovery as figures: tables for the terminal, and the same as JSON for the report."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.faults.recovery_kinds import Kind

READY_SECONDS_MAX = 3.0
MEMORY_MB_MAX = 150.0


@dataclass(frozen=True)
class Figure:
    """What many kills of one kind say, in seconds. It holds when 95 of 100 are within the aim."""

    kind: str
    kills: int
    p50: float
    p95: float
    worst: float
    aim: float
    holds: bool


@dataclass
class Found:
    """Everything that a run found."""

    seed: int
    command: str
    figures: list[Figure] = field(default_factory=list)
    cpus: int = field(default_factory=lambda: os.cpu_count() or 1)
    load_averages: list[float] = field(default_factory=list)
    commands: int = 0
    answered_twice: int = 0
    memory_mb: dict[str, float] = field(default_factory=dict)
    together_seconds: dict[str, float] = field(default_factory=dict)
    alone_seconds: dict[str, float] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[str, float, float, float]]:
        """Of each service: ready alone, ready with all at once, memory of the replica that has most."""
        for service, alone in self.alone_seconds.items():
            yield service, alone, self._of(service, self.together_seconds), self._of(service, self.memory_mb)

    def machine(self) -> str:
        """Where it was measured, and what else that machine had to do: a start is work."""
        if not self.load_averages:
            return f"{self.cpus} cores"
        loads = (
            f"{min(self.load_averages):.0f} to {max(self.load_averages):.0f}, {median(self.load_averages):.0f} mostly"
        )
        return f"{self.cpus} cores, load average {loads}"

    @staticmethod
    def _of(service: str, replicas: Mapping[str, float]) -> float:
        return max(value for name, value in replicas.items() if name.startswith(f"{service}-"))


def figure_of(kind: Kind, seconds: Sequence[float]) -> Figure:
    """The figure of these kills."""
    p50, p95, worst = nearest_rank(seconds, 0.5), nearest_rank(seconds, 0.95), max(seconds)
    aim = kind.aim_seconds
    return Figure(kind.name, len(seconds), round(p50, 2), round(p95, 2), round(worst, 2), aim, p95 <= aim)


def nearest_rank(seconds: Sequence[float], part: float) -> float:
    """The smallest that is not exceeded by this part of all of them."""
    return sorted(seconds)[max(0, math.ceil(part * len(seconds)) - 1)]


def show(found: Found, out: Console) -> None:
    """For the terminal."""
    kinds = Table(
        "killed", "kills", "p50 s", "p95 s", "worst s", "aim for p95", "holds", title="From SIGKILL to effect"
    )
    for one in found.figures:
        numbers = [f"{value:.2f}" for value in (one.p50, one.p95, one.worst, one.aim)]
        kinds.add_row(one.kind, str(one.kills), *numbers, "yes" if one.holds else "NO")
    starts = Table(
        "service", "ready alone, s", "all at once, s", "memory after load, MB", "holds", title="Start and memory"
    )
    for service, alone, together, held in found.rows():
        holds = alone <= READY_SECONDS_MAX and held <= MEMORY_MB_MAX
        starts.add_row(service, f"{alone:.2f}", f"{together:.2f}", f"{held:.0f}", "yes" if holds else "NO")
    out.print(kinds, starts)
    out.print(found.machine())
    out.print(f"{found.commands} commands, all answered; {found.answered_twice} answered twice")


def write(found: Found, file: Path) -> None:
    """As JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    told = asdict(found)
    told["kinds"] = told.pop("figures")
    file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
