"""One database and one role per service; nobody else may even connect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncpg

AUDITOR = "spn_auditor"


@dataclass(frozen=True)
class Database:
    """A service's own: the role has the same name as the database it owns."""

    name: str
    password: str = field(repr=False)


class DatabaseSetupError(Exception):
    """The server does not allow what is needed; the text says what to do."""


async def ensure_databases(admin_url: str, databases: Sequence[Database], auditor_password: str | None = None) -> None:
    """Create what is missing. Existing databases and roles keep what they have, except the right of all to connect.

    `auditor_password`: also make the role `spn_auditor`, which reads every table of these databases and writes none.
    """
    connection = await asyncpg.connect(admin_url)
    try:
        if auditor_password is not None:
            await _close_to_public(connection, "postgres", "template1")
            await _ensure_role(connection, AUDITOR, auditor_password)
            await connection.execute(f"GRANT pg_read_all_data TO {AUDITOR}")
        for database in databases:
            await _ensure_role(connection, database.name, database.password)
            await _ensure_database(connection, database.name)
            if auditor_password is not None:
                await connection.execute(f'GRANT CONNECT ON DATABASE "{database.name}" TO {AUDITOR}')
    except asyncpg.InsufficientPrivilegeError as error:
        raise DatabaseSetupError(
            f"The database server refuses to create roles and databases ({error}). Give an administrator's "
            "DATABASE_URL, or make them yourself and name each in DATABASE_URL_<SERVICE>."
        ) from error
    finally:
        await connection.close()


async def _ensure_role(connection: asyncpg.Connection[asyncpg.Record], name: str, password: str) -> None:
    if await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
        return
    await connection.execute(f"""CREATE ROLE "{name}" LOGIN PASSWORD '{password}'""")


async def _ensure_database(connection: asyncpg.Connection[asyncpg.Record], name: str) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
        if not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
            # Whoever is no superuser makes a database for a role only as a member of that role.
            await connection.execute(f'GRANT "{name}" TO current_user')
        await connection.execute(f'CREATE DATABASE "{name}" OWNER "{name}"')
    await _close_to_public(connection, name)


async def _close_to_public(connection: asyncpg.Connection[asyncpg.Record], *names: str) -> None:
    for name in names:
        await connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
