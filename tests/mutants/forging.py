"""Tampering by somebody with time: several rows at once, so that they agree with each other again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

import asyncpg

from enrolment.domain.journal import SEAL_OF_NOTHING, Entry

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

_ENTRIES = """
    SELECT entry, what, enrolment_id, request, position, moment, kafka_partition, kafka_offset, command_id, who, reason,
        said, seal
    FROM journal WHERE edition_id = $1 ORDER BY entry"""
_LINE = """
    SELECT edition_id, array_agg(enrolment_id ORDER BY coalesce(place, number)) AS line FROM enrolments
    WHERE status = 'waiting' GROUP BY edition_id HAVING count(*) > 1 ORDER BY edition_id LIMIT 1"""
_EXCHANGE = """
    UPDATE enrolments one SET place = coalesce(other.place, other.number)
    FROM enrolments other
    WHERE (one.enrolment_id, other.enrolment_id) IN (($1, $2), ($2, $1))"""


@dataclass(frozen=True)
class Forgery:
    """``forge`` changes rows of these tables, and gives the id that the finding must name."""

    about: str
    database: str
    tables: Sequence[str]
    caught_by: str
    forge: Callable[[Connection], Awaitable[str]]

    @property
    def name(self) -> str:
        """For a table of results."""
        return f"{self.database}: {self.about}"

    @property
    def told(self) -> str:
        """What is done, in a sentence."""
        return f"In {self.database} rows of {' and '.join(self.tables)} are changed to agree."


async def places_exchanged(connection: Connection) -> str:
    """The first in line and the last one have each other's places."""
    row = await connection.fetchrow(_LINE)
    assert row is not None, "nowhere do two wait"
    first, last = row["line"][0], row["line"][-1]
    assert await connection.execute(_EXCHANGE, first, last) == "UPDATE 2"
    return str(first)


async def sealed_anew(connection: Connection) -> str:
    """An early entry is about another request, and every later seal and the edition's own follow from that."""
    edition: str = await connection.fetchval("SELECT edition_id FROM editions ORDER BY journal_entries DESC, 1 LIMIT 1")
    before = SEAL_OF_NOTHING
    for row in await connection.fetch(_ENTRIES, edition):
        entry = Entry(*row)
        forged = replace(entry, request=entry.request + 1) if entry.number == 2 else entry
        before = forged.sealed(edition, before).seal
        await connection.execute(
            "UPDATE journal SET request = $3, seal = $4 WHERE edition_id = $1 AND entry = $2",
            *(edition, entry.number, forged.request, before),
        )
    await connection.execute("UPDATE editions SET journal_head = $2 WHERE edition_id = $1", edition, before)
    return edition


async def end_cut_off(connection: Connection) -> str:
    """The last entry was never there, by the journal and by the edition."""
    edition: str = await connection.fetchval("SELECT edition_id FROM editions ORDER BY journal_entries DESC, 1 LIMIT 1")
    last = "entry = (SELECT journal_entries FROM editions WHERE edition_id = $1)"
    await connection.execute(f"DELETE FROM journal WHERE edition_id = $1 AND {last}", edition)
    seal = "(SELECT seal FROM journal j WHERE j.edition_id = $1 ORDER BY entry DESC LIMIT 1)"
    shorter = f"UPDATE editions SET journal_entries = journal_entries - 1, journal_head = {seal} WHERE edition_id = $1"
    await connection.execute(shorter, edition)
    return edition


FORGERIES = (
    Forgery("two exchange their places in line", "enrolment", ("enrolments",), "line-as-sealed", places_exchanged),
    Forgery(
        *("an entry is changed and all later seals made anew", "enrolment", ("journal", "editions")),
        caught_by="journal-sealed",
        forge=sealed_anew,
    ),
    Forgery(
        *("the end of a journal is cut off", "enrolment", ("journal", "editions")),
        caught_by="journal-sealed",
        forge=end_cut_off,
    ),
)


@asynccontextmanager
async def forged(connection: Connection, one: Forgery) -> AsyncIterator[str]:
    """The id, while the tables are as forged; then they are back as they were. Nothing else writes them meanwhile."""
    everything = "SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text FROM {} t"
    were = {table: await connection.fetchval(everything.format(table)) for table in one.tables}
    try:
        async with connection.transaction():
            id_ = await one.forge(connection)
        yield id_
    finally:
        async with connection.transaction():
            for table, rows in were.items():
                await connection.execute(f"DELETE FROM {table}")
                await connection.execute(
                    f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, $1::jsonb)", rows
                )
