"""Where the time goes: CPU seconds and memory by process."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Spent:
    """CPU seconds of one process and those below it, ever; and the memory of the largest of them."""

    cpu_seconds: float
    memory_mb: float


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
