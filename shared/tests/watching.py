"""A pool of connections that notes every statement."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from spn.database import session_settings


@dataclass
class Statements:
    """What went to the database."""

    texts: list[str] = field(default_factory=list)

    @property
    def transactions(self) -> int:
        """How many transactions began."""
        return sum(text.startswith("BEGIN") for text in self.texts)

    def note(self, record: Any) -> None:
        """Called by asyncpg for each statement."""
        self.texts.append(record.query)


@asynccontextmanager
async def watched(url: str) -> AsyncIterator[tuple[asyncpg.Pool[asyncpg.Record], Statements]]:
    """A pool and what went through it."""
    statements = Statements()

    async def init(connection: Any) -> None:
        connection.add_query_logger(statements.note)

    pool = await asyncpg.create_pool(url, min_size=1, max_size=3, init=init, server_settings=session_settings("test"))
    try:
        yield pool, statements
    finally:
        await pool.close()
