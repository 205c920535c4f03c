"""Fixtures for the tests of any service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

import asyncpg
import pytest

from spn.database import open_pool
from spn.testing.databases import migrated

NewDatabase: TypeAlias = "Callable[..., AbstractAsyncContextManager[str]]"
NewPool: TypeAlias = "Callable[..., AbstractAsyncContextManager[asyncpg.Pool[asyncpg.Record]]]"


@pytest.fixture
def new_database(stack: Any) -> NewDatabase:
    """Makes a database of one test on the session's server.

    async with new_database("billing.migrations") as url: ...
    """
    return lambda *packages: migrated(stack.admin_database_url, *packages)


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
