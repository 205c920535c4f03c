"""The organisers' pages in an office of one test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.enrolment.tests.organiser.office import Office
from spn.database import open_pool
from spn.testing.plugin import NewDatabase


@pytest.fixture
async def office(new_database: NewDatabase, tmp_path: Path) -> AsyncIterator[Office]:
    """Pages on an empty database, with an organiser logged in."""
    async with new_database("enrolment.migrations") as url:
        pool = await open_pool(url, application="test")
        made = Office(pool, url, tmp_path / "issuer")
        async with made.http:
            made.log_in("organiser")
            yield made
        await pool.close()
