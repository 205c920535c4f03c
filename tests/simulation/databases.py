"""One database for each service: made once, emptied for each example."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg

from spn.database import session_settings
from spn.testing.databases import migrated
from tests.simulation.faults import Pool
from tests.simulation.parts import Sickness, all_parts

TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
    "AND relname <> 'migrations' ORDER BY 1"
)


@dataclass(slots=True)
class Database:
    """A service's own database. A step that touched it makes it ``touched``, until it was looked at."""

    url: str
    pool: Pool
    tables: str
    touched: bool = True

    async def position(self, topic: str, partition: int) -> int:
        """How far a partition is handled."""
        sql = "SELECT next_offset FROM consumer_offsets WHERE topic = $1 AND partition = $2"
        return int(await self.pool.fetchval(sql, topic, partition) or 0)

    async def empty(self) -> None:
        """As it was made."""
        await self.pool.execute(f"TRUNCATE {self.tables} RESTART IDENTITY")
        self.touched = True


@asynccontextmanager
async def databases(admin_url: str) -> AsyncIterator[Mapping[str, Database]]:
    """One database for each service, made once and emptied for each example."""
    async with AsyncExitStack() as stack:
        found = {}
        for name, parts in all_parts(Sickness()).items():
            url = await stack.enter_async_context(migrated(admin_url, parts.migrations))
            # Nothing here survives the server: waiting for its disk would only cost time.
            settings = {**session_settings("simulation"), "synchronous_commit": "off"}
            pool = await stack.enter_async_context(
                asyncpg.create_pool(url, min_size=2, max_size=8, server_settings=settings)
            )
            tables = [row[0] for row in await pool.fetch(TABLES)]
            found[name] = Database(url, pool, ", ".join(tables))
        yield found
