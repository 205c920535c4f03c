"""A real PostgreSQL with the tables of scheduling."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from spn.testing.plugin import NewPool


@pytest.fixture
async def pool(database: NewPool) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """A migrated database of this test alone."""
    async with database("scheduling.migrations") as opened:
        yield opened
