"""A child that is kept running until it is asked to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from spn_local.children import Program, log_tail

BACKOFF_FIRST_S = 0.2
BACKOFF_LAST_S = 5.0
# Who lived this long did start well: its next end is a new story, and it comes back at once.
STEADY_AFTER_S = 5.0
# Ends within one wait for readiness after which there is no point in waiting on.
GIVE_UP_AFTER_ENDS = 3
POLL_S = 0.05
# For a machine that is busy with much else; who fails, ends, and that is seen at once.
READY_PATIENCE_S = 120.0


class NotReadyError(Exception):
    """A process did not become ready; the text holds the end of its log."""


@dataclass
class ManagedProcess:
    """One process in the state asked for. Restarts it with backoff when it ends by itself."""

    name: str
    program: Callable[[], Program]
    is_ready: Callable[[], Awaitable[bool]]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_patience_s: float = 10.0
    restarts: int = field(default=0, init=False)
    last_exit: int | None = field(default=None, init=False)
    started_at: float | None = field(default=None, init=False)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _unwanted: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)
    _keeper: asyncio.Task[None] | None = field(default=None, init=False)

    @property
    def pid(self) -> int | None:
        """The number of the running process; None while there is none."""
        return self._process.pid if self._process is not None else None

    @property
    def wanted(self) -> bool:
        """Whether it should run now."""
        return self._wanted.is_set()

    async def start(self, patience_s: float = READY_PATIENCE_S) -> float:
        """Start it unless it runs, and wait until it is ready. Seconds it took. Raises NotReadyError."""
        began = time.monotonic()
        if self._keeper is None or self._keeper.done():
            self._wanted.set()
            self._unwanted.clear()
            self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")
        await self._until_ready(began + patience_s)
        return time.monotonic() - began

    async def stop(self, which: signal.Signals | None = None) -> None:
        """Ask it to end (with SIGKILL when its patience is over), and wait until it has. Idempotent."""
        self._wanted.clear()
        self._unwanted.set()
        self.signal(which or self.stop_signal)
        if self._keeper is None:
            return
        try:
            await asyncio.wait_for(asyncio.shield(self._keeper), self.stop_patience_s)
        except TimeoutError:
            self.signal(signal.SIGKILL)
            await self._keeper

    def signal(self, which: signal.Signals) -> None:
        """Send a signal to the running process, if there is one."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(which)

    async def _keep(self) -> None:
        pause_s = 0.0
        while True:
            lived_s = await self._run_once()
            if not self.wanted:
                return
            self.restarts += 1
            pause_s = 0.0 if lived_s > STEADY_AFTER_S else min(max(2 * pause_s, BACKOFF_FIRST_S), BACKOFF_LAST_S)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._unwanted.wait(), pause_s)
                return

    async def _run_once(self) -> float:
        began = time.monotonic()
        self._process = await self.program().start()
        self.started_at = time.time()
        try:
            if not self.wanted:
                # Asked to stop while it was being started.
                self.signal(self.stop_signal)
            self.last_exit = await self._process.wait()
        finally:
            _end_group(self._process.pid)
            self._process = None
        return time.monotonic() - began

    async def _until_ready(self, deadline: float) -> None:
        ends_before = self.restarts
        while not (self.pid is not None and await self.is_ready()):
            if self._keeper is not None and self._keeper.done():
                # It could not even be started: tell why.
                await self._keeper
                raise NotReadyError(f"{self.name} was stopped while it was starting")
            if self.restarts - ends_before >= GIVE_UP_AFTER_ENDS:
                raise NotReadyError(f"{self.name} ends as soon as it starts (exit code {self.last_exit}){self._tail()}")
            if time.monotonic() > deadline:
                raise NotReadyError(f"{self.name} runs, but did not become ready in time{self._tail()}")
            await asyncio.sleep(POLL_S)

    def _tail(self) -> str:
        return log_tail(self.program().log)


def _end_group(leader: int) -> None:
    """Whoever a process started, and did not end itself, ends with it: a next one must not find two of them.

    (PostgreSQL's children have groups of their own, and end by themselves when they miss their parent.)
    """
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
