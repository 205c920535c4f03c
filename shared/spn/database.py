"""The connection pool of a service and its migrations."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from spn.messaging.policies import Connection

MIGRATION_LOCK = 7_301_840_101
SHARED_MIGRATIONS = "spn.messaging.migrations"
STATEMENT_MS_MAX = 30_000
LOCK_MS_MAX = 15_000
IDLE_IN_TRANSACTION_MS_MAX = 60_000
CONNECT_SECONDS_MAX = 10.0


class MigrationError(Exception):
    """The database's history and this program's migrations contradict each other."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered SQL file, named ``<package>/<file>``."""

    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


async def open_pool(url: str, *, application: str, size_max: int = 10) -> asyncpg.Pool[asyncpg.Record]:
    """A pool whose sessions bound every statement, lock wait and idle transaction in time."""
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size_max,
        timeout=CONNECT_SECONDS_MAX,
        command_timeout=STATEMENT_MS_MAX / 1000 + 5,
        max_inactive_connection_lifetime=300,
        server_settings=session_settings(application),
        init=_meet_arrays,
        reset=_as_it_is,
    )


async def _meet_arrays(connection: Connection) -> None:
    """Let a new connection know the arrays that statements take.

    It asks the database for each when it first meets it: some milliseconds each, in the midst of somebody's message.
    """
    await connection.prepare(
        "SELECT $1::uuid[], $2::bigint[], $3::integer[], $4::timestamptz[], $5::bytea[], $6::boolean[], $7::jsonb[]"
    )


async def _as_it_is(connection: Connection) -> None:
    """What comes back to the pool is taken as it is.

    No user of it changes its session: listeners and session locks have connections of their own. asyncpg by itself has
    rolled back and forgotten listeners before; to reset the rest would be one more statement for every two.
    """


def session_settings(application: str) -> dict[str, str]:
    """The limits of each session: a service never waits without end, nor lets others wait.

    Every statement of a service finds its rows by key, an array of keys at a time. The planner is told so: guessing
    from statistics that lag behind it reads whole tables, which costs more with each row that is there (15 ms in place
    of 3 for 3,000 keys among 10,000 rows, and growing).
    """
    return {
        "application_name": application,
        "enable_hashjoin": "off",
        "enable_mergejoin": "off",
        "enable_seqscan": "off",
        "statement_timeout": str(STATEMENT_MS_MAX),
        "lock_timeout": str(LOCK_MS_MAX),
        "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_MS_MAX),
        "jit": "off",
    }


def migrations_of(*packages: str) -> Iterator[Migration]:
    """The migrations in these packages, package by package, each in the order of its file names."""
    for package in packages:
        prefix = package.removesuffix(".migrations")
        files = (f for f in resources.files(package).iterdir() if f.name.endswith(".sql"))
        for file in sorted(files, key=lambda f: f.name):
            yield Migration(f"{prefix}/{file.name}", file.read_text())


async def migrate(url: str, *packages: str) -> list[str]:
    """Apply what is missing, a transaction a file, under an advisory lock; the names of what was applied.

    :raises MigrationError: an applied file was changed afterwards.
    """
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS_MAX, server_settings={"lock_timeout": "60000"})
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations "
            "(name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        missing = await missing_migrations(connection, *packages)
        for migration in missing:
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute(
                    "INSERT INTO migrations (name, sha256) VALUES ($1, $2)", migration.name, migration.sha256
                )
        return [m.name for m in missing]
    finally:
        await connection.close(timeout=5)


async def missing_migrations(
    connection: asyncpg.Connection[asyncpg.Record] | Connection, *packages: str
) -> list[Migration]:
    """What this program needs and the database does not have yet.

    A name that only the database knows is no error: a newer release migrated it, and migrations only expand.
    :raises MigrationError: an applied file was changed afterwards.
    """
    exists = await connection.fetchval("SELECT to_regclass('migrations') IS NOT NULL")
    rows = await connection.fetch("SELECT name, sha256 FROM migrations") if exists else []
    applied = {row["name"]: row["sha256"] for row in rows}
    missing = []
    for migration in migrations_of(*packages):
        known = applied.get(migration.name)
        if known is None:
            missing.append(migration)
        elif known != migration.sha256:
            raise MigrationError(
                f"migration {migration.name} was changed after it was applied; add a new file instead of changing it"
            )
    return missing


def tls_of(ca_file: str | None) -> ssl.SSLContext:
    """A context that verifies the server, with our own authority if one is given."""
    return ssl.create_default_context(cafile=ca_file)
