"""A real PostgreSQL with the tables of enrolment."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from spn.testing.plugin import NewPool


@pytest.fixture
async def pool(database: NewPool) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """A migrated database of this test alone."""
    async with database("enrolment.migrations") as opened:
        yield opened
