"""Rows deleted or changed in a database behind the services' backs, and put back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import asyncpg

from spn_local.stack import Stack
from spn_local.urls import in_database


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


_ENROLMENT = (
    Tampering(
        *("an enrolment is deleted", "enrolment", "enrolments", "enrolment_id"),
        where="status = 'waiting'",
        caught_by="stored-as-told",
    ),
    Tampering(
        *("who withdrew has a seat again", "enrolment", "enrolments", "edition_id"),
        where="status = 'withdrawn'",
        to="status = 'accepted'",
        caught_by="seats-now",
    ),
    Tampering(
        *("a counter of seats is wrong", "enrolment", "editions", "edition_id"),
        where="true",
        to="seats_taken = 1",
        caught_by="seats-now",
    ),
    Tampering(
        *("the newest event is not the one that was told", "enrolment", "told", "subject"),
        where="topic = 'spn.enrolment.events'",
        to="headers = ARRAY[replace(headers[1]::text, 'enrolment.', 'enrolment.re-')::json]",
        caught_by="newest-told",
    ),
    Tampering(
        *("a number was given and nothing told", "enrolment", "sequences", "key"),
        where="topic LIKE '%.events'",
        to="last = last + 1",
        caught_by="told-complete",
    ),
)
_BILLING = (
    Tampering(
        *("an account is deleted", "billing", "accounts", "enrolment_id"),
        where="sequence > 0",
        caught_by="heard-by-readers",
    ),
    Tampering(
        *("an account is behind", "billing", "accounts", "enrolment_id"),
        where="sequence > 1",
        to="sequence = 1",
        caught_by="heard-by-readers",
    ),
    Tampering(
        *("an invoice is deleted", "billing", "documents", "enrolment_id"),
        where="kind = 'invoice'",
        caught_by="owed-is-invoiced",
    ),
    Tampering(
        *("a number is used for nothing", "billing", "series", "series"),
        where="true",
        to="last_ordinal = last_ordinal + 1",
        caught_by="numbers-consecutive",
    ),
    Tampering(
        *("a file is changed", "billing", "document_files", "sha256"),
        where="true",
        to="content = content || '\\x00'",
        caught_by="files-intact",
    ),
)
_SCHEDULING = (
    Tampering(
        *("a place is deleted", "scheduling", "places", "person_id"),
        where="status = 'confirmed'",
        caught_by="places-given",
    ),
    Tampering(
        *("a member is deleted", "scheduling", "members", "enrolment_id"),
        where="accepted",
        caught_by="heard-by-readers",
    ),
    Tampering(
        *("a session is changed and nothing told", "scheduling", "sessions", "session_id"),
        where="true",
        to="sequence = sequence + 1",
        caught_by="sessions-as-told",
    ),
    Tampering(
        *("a session is deleted", "scheduling", "sessions", "session_id"),
        where="sequence > 0",
        caught_by="sessions-as-told",
    ),
)
_NOTIFICATIONS = (
    Tampering(
        *("a contact is deleted", "notifications", "contacts", "person_id"),
        where="sequence > 0",
        caught_by="heard-by-readers",
    ),
    Tampering(
        *("a message is deleted", "notifications", "messages", "about"),
        where="purpose = 'invoice'",
        caught_by="everybody-told",
    ),
    Tampering(
        *("a thread is deleted", "notifications", "threads", "about"),
        where="wanted ->> 'entry' IS NOT NULL",
        caught_by="everybody-told",
    ),
    Tampering(
        *("what was sent before is forgotten", "notifications", "messages", "id"),
        where="state = 'sent' AND purpose = 'waitlisted'",
        caught_by="sent-once",
    ),
    Tampering(
        *("a mail that was sent counts as failed", "notifications", "messages", "id"),
        where="state = 'sent'",
        to="state = 'failed'",
        caught_by="mails-arrived",
    ),
    Tampering(
        *("a reader is behind", "notifications", "consumer_offsets", "topic"),
        where="next_offset > 1",
        to="next_offset = 1",
        caught_by="read-to-the-end",
    ),
)
TAMPERINGS = (*_ENROLMENT, *_BILLING, *_SCHEDULING, *_NOTIFICATIONS)


@asynccontextmanager
async def tampered(stack: Stack, one: Tampering) -> AsyncIterator[str]:
    """The id of the row, while it is as tampered with; then it is back as it was."""
    connection = await asyncpg.connect(_url(stack, one.database))
    try:
        # As a restored backup or a stray hand would: past triggers and references.
        await connection.execute("SET session_replication_role = replica")
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
    finally:
        await connection.close()


def _url(stack: Stack, service: str) -> str:
    """A service's database, as the superuser."""
    return in_database(stack.admin_database_url, urlsplit(stack.database_url(service)).path.lstrip("/"))
