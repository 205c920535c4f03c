"""What notifications owns, row by row, as its database has it now."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from spn_audit.reading.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """What one person is to be told about one subject. ``says``: of a calendar entry; None when there is none."""

    sequence: int
    purpose: str | None
    version: int
    says: str | None


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One mail to one person. ``says``: as in ThreadRow."""

    id: str
    purpose: str
    version: int
    state: str
    says: str | None


@dataclass(slots=True)
class Notifications:
    """Notifications' own tables. Threads and messages by (person, about); messages in the order of their versions.

    Of sessions it keeps the SEQUENCE of the newest state that was heard; a thread only moves on with what is new to it.
    """

    contacts: dict[str, int] = field(default_factory=dict)
    editions: dict[str, int] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)
    threads: dict[tuple[str, str], ThreadRow] = field(default_factory=dict)
    messages: dict[tuple[str, str], list[MessageRow]] = field(default_factory=dict)


async def read_notifications(look: Snapshot) -> Notifications:
    """Read them. What was superseded is no message any longer; names, addresses and contents are not read."""
    book = Notifications()
    async for row in look.rows("SELECT person_id, sequence FROM contacts"):
        book.contacts[str(row[0])] = row[1]
    async for row in look.rows("SELECT edition_id, sequence FROM editions"):
        book.editions[row[0]] = row[1]
    async for row in look.rows("SELECT session_id, sequence FROM sessions"):
        book.sessions[row[0]] = row[1]
    async for row in look.rows("SELECT person_id, about, sequence, wanted FROM threads"):
        book.threads[str(row[0]), row[1]] = _thread(row[2], row[3])
    columns = "person_id, about, id, purpose, version, state, says"
    ordered = f"SELECT {columns} FROM messages WHERE state <> 'superseded' ORDER BY version, purpose"  # noqa: S608
    async for row in look.rows(ordered):
        book.messages.setdefault((str(row[0]), row[1]), []).append(MessageRow(str(row[2]), *row[3:]))
    return book


def _thread(sequence: int, text: str | None) -> ThreadRow:
    wanted = json.loads(text) if text else None
    if wanted is None:
        return ThreadRow(sequence, None, 0, None)
    entry = wanted.get("entry")
    return ThreadRow(sequence, wanted["purpose"], wanted["version"], entry["says"] if entry else None)
