"""The journal of an edition, read by the auditor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from uuid import UUID, uuid5

import pytest

from deploy.tests.audited import EDITION, ONE, TWO, World
from deploy.tests.audited_world import ASKED, MOMENT, journal_of
from spn_audit.journal import Entry, Journal

COMMAND = UUID(ASKED[0])


def sealed(*entries: Entry) -> list[Entry]:
    """These entries with the seals that they must have."""
    found: list[Entry] = []
    for entry in entries:
        before = found[-1].seal if found else ""
        found.append(replace(entry, seal=entry.sealed(EDITION, before)))
    return found


@pytest.fixture
def entries() -> Sequence[Entry]:
    """Two of them: somebody got a seat, and somebody was rejected for a reason."""
    salt = uuid5(COMMAND, "said")
    said = sha256(f"{salt}\nEva\nTe laat".encode()).hexdigest()
    accepted = Entry(1, "accepted", ONE, 1, None, MOMENT, 3, 17, None, None, None, "", "")
    requested = Entry(2, "requested", TWO, 2, None, MOMENT, 3, 18, None, None, None, "", "")
    rejected = Entry(3, "rejected", TWO, 2, None, MOMENT, 3, 19, COMMAND, "Eva", "Te laat", said, "")
    return sealed(accepted, requested, rejected)


def test_a_seal_is_made_as_the_page_about_it_says(entries: Sequence[Entry]) -> None:
    lines = ["", EDITION, "1", "accepted", ONE, "1", "", "2027-01-14T09:00:00.000000+00:00", "3", "17", ""]

    assert entries[0].seal == sha256("\n".join(lines).encode()).hexdigest()


def test_a_journal_that_nobody_touched_is_whole_and_says_what_became_of_everybody(entries: Sequence[Entry]) -> None:
    journal = journal_of(entries)

    assert (journal.broken, journal.unfair, journal.whole) == ([], [], True)
    assert journal.statuses == {ONE: "accepted", TWO: "rejected"}
    assert (journal.count, journal.end, journal.head) == (3, 3, entries[2].seal)


def test_words_that_were_changed_are_found_and_words_that_were_erased_are_not_missed(entries: Sequence[Entry]) -> None:
    *others, rejected = entries
    changed = journal_of([*others, replace(rejected, reason="Te vroeg")])
    another = journal_of([*others, replace(rejected, who="Piet")])
    erased = journal_of([*others, replace(rejected, command=None, who=None, reason=None)])

    assert changed.broken == another.broken == ["entry 3: who acted, or the reason, is not what was sealed"]
    assert erased.broken == []


def test_where_an_entry_is_gone_the_place_is_named_and_the_rest_of_the_chain_is_not_blamed(
    entries: Sequence[Entry],
) -> None:
    journal = journal_of([entries[0], entries[2]])

    assert journal.broken == ["entry 3: entry 2 should come before it, and is not there"]
    assert (journal.seal_at(2), journal.seal_at(4)) == (None, None)
    assert journal.seal_at(3) == int(entries[2].seal[:16], 16)


def test_an_entry_from_before_the_one_before_it_is_found(entries: Sequence[Entry]) -> None:
    early = replace(entries[1], moment=MOMENT.replace(hour=8))

    journal = journal_of(sealed(entries[0], early))

    assert journal.broken == ["entry 2: it was decided before the entry before it"]


def test_a_journal_that_begins_in_the_middle_knows_that_it_does_not_know_the_line() -> None:
    world = World()
    world.entry("waitlisted", TWO, 2, position=2)

    assert world.journal.whole is False
    assert Journal(EDITION).whole is True


def test_of_a_disaster_the_first_entries_are_named(entries: Sequence[Entry]) -> None:
    journal = Journal(EDITION)
    for number in range(1, 200):
        journal.take(replace(entries[0], number=number, seal="00"))

    assert len(journal.broken) == 50
    assert journal.seal_at(7) == 0
