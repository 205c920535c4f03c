"""Ways to break the journal of an edition, and what the tables say beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from uuid import UUID

from deploy.tests.audit_breaks_ruled import THREE, edition_row, enrolment_row, waiting_three
from deploy.tests.audited import EDITION, ONE, TWO, Break, World
from deploy.tests.audited_world import ASKED, journal_of
from spn_audit.evidence import Evidence
from spn_audit.journal import Entry
from spn_audit.programme import said_of
from spn_audit.reading.enrolment import EnrolmentRow


def journalled(change: Callable[[list[Entry]], Iterable[Entry]], *, sealed_anew: bool = False) -> Break:
    """The journal is another than was written; the edition's row agrees with it."""

    def break_(seen: Evidence, world: World) -> None:
        journal = journal_of(change(list(world.entries)), sealed_anew=sealed_anew)
        seen.enrolment.journals[EDITION] = journal
        edition_row(seen, journal_entries=journal.end, journal_head=journal.head)

    return break_


def _with_words(entries: list[Entry], reason: str) -> list[Entry]:
    """The first entry with a reason beside the hash of another one."""
    command = UUID(ASKED[0])
    first = replace(entries[0], command=command, who="organiser", reason=reason)
    return [replace(first, said=said_of(command, "organiser", "as agreed")), *entries[1:]]


def rows_of_three(seen: Evidence, **places: int) -> dict[str, EnrolmentRow]:
    """The rows of these three, with these places."""
    row = replace(seen.enrolment.enrolments[TWO], status="waiting", owed={})
    entries = {"ONE": (ONE, 1, 1), "TWO": (TWO, 2, 2), "THREE": (THREE, 3, 4)}
    return {
        id_: replace(row, number=number, entry=entry, place=places[name])
        for name, (id_, number, entry) in entries.items()
    }


def _offered_for_no_reason(seen: Evidence, _: World) -> None:
    world = World()
    waiting_three(world)
    world.entry("seat-offered", TWO, 2)
    seen.enrolment.journals = {EDITION: world.journal}
    rows = rows_of_three(seen, ONE=2, TWO=3, THREE=1)
    seen.enrolment.enrolments = {**rows, TWO: replace(rows[TWO], status="offered", entry=5)}


def _exchanged(seen: Evidence, _: World) -> None:
    """Who waits by the journal, with the places of each other in the table."""
    world = World()
    waiting_three(world)
    seen.enrolment.journals = {EDITION: world.journal}
    seen.enrolment.enrolments = rows_of_three(seen, ONE=3, TWO=2, THREE=1)


SEALED: list[tuple[str, str, Break]] = [
    ("journal-sealed", "an entry was changed", journalled(lambda e: [replace(e[0], request=7), *e[1:]])),
    ("journal-sealed", "an entry is gone", journalled(lambda e: [e[0], *e[2:]])),
    ("journal-sealed", "the last entry is gone", journalled(lambda e: e[:-1])),
    ("journal-sealed", "all entries are gone", journalled(lambda _: [])),
    (
        "journal-sealed",
        "an entry was changed and all seals made anew",
        journalled(lambda e: [e[0], replace(e[1], request=7), *e[2:]], sealed_anew=True),
    ),
    ("journal-sealed", "entries changed places", journalled(lambda e: [e[1], e[0], *e[2:]])),
    (
        "journal-sealed",
        "a reason is not the one that was sealed",
        journalled(lambda e: _with_words(e, "for money"), sealed_anew=True),
    ),
    ("journal-sealed", "the edition's last seal is another", lambda s, _: edition_row(s, journal_head="00")),
    ("journal-sealed", "the edition counts fewer entries", lambda s, _: edition_row(s, journal_entries=4)),
    ("journal-sealed", "a journal without an edition", lambda s, _: s.enrolment.editions.pop(EDITION)),
    ("line-as-sealed", "another state than by the journal", lambda s, _: enrolment_row(s, ONE, status="accepted")),
    ("line-as-sealed", "another last entry than by the journal", lambda s, _: enrolment_row(s, ONE, entry=1)),
    ("line-as-sealed", "another request than by the journal", lambda s, _: enrolment_row(s, ONE, number=2)),
    (
        "line-as-sealed",
        "an entry is about another request than those before it",
        journalled(lambda e: [*e[:2], replace(e[2], request=2), *e[3:]], sealed_anew=True),
    ),
    ("line-as-sealed", "two places in line are exchanged", _exchanged),
    ("line-as-sealed", "an enrolment of the journal is gone", lambda s, _: s.enrolment.enrolments.pop(ONE)),
    ("line-as-sealed", "somebody was offered a seat past the line for no reason", _offered_for_no_reason),
]
