"""A database of one test: a real one, made now, with a role of its own that is nobody elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from spn.database import SHARED_MIGRATIONS, migrate


def address(admin_url: str, name: str) -> str:
    """Where the role ``name``, whose password is its name, finds the database ``name``."""
    parts = urlsplit(admin_url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{name}:{name}@{place}", path=f"/{name}"))


async def create(admin_url: str) -> str:
    """An empty database; its address."""
    name = f"test_{uuid4().hex[:16]}"
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{name}'")
        await admin.execute(f"CREATE DATABASE {name} OWNER {name}")
    finally:
        await admin.close()
    return address(admin_url, name)


async def drop(admin_url: str, url: str) -> None:
    """Take away a database that ``create`` made, whoever is still connected."""
    name = urlsplit(url).path.removeprefix("/")
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.execute(f"DROP ROLE IF EXISTS {name}")
    finally:
        await admin.close()


@asynccontextmanager
async def migrated(admin_url: str, *packages: str) -> AsyncIterator[str]:
    """The address of a fresh database with the tables of the messaging core and of these packages."""
    url = await create(admin_url)
    try:
        await migrate(url, SHARED_MIGRATIONS, *packages)
        yield url
    finally:
        await drop(admin_url, url)
