"""One fault of one replica: at which of its next steps it comes, and what it is.

A step is a statement, a COMMIT (before it and after it), or a record that is sent. A replica that crashes loses its
connections, so what it had not committed is rolled back; its memory is gone with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import asyncpg

Kind: TypeAlias = Literal["crash", "cut", "deadlock", "refuse", "pause"]
"""``refuse`` is of the broker only: it has no right to that topic, for once."""
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


class SimulatedCrash(BaseException):
    """The process is gone. Nothing catches this but the simulation."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``kind`` happens at step number ``step``, at the step that begins so, or at that failpoint (crash only)."""

    kind: Kind
    step: int | str

    def __repr__(self) -> str:
        return f"Plan({self.kind!r}, {self.step!r})"


NO_PLAN = Plan("crash", 1_000_000)


@dataclass(slots=True)
class Faults:
    """The faults of one replica."""

    plan: Plan = NO_PLAN
    steps: int = 0
    hit: bool = False
    paused: asyncio.Event = field(default_factory=asyncio.Event)
    resumed: asyncio.Event = field(default_factory=asyncio.Event)

    @contextmanager
    def planned(self, plan: Plan | None) -> Iterator[None]:
        """While this lasts the fault may come, once."""
        self.plan, self.steps, self.hit = plan or NO_PLAN, 0, False
        self.paused.clear()
        self.resumed.clear()
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            self.plan = NO_PLAN
            _CURRENT.reset(token)

    def failpoint(self, name: str) -> None:
        """A named place is reached."""
        if not self.hit and self.plan.step == name:
            self.hit = True
            raise SimulatedCrash(name)

    async def step(self, what: str) -> Kind | None:
        """The next step; what goes wrong at it. A pause lasts until somebody resumes the replica."""
        self.steps += 1
        where = self.plan.step
        if self.hit or not (what.startswith(where) if isinstance(where, str) else self.steps == where):
            return None
        self.hit = True
        if self.plan.kind == "crash":
            raise SimulatedCrash(what)
        if self.plan.kind == "pause":
            self.paused.set()
            await self.resumed.wait()
            return None
        return self.plan.kind


_CURRENT: ContextVar[Faults | None] = ContextVar("faults", default=None)


def reach(name: str) -> None:
    """What every failpoint of the process does: it belongs to the replica whose turn it is."""
    if (faults := _CURRENT.get()) is not None:
        faults.failpoint(name)


class FaultyConnection:
    """A connection of a pool on which any statement may be the last."""

    def __init__(self, real: Any, faults: Faults) -> None:
        self.real = real
        self.pid: int = real.get_server_pid()
        self.is_cut = False
        self._faults = faults

    async def execute(self, *arguments: Any, **more: Any) -> Any:
        return await self._do("execute", arguments, more)

    async def fetch(self, *arguments: Any, **more: Any) -> Any:
        return await self._do("fetch", arguments, more)

    async def fetchrow(self, *arguments: Any, **more: Any) -> Any:
        return await self._do("fetchrow", arguments, more)

    async def fetchval(self, *arguments: Any, **more: Any) -> Any:
        return await self._do("fetchval", arguments, more)

    def cut(self) -> None:
        """The line to the server is gone. Once cut, a connection of a pool is the pool's again: not to be asked."""
        if not self.is_cut:
            self.is_cut = True
            self.real.terminate()

    async def _do(self, verb: str, arguments: tuple[Any, ...], more: dict[str, Any]) -> Any:
        await self.step(" ".join(str(arguments[0]).split())[:80])
        return await getattr(self.real, verb)(*arguments, **more)

    async def step(self, what: str) -> None:
        """:raises asyncpg.PostgresError: what a driver says when the line is cut, or the server broke a deadlock."""
        try:
            fault = await self._faults.step(what)
        except SimulatedCrash:
            self.cut()
            raise
        if fault == "deadlock":
            raise asyncpg.DeadlockDetectedError("simulated")
        if fault == "cut":
            self.cut()
            raise asyncpg.ConnectionDoesNotExistError("simulated")

    @asynccontextmanager
    async def transaction(self, **options: Any) -> AsyncIterator[None]:
        """A transaction that may end before its COMMIT arrives, or before anybody hears that it did."""
        transaction = self.real.transaction(**options)
        await transaction.start()
        try:
            yield
            await self.step("before COMMIT")
        except SimulatedCrash:
            self.cut()
            raise
        except BaseException:
            if not self.is_cut:
                await transaction.rollback()
            raise
        await transaction.commit()
        await self.step("after COMMIT")


class FaultyPool:
    """The pool of one replica: the real one, with the replica's faults on each connection."""

    def __init__(self, real: Pool, faults: Faults) -> None:
        self._real = real
        self._faults = faults

    @asynccontextmanager
    async def acquire(self, **limits: float) -> AsyncIterator[FaultyConnection]:
        async with self._real.acquire(**limits) as real:
            connection = FaultyConnection(real, self._faults)
            try:
                yield connection
            finally:
                if connection.is_cut:
                    await gone(self._real, connection.pid)


async def gone(pool: Pool, pid: int) -> None:
    """Until the server has noticed that a connection was cut: only then are its locks free."""
    async with asyncio.timeout(30), pool.acquire() as connection:
        while await connection.fetchval("SELECT true FROM pg_stat_activity WHERE pid = $1", pid):  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def until_blocked(pool: Pool, task: asyncio.Task[None], blocked: Callable[[], bool] = lambda: False) -> None:
    """Until the task is done, or waits for a lock that somebody else holds."""
    async with asyncio.timeout(60), pool.acquire() as connection:
        while not task.done() and not blocked():
            if await connection.fetchval(
                "SELECT true FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ):
                return
            await asyncio.wait({task}, timeout=0.002)
