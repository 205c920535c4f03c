"""A real PostgreSQL with the tables of notifications, and a real mail server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from services.notifications.tests.post_office import PostOffice
from spn.testing.plugin import NewPool


@pytest.fixture
async def pool(database: NewPool) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """A migrated database of this test alone."""
    async with database("notifications.migrations") as opened:
        yield opened


@pytest.fixture
async def post_office() -> AsyncIterator[PostOffice]:
    """A mail server that keeps what it takes and answers as it is told."""
    office = PostOffice()
    async with office.open():
        yield office
