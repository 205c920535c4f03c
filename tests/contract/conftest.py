"""A database for each service, made once and emptied for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

import pytest

from spn.database import SHARED_MIGRATIONS, migrate, open_pool
from spn.testing.bench import Bench
from spn.testing.databases import create, drop
from spn_local.stack import Stack
from tests.contract.catalogue import SERVICES

EmptyService: TypeAlias = Callable[[str], AbstractAsyncContextManager[Bench]]

_EMPTY = """
SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') FROM pg_tables
WHERE schemaname = 'public' AND tablename <> 'migrations'
"""


async def _create(admin_url: str, service: str) -> str:
    url = await create(admin_url)
    await migrate(url, SHARED_MIGRATIONS, f"{service}.migrations")
    return url


@pytest.fixture(scope="session")
def databases(stack: Stack) -> Iterator[Mapping[str, str]]:
    """The address of a database of each service."""
    urls = {name: asyncio.run(_create(stack.admin_database_url, name)) for name in SERVICES}
    yield urls
    for url in urls.values():
        asyncio.run(drop(stack.admin_database_url, url))


@pytest.fixture
def empty_service(databases: Mapping[str, str]) -> EmptyService:
    """The pipeline of a service that has heard of nothing yet."""

    @asynccontextmanager
    async def opened(service: str) -> AsyncIterator[Bench]:
        pool = await open_pool(databases[service], application="contracts")
        try:
            await pool.execute(await pool.fetchval(_EMPTY))
            yield Bench(service, SERVICES[service].policies, pool)
        finally:
            await pool.close()

    return opened
