"""Where the time goes: CPU seconds and memory by process."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Spent:
    """CPU seconds of one process and those below it, ever; and the memory of the largest of them."""

    cpu_seconds: float
    memory_mb: float


@dataclass(frozen=True)
class Usage:
    """CPU seconds and memory by process, and how many processors everything else on the machine took."""

    cpu_seconds: Mapping[str, float]
    memory_mb: Mapping[str, float]
    others: float


CORES = 2
"""What one CPU second gives, times this, is what a quiet machine could reach."""

DISTURBED = 0.2
"""When others on the machine take more processors than this, how fast something was says little."""


def disturbance(*used: Usage) -> str:
    """What others took, if that was too much."""
    most = max(u.others for u in used)
    return f"others took up to {most:.1f} processors" if most > DISTURBED else ""


def spent(pids: Mapping[str, int]) -> dict[str, Spent]:
    """By name. The children of a process count with it, those that have ended too."""
    found = {}
    for name, pid in pids.items():
        process = psutil.Process(pid)
        seconds, memory = 0.0, 0
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                seconds += times.user + times.system + times.children_user + times.children_system
                memory = max(memory, one.memory_info().rss)
        found[name] = Spent(seconds, memory / 1e6)
    return found


def cpu_between(before: Mapping[str, Spent], after: Mapping[str, Spent]) -> dict[str, float]:
    """CPU seconds by name."""
    return {name: max(0.0, after[name].cpu_seconds - before[name].cpu_seconds) for name in after if name in before}


def keep_to_two_processors() -> None:
    """The figures are meant for two: this process and all that it starts run there, however many there are."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def busy_seconds() -> float:
    """Seconds that our processors were busy, with whatever; what another machine took of them counts too."""
    ours = os.sched_getaffinity(0)
    times = [t for number, t in enumerate(psutil.cpu_times(percpu=True)) if number in ours]
    return float(sum(t.user + t.nice + t.system + t.irq + t.softirq + t.steal for t in times))


class Meter:
    """What is used from here on, by the processes watched and by everything else."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = pids
        self._before = spent(pids)
        self._busy = busy_seconds()
        self._own = _own_seconds()
        self._began = time.monotonic()

    def read(self) -> Usage:
        """The use until now."""
        after = spent(self._pids)
        cpu = cpu_between(self._before, after)
        ours = sum(cpu.values()) + _own_seconds() - self._own
        others = (busy_seconds() - self._busy - ours) / (time.monotonic() - self._began)
        return Usage(cpu, {name: one.memory_mb for name, one in after.items()}, max(0.0, others))


def _own_seconds() -> float:
    own = psutil.Process().cpu_times()
    return float(own.user + own.system)
