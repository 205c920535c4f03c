"""Database work of HTTP requests: a few sessions in turn, so that the work that answers them keeps the rest."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

import asyncpg

from spn.messaging.faults import TransientError

SESSIONS_MAX = 3
TURN_SECONDS_MAX = 3.0
WORK_SECONDS_MAX = 5.0

T = TypeVar("T")


class Turns:
    """First come, first served, and nobody waits for long."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool
        self._sessions = asyncio.Semaphore(SESSIONS_MAX)
        self._work: set[asyncio.Task[Any]] = set()

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[Any]:
        """A connection, when it is our turn.

        :raises TimeoutError: that takes too long.
        """
        async with asyncio.timeout(TURN_SECONDS_MAX):
            await self._sessions.acquire()
        try:
            async with self._pool.acquire(timeout=TURN_SECONDS_MAX) as connection:
                yield connection
        finally:
            self._sessions.release()

    async def in_time(self, work: Coroutine[Any, Any, T]) -> T:
        """What comes of it, if that comes soon. It is not cut off: a database that stands still would hold that up too.

        :raises TransientError: it takes too long, and may still be done.
        """
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._over)
        if not (await asyncio.wait({task}, timeout=WORK_SECONDS_MAX))[0]:
            raise TransientError("the database takes too long")
        return task.result()

    def _over(self, task: asyncio.Task[Any]) -> None:
        self._work.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, also when nobody waits for it any longer
