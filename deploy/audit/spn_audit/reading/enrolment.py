"""What enrolment owns, row by row, as its database has it now."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from spn_audit.events import edition_of, owed_of, price_of
from spn_audit.journal import Entry, Journal
from spn_audit.reading.snapshot import Snapshot
from spn_audit.states import Edition, Owed


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition, its counters, and how far it says that its journal goes. ``terms``: what decisions are made by."""

    state: str
    seats: int
    seats_taken: int
    waiting: int
    last_number: int
    terms: Edition
    last_moment: datetime
    journal_entries: int = 0
    journal_head: str = ""


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    """An enrolment as it is stored.

    ``percents``: what part of a line may be owed after a withdrawal, by what was agreed; None: release 0.1 kept that
    nowhere. ``entry``: the last one of the journal about it.
    """

    edition: str
    number: int
    status: str
    participant: str
    former: tuple[str, ...]
    owed: Owed
    price: Owed
    place: int
    entry: int = 0
    percents: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class GuestRow:
    """An invitation as it is stored."""

    edition: str
    enrolment: str
    organisation: str
    theme: str
    person: str
    status: str
    expires_at: datetime | None


@dataclass(slots=True)
class Enrolment:
    """Enrolment's own tables. Links are not read: the auditor may not see them.

    ``sessions``: the number of the newest event that was heard of each, which are scheduling's.
    """

    editions: dict[str, EditionRow] = field(default_factory=dict)
    enrolments: dict[str, EnrolmentRow] = field(default_factory=dict)
    guests: dict[str, GuestRow] = field(default_factory=dict)
    journals: dict[str, Journal] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    organisations: set[str] = field(default_factory=set)
    sessions: dict[str, int] = field(default_factory=dict)


_EDITIONS = (
    "SELECT edition_id, state, seats, seats_taken, waiting, last_number, terms, last_moment, journal_entries,"
    " journal_head FROM editions"
)
_EDITION_AS_STORED = (
    *("state", "seats", "seats_taken", "waiting", "last_number", "last_moment"),
    *("journal_entries", "journal_head"),
)
_ENROLMENTS = (
    "SELECT enrolment_id, edition_id, number, status, participant_id, former_participant_ids, payers,"
    " coalesce(place, number) AS place, entry, agreement FROM enrolments"
)
_GUESTS = (
    "SELECT guest_id, edition_id, enrolment_id, organisation_id, theme_id, person_id, status, expires_at FROM guests"
)
_JOURNAL = (
    "SELECT edition_id, entry, what, enrolment_id, request, position, moment, kafka_partition, kafka_offset,"
    " command_id, who, reason, said, seal FROM journal ORDER BY edition_id, entry"
)


async def read_enrolment(look: Snapshot) -> Enrolment:
    """Read them. The journal passes by entry after entry: what is kept of it are numbers."""
    book = Enrolment()
    async for row in look.rows(_EDITIONS):
        terms = edition_of(row["state"], json.loads(row["terms"]))
        book.editions[row["edition_id"]] = EditionRow(terms=terms, **{name: row[name] for name in _EDITION_AS_STORED})
    async for row in look.rows(_ENROLMENTS):
        book.enrolments[str(row["enrolment_id"])] = _enrolment(row)
    async for row in look.rows(_GUESTS):
        edition, enrolment, organisation, theme, person, status, expires_at = row[1:]
        book.guests[str(row[0])] = GuestRow(
            edition, str(enrolment), organisation, theme, str(person), status, expires_at
        )
    async for row in look.rows(_JOURNAL):
        journal = book.journals.setdefault(row[0], Journal(row[0]))
        number, what, enrolment = row[1:4]
        journal.take(Entry(number, what, str(enrolment), *row[4:]))
    async for row in look.rows("SELECT person_id FROM people"):
        book.people.add(str(row[0]))
    async for row in look.rows("SELECT organisation_id FROM organisations"):
        book.organisations.add(row[0])
    async for row in look.rows("SELECT session_id, heard FROM sessions"):
        book.sessions[row[0]] = row[1]
    return book


def _enrolment(row: Any) -> EnrolmentRow:
    payers = json.loads(row["payers"])
    agreement = json.loads(row["agreement"]) if row["agreement"] else None
    return EnrolmentRow(
        edition=row["edition_id"],
        number=row["number"],
        status=row["status"],
        participant=str(row["participant_id"]),
        former=tuple(str(person) for person in row["former_participant_ids"]),
        owed=owed_of(payers),
        price=price_of(payers),
        place=row["place"],
        entry=row["entry"],
        percents=frozenset(rule["owed_percent"] for rule in agreement["withdrawal"]) if agreement else None,
    )
