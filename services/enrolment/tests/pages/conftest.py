"""The pages in a house of one test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.enrolment.tests.pages.house import House
from spn.database import open_pool
from spn.testing.plugin import NewDatabase


@pytest.fixture
async def house(new_database: NewDatabase) -> AsyncIterator[House]:
    """Pages on an empty database."""
    async with new_database("enrolment.migrations") as url:
        pool = await open_pool(url, application="test")
        made = House(pool, url, contact="lerendnetwerk@spn.example")
        async with made.http:
            yield made
        await pool.close()
