"""What processes use of memory while they are watched."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import psutil

LOOK_SECONDS = 0.25


class Memory:
    """The largest resident set of each process that was seen. One that is gone keeps what it had."""

    def __init__(self, processes: Mapping[str, int]) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in processes.items()}
        self.megabytes = dict.fromkeys(processes, 0.0)

    async def watch(self) -> None:
        """Look, until cancelled."""
        while True:
            for name, process in self._processes.items():
                try:
                    used = process.memory_info().rss / 2**20
                except psutil.NoSuchProcess:
                    continue
                self.megabytes[name] = max(self.megabytes[name], used)
            await asyncio.sleep(LOOK_SECONDS)
