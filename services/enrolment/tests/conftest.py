"""A real PostgreSQL with the tables of enrolment."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from spn.database import open_pool
from spn.testing.plugin import NewDatabase


@pytest.fixture
async def database_url(new_database: NewDatabase) -> AsyncIterator[str]:
    """A migrated database of this test alone."""
    async with new_database("enrolment.migrations") as url:
        yield url


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """Connections to that database."""
    opened = await open_pool(database_url, application="test")
    try:
        yield opened
    finally:
        await opened.close()
