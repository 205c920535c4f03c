"""What enrolment owns, row by row, as its database has it now."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from spn_audit.reading.snapshot import Snapshot
from spn_audit.states import Owed, owed_of


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition and its counters."""

    state: str
    seats: int
    seats_taken: int
    waiting: int
    last_number: int


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    """An enrolment as it is stored."""

    edition: str
    number: int
    status: str
    participant: str
    former: tuple[str, ...]
    owed: Owed


@dataclass(slots=True)
class Enrolment:
    """Enrolment's own tables."""

    editions: dict[str, EditionRow] = field(default_factory=dict)
    enrolments: dict[str, EnrolmentRow] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    organisations: set[str] = field(default_factory=set)


async def read_enrolment(look: Snapshot) -> Enrolment:
    """Read them."""
    book = Enrolment()
    async for row in look.rows("SELECT edition_id, state, seats, seats_taken, waiting, last_number FROM editions"):
        book.editions[row[0]] = EditionRow(*row[1:])
    columns = "enrolment_id, edition_id, number, status, participant_id, former_participant_ids, payers"
    async for row in look.rows(f"SELECT {columns} FROM enrolments"):  # noqa: S608 - no value in it
        former = tuple(str(person) for person in row[5])
        owed = owed_of(json.loads(row[6]))
        book.enrolments[str(row[0])] = EnrolmentRow(row[1], row[2], row[3], str(row[4]), former, owed)
    async for row in look.rows("SELECT person_id FROM people"):
        book.people.add(str(row[0]))
    async for row in look.rows("SELECT organisation_id FROM organisations"):
        book.organisations.add(row[0])
    return book
