"""A real PostgreSQL with the tables of notifications, and a real mail server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from services.notifications.tests.post_office import PostOffice
from spn.database import open_pool
from spn.testing.plugin import NewDatabase


@pytest.fixture
async def database_url(new_database: NewDatabase) -> AsyncIterator[str]:
    """A migrated database of this test alone."""
    async with new_database("notifications.migrations") as url:
        yield url


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """Connections to that database."""
    opened = await open_pool(database_url, application="test")
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
async def post_office() -> AsyncIterator[PostOffice]:
    """A mail server that keeps what it takes and answers as it is told."""
    office = PostOffice()
    async with office.open():
        yield office
