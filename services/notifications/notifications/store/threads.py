"""Threads and the messages in them, as rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

import asyncpg
from pydantic_core import to_json

from notifications.domain import Cause, Entry, Message, Thread, Wish
from spn.messaging.policies import Connection


async def save_threads(connection: Connection, threads: Sequence[tuple[UUID, Thread]]) -> None:
    """Write threads by person, without their messages. One statement."""
    await connection.execute(
        "INSERT INTO threads (person_id, about, sequence, wanted, old, gist) "
        "SELECT person, about, sequence, wanted::json, old, gist "
        "FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::bool[], $6::text[]) "
        "AS r(person, about, sequence, wanted, old, gist) ON CONFLICT (person_id, about) DO UPDATE SET "
        "sequence = EXCLUDED.sequence, wanted = EXCLUDED.wanted, old = EXCLUDED.old, gist = EXCLUDED.gist",
        [person for person, _ in threads],
        [thread.about for _, thread in threads],
        [thread.sequence for _, thread in threads],
        [_text(thread.wanted) for _, thread in threads],
        [thread.old for _, thread in threads],
        [thread.wanted.gist if thread.wanted and thread.wanted.entry else None for _, thread in threads],
    )


async def load_threads(connection: Connection, wanted: Sequence[tuple[str, str]]) -> dict[UUID, dict[str, Thread]]:
    """The threads of these people about these subjects, with their messages. Two statements."""
    places = ([person for person, _ in wanted], [about for _, about in wanted])
    heads = await connection.fetch(
        "SELECT person_id, about, sequence, wanted, old FROM threads "
        "JOIN unnest($1::uuid[], $2::text[]) AS r(person_id, about) USING (person_id, about)",
        *places,
    )
    rows = await connection.fetch(
        "SELECT m.* FROM messages m "
        "JOIN unnest($1::uuid[], $2::text[]) AS r(person_id, about) USING (person_id, about) "
        "WHERE m.state <> 'superseded' ORDER BY person_id, about, version, purpose",
        *places,
    )
    by_place = groupby(rows, lambda row: (row["person_id"], row["about"]))
    messages = {place: tuple(map(_message, some)) for place, some in by_place}
    found: dict[UUID, dict[str, Thread]] = {}
    for person, about, sequence, text, old in heads:
        thread = Thread(about, sequence, _wish(text), old, messages.get((person, about), ()))
        found.setdefault(person, {})[about] = thread
    return found


def _message(row: asyncpg.Record) -> Message:
    return Message(
        id=row["id"],
        purpose=row["purpose"],
        about=row["about"],
        version=row["version"],
        state=row["state"],
        details=json.loads(row["details"]),
        entry=Entry(row["uid"], row["sequence"], row["says"]) if row["uid"] else None,
        document=row["document"],
        edition_id=row["edition_id"],
        unwanted=row["unwanted"],
        cause=Cause(row["cause"], row["correlation_id"], row["traceparent"]) if row["cause"] else None,
    )


def _text(wish: Wish | None) -> str | None:
    if wish is None:
        return None
    entry = wish.entry and {"uid": wish.entry.uid, "sequence": wish.entry.sequence, "says": wish.entry.says}
    return to_json(
        {
            "purpose": wish.purpose,
            "version": wish.version,
            "details": dict(wish.details),
            "entry": entry,
            "document": wish.document,
            "edition_id": wish.edition_id,
        }
    ).decode()


def _wish(text: str | None) -> Wish | None:
    if text is None:
        return None
    fields = json.loads(text)
    return Wish(**{**fields, "entry": Entry(**fields["entry"]) if fields["entry"] else None})
