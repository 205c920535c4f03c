"""One look into one database: read only, of one moment, in chunks, at a bounded rate."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

CHUNK_ROWS = 1_000
CONNECT_SECONDS_MAX = 10.0
SETTINGS = {
    "application_name": "spn-audit",
    "default_transaction_read_only": "on",
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "120s",
}


class CannotAuditError(Exception):
    """The system cannot be looked at; the text says what is missing."""


class Pace:
    """At most so many rows or records a second, over everything that shares it."""

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._free_at = time.monotonic()
        self.taken = 0

    def owed(self, count: int) -> float:
        """Note that so many were read; how long to rest before the next ones, in seconds."""
        now = time.monotonic()
        self.taken += count
        self._free_at = max(self._free_at, now) + count / self._per_second
        return max(0.0, self._free_at - now)

    async def rest(self, count: int) -> None:
        """Note that so many were read, and rest as long as that asks for."""
        if seconds := self.owed(count):
            await asyncio.sleep(seconds)


class Snapshot:
    """A repeatable-read transaction on one service's database."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record], pace: Pace) -> None:
        self._connection = connection
        self._pace = pace

    async def rows(self, sql: str, *arguments: Any, chunk: int = CHUNK_ROWS) -> AsyncIterator[asyncpg.Record]:
        """The rows of a query, a chunk in memory at a time."""
        cursor = await self._connection.cursor(sql, *arguments)
        while some := await cursor.fetch(chunk):
            for row in some:
                yield row
            await self._pace.rest(len(some))

    async def value(self, sql: str, *arguments: Any) -> Any:
        """One value."""
        return await self._connection.fetchval(sql, *arguments)


@asynccontextmanager
async def snapshot(service: str, url: str, pace: Pace) -> AsyncIterator[Snapshot]:
    """Open a look into a service's database.

    :raises CannotAuditError: it cannot be reached, or is not a database of this system.
    """
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS_MAX, server_settings=SETTINGS)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        raise CannotAuditError(f"the database of {service} cannot be reached: {_said(error)}") from None
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield Snapshot(connection, pace)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise CannotAuditError(f"the database of {service} could not be read: {_said(error)}") from None
    finally:
        connection.terminate()


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]
