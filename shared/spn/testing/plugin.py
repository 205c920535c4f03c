"""Fixtures for the tests of any service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

import asyncpg
import pytest

from spn.database import open_pool
from spn.testing.databases import Templates

NewDatabase: TypeAlias = "Callable[..., AbstractAsyncContextManager[str]]"
NewPool: TypeAlias = "Callable[..., AbstractAsyncContextManager[asyncpg.Pool[asyncpg.Record]]]"


@pytest.fixture(scope="session")
def templates(stack: Any) -> Iterator[Templates]:
    """What the databases of tests are copied from."""
    made = Templates(stack.admin_database_url)
    yield made
    asyncio.run(made.drop())


@pytest.fixture
def new_database(templates: Templates) -> NewDatabase:
    """Makes a database of one test on the session's server.

    async with new_database("billing.migrations") as url: ...
    """
    return templates.copied


@pytest.fixture
def database(new_database: NewDatabase) -> NewPool:
    """Makes a database of one test, as a pool of connections.

    async with database("billing.migrations") as pool: ...
    """

    @asynccontextmanager
    async def opened(*packages: str) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
        async with new_database(*packages) as url:
            pool = await open_pool(url, application="test")
            try:
                yield pool
            finally:
                await pool.close()

    return opened
