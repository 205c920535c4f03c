"""A database of one test: a real one, made now, with a role that is nobody elsewhere."""

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
    name = _new_name()
    await _as_admin(admin_url, f"CREATE ROLE {name} LOGIN PASSWORD '{name}'", f"CREATE DATABASE {name} OWNER {name}")
    return address(admin_url, name)


async def drop(admin_url: str, url: str) -> None:
    """Take away a database that ``create`` made, whoever is still connected."""
    name = _name_of(url)
    await _as_admin(admin_url, _drop(name), f"DROP ROLE IF EXISTS {name}")


@asynccontextmanager
async def migrated(admin_url: str, *packages: str) -> AsyncIterator[str]:
    """The address of a fresh database with the tables of the messaging core and of these packages."""
    url = await create(admin_url)
    try:
        await migrate(url, SHARED_MIGRATIONS, *packages)
        yield url
    finally:
        await drop(admin_url, url)


class Templates:
    """Databases that are migrated once and copied for each test: a copy takes a fifth of the time.

    The copies of one template have its role, whose password is its name.
    """

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._made: dict[tuple[str, ...], str] = {}

    @asynccontextmanager
    async def copied(self, *packages: str) -> AsyncIterator[str]:
        """As ``migrated``."""
        url = await self._template(packages)
        name, template = _new_name(), _name_of(url)
        await _as_admin(self._admin_url, f"CREATE DATABASE {name} OWNER {template} TEMPLATE {template}")
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            await _as_admin(self._admin_url, _drop(name))

    async def _template(self, packages: tuple[str, ...]) -> str:
        if packages not in self._made:
            url = self._made[packages] = await create(self._admin_url)
            await migrate(url, SHARED_MIGRATIONS, *packages)
        return self._made[packages]

    async def drop(self) -> None:
        """Take them away."""
        for url in self._made.values():
            await drop(self._admin_url, url)


async def _as_admin(admin_url: str, *statements: str) -> None:
    admin = await asyncpg.connect(admin_url)
    try:
        for statement in statements:
            await admin.execute(statement)
    finally:
        await admin.close()


def _new_name() -> str:
    return f"test_{uuid4().hex[:16]}"


def _name_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def _drop(name: str) -> str:
    return f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
