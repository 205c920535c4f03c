"""What was measured, as a table for a person and as ``build/bench.json`` for a program."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

# At any width: what is cut off is no result.
out = Console(width=170, highlight=False)


@dataclass(frozen=True)
class Measure:
    """One figure: the median of its rounds, or the worst. Without a limit it is a goal, printed and never failed."""

    name: str
    unit: str
    rounds: Sequence[float]
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""
    of: Callable[[Sequence[float]], float] = statistics.median

    @property
    def value(self) -> float:
        """The median of the rounds, unless it is of another kind."""
        return self.of(self.rounds)

    @property
    def holds(self) -> bool:
        """Whether the value keeps to its limit."""
        enough = self.at_least is None or self.value >= self.at_least
        return enough and (self.at_most is None or self.value <= self.at_most)

    @property
    def limit(self) -> dict[str, float]:
        """Its limit, by the name that it has in the file."""
        both = {"at_least": self.at_least, "at_most": self.at_most}
        return {name: value for name, value in both.items() if value is not None}


@dataclass
class Report:
    """Every measure of one run, and what explains them."""

    measures: list[Measure] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)

    def add(self, other: Report, of: str) -> None:
        """What was measured of another kind of enrolment, each by its name with ``of`` behind it."""
        self.measures += [replace(m, name=f"{m.name} ({of})") for m in other.measures]
        self.details |= {f"{name} ({of})": detail for name, detail in other.details.items()}

    @property
    def holds(self) -> bool:
        """Whether every limit is kept."""
        return all(m.holds for m in self.measures)

    def show(self) -> None:
        """The table."""
        table = Table(title=" · ".join(f"{k}: {v}" for k, v in machine().items()), title_justify="left")
        for heading in ("measure", "value", "unit", "must be", "holds", "rounds", "note"):
            table.add_column(heading, justify="right" if heading in ("value", "rounds") else "left")
        for m in self.measures:
            must = " ".join(f"{name.replace('_', ' ')} {limit:g}" for name, limit in m.limit.items())
            holds = "" if not m.limit else "yes" if m.holds else "[red]NO[/red]"
            table.add_row(m.name, short(m.value), m.unit, must, holds, "  ".join(map(short, m.rounds)), m.note)
        out.print(table)

    def save(self, file: Path) -> None:
        """Write it as JSON."""
        file.parent.mkdir(parents=True, exist_ok=True)
        measures = [
            {
                "name": m.name,
                "value": m.value,
                "unit": m.unit,
                **m.limit,
                "holds": m.holds,
                "rounds": list(m.rounds),
                **({"note": m.note} if m.note else {}),
            }
            for m in self.measures
        ]
        file.write_text(json.dumps({"machine": machine(), "measures": measures, "details": self.details}, indent=1))


def machine() -> Mapping[str, Any]:
    """What it was measured on, and how busy that was with other things."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "load_1m": round(os.getloadavg()[0], 1),
    }


def short(value: float) -> str:
    """Three digits that count."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())
