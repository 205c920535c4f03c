"""A real PostgreSQL with the tables of enrolment, and for browser tests a real site and a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from playwright.async_api import Browser

from services.enrolment.tests.pages.site import INSTALL, Site, browser, chromium, is_required, running
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


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One service for all browser tests of a module; each has an edition of its own."""
    if chromium() is None:
        (pytest.fail if is_required() else pytest.skip)(INSTALL)
    with running(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
async def chrome() -> AsyncIterator[Browser]:
    """A browser of one test."""
    async with browser() as started:
        yield started
