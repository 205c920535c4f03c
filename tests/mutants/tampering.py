"""Rows deleted or changed in a database behind the services' backs, and put back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import asyncpg

from spn_local.stack import Stack
from spn_local.urls import in_database
from tests.mutants.forging import Forgery, forged


@dataclass(frozen=True)
class Tampering:
    """One row of a table, the first that ``where`` finds: deleted, or changed as ``to`` says.

    ``id_``: the column that names it, which the finding must name too.
    """

    about: str
    database: str
    table: str
    id_: str
    where: str
    caught_by: str
    to: str | None = None

    @property
    def name(self) -> str:
        """For a table of results."""
        return f"{self.database}: {self.about}"

    @property
    def told(self) -> str:
        """What is done, in a sentence."""
        return f"In {self.database}'s table {self.table} a row is {'changed' if self.to else 'deleted'}."


@asynccontextmanager
async def tampered(stack: Stack, one: Tampering | Forgery) -> AsyncIterator[str]:
    """The id of the row, while it is as tampered with; then it is back as it was."""
    connection = await asyncpg.connect(_url(stack, one.database))
    try:
        # As a restored backup or a stray hand would: past triggers and references.
        await connection.execute("SET session_replication_role = replica")
        async with forged(connection, one) if isinstance(one, Forgery) else _changed(connection, one) as id_:
            yield id_
    finally:
        await connection.close()


@asynccontextmanager
async def _changed(connection: asyncpg.Connection[asyncpg.Record], one: Tampering) -> AsyncIterator[str]:
    row = await connection.fetchrow(
        f"SELECT ctid, {one.id_}::text AS id, to_jsonb(t)::text AS was FROM {one.table} t "
        f"WHERE {one.where} ORDER BY 2 LIMIT 1"
    )
    assert row is not None, f"{one.name}: there is no such row"
    change = f"UPDATE {one.table} SET {one.to}" if one.to else f"DELETE FROM {one.table}"
    new = await connection.fetchval(f"{change} WHERE ctid = $1 RETURNING ctid", row["ctid"])
    try:
        yield row["id"]
    finally:
        async with connection.transaction():
            await connection.execute(f"DELETE FROM {one.table} WHERE ctid = $1", new)
            await connection.execute(
                f"INSERT INTO {one.table} OVERRIDING SYSTEM VALUE "
                f"SELECT (jsonb_populate_record(NULL::{one.table}, $1::jsonb)).*",
                row["was"],
            )


def _url(stack: Stack, service: str) -> str:
    """A service's database, as the superuser."""
    return in_database(stack.admin_database_url, urlsplit(stack.database_url(service)).path.lstrip("/"))
