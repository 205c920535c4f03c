"""What enrolment may do that looks like a breach of its rules and is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from deploy.tests import audited
from deploy.tests.audit_allowed import ALLOWED, offered_before_the_closing
from deploy.tests.audit_breaks_ruled import (
    LATER_GUEST,
    THREE,
    edition_row,
    enrolment_row,
    played,
)
from deploy.tests.audited import ANNA, BRAM, EDITION, LIBRARY, NOW, ONE, TWO, World, message
from deploy.tests.audited_world import PRICES, THEME
from spn_audit.checks import judge
from spn_audit.events import owed_of, price_of
from spn_audit.evidence import Evidence
from spn_audit.journal import Journal
from spn_audit.line import Line
from spn_audit.log.record import Record
from spn_audit.programme import PEOPLE
from spn_audit.reading.enrolment import GuestRow
from spn_audit.reading.notifications import ThreadRow
from spn_audit.states import Edition

ABOUT_THE_STORY = ("seats-always", "first-in-line", "guests-within-quota", "owed-by-seat")


def found(seen: Evidence, *names: str) -> dict[str, list[str]]:
    """What the checks of these names say; all of them without a name."""
    return {
        check.name: [one.sentence for one in check.findings]
        for check in judge(seen)
        if check.findings and (check.name in names or not names)
    }


@pytest.mark.parametrize(("story", "seats"), ALLOWED, ids=[story.__name__ for story, _ in ALLOWED])
def test_what_the_rules_allow_is_no_fault(story: Callable[[World], object], seats: int) -> None:
    seen, world = audited.evidence()
    # What is stored belongs to another story: these checks are about what was told alone.
    seen.enrolment.guests.clear()

    played(story, seats=seats)(seen, world)

    assert found(seen, *ABOUT_THE_STORY) == {}


def test_only_after_the_closing_a_seat_may_be_offered_past_the_line() -> None:
    seen, world = audited.evidence()

    played(offered_before_the_closing)(seen, world)

    (sentence,) = found(seen, "first-in-line")["first-in-line"]
    assert THREE in sentence


def test_an_amendment_whose_decision_is_not_found_may_have_held_at_any_moment() -> None:
    seen, world = audited.evidence()

    def story(told: World) -> None:
        told.enrolment(ONE, "accepted", "accepted", 100)
        told.enrolment(TWO, "accepted", "accepted", 100)
        told.answer(0)
        told.edition("amended", "open", seats=2, asked=9)

    played(story)(seen, world)

    assert found(seen, "seats-always") == {}


def once_more(seen: Evidence, world: World, record: Record) -> int:
    """Number 2 has one more event, which everybody has heard: its number."""
    world.command(4)
    world.answer(4)
    for service in ("billing", "scheduling", "notifications"):
        world.mechanisms[service].positions["spn.enrolment.events", 0] = world.offsets["spn.enrolment.events"]
    world.mechanisms["enrolment"].positions["spn.enrolment.commands", 0] = world.offsets["spn.enrolment.commands"]
    edition_row(seen, journal_entries=world.journal.end, journal_head=world.journal.head)
    seen.billing.accounts[TWO] = replace(seen.billing.accounts[TWO], sequence=record.sequence)
    seen.scheduling.members[TWO] = replace(seen.scheduling.members[TWO], sequence=record.sequence)
    asked = seen.notifications.threads[audited.CLERK, TWO]
    seen.notifications.threads[audited.CLERK, TWO] = replace(asked, sequence=record.sequence)
    return record.sequence


def test_who_completed_the_edition_keeps_seat_and_places_and_is_told_nothing_more() -> None:
    seen, world = audited.evidence()
    sequence = once_more(seen, world, world.enrolment(TWO, "completed", "completed", 100))
    enrolment_row(seen, TWO, status="completed", entry=6)
    thread = seen.notifications.threads[BRAM, TWO]
    seen.notifications.threads[BRAM, TWO] = replace(thread, sequence=sequence, purpose=None)

    assert found(seen) == {}

    seen.notifications.threads[BRAM, TWO] = replace(thread, sequence=sequence, purpose="closed")
    assert set(found(seen)) == {"everybody-told"}


def test_a_fresh_link_is_a_mail_of_its_own_and_leaves_what_was_told_before() -> None:
    seen, world = audited.evidence()
    sequence = once_more(seen, world, world.enrolment(TWO, "link-sent", "accepted", 100, link_nl="https://spn.example"))
    enrolment_row(seen, TWO, entry=6)

    assert set(found(seen)) == {"heard-by-readers"}
    about = f"{TWO}/link/6"
    seen.notifications.threads[BRAM, about] = ThreadRow(sequence, "personal-link", sequence, None)
    assert set(found(seen)) == {"everybody-told"}
    mail = message(BRAM, "personal-link", about, sequence, state="outdated")
    seen.notifications.messages[BRAM, about] = [mail]
    assert found(seen) == {}


def test_who_was_erased_need_not_be_known_by_the_newest_number() -> None:
    seen, world = audited.evidence()
    world.tell(PEOPLE, ANNA, ANNA, "person.erased.v1", {"person_id": ANNA})
    for service in ("billing", "notifications"):
        world.mechanisms[service].positions[PEOPLE, 0] = world.offsets[PEOPLE]

    assert found(seen) == {}


def test_enrolments_of_release_0_1_have_no_entry_and_are_counted() -> None:
    seen, _ = audited.evidence()
    seen.enrolment.journals = {}
    edition_row(seen, journal_entries=0, journal_head="")
    for id_ in (ONE, TWO):
        enrolment_row(seen, id_, entry=0, percents=None)
    (check,) = (check for check in judge(seen) if check.name == "line-as-sealed")

    assert not check.findings
    assert check.counted["older than the journal"] == 2


def test_the_line_of_an_edition_that_began_before_the_journal_is_not_judged() -> None:
    seen, _ = audited.evidence()
    world = World()
    world.entry("waitlisted", TWO, 2, position=2)
    seen.enrolment.journals = {EDITION: world.journal}
    edition_row(seen, journal_entries=1, journal_head=world.journal.head, waiting=2, seats_taken=0)
    enrolment_row(seen, ONE, status="waiting", entry=0, owed={})
    # Somebody may have been moved before the journal began.
    enrolment_row(seen, TWO, status="waiting", entry=1, owed={}, place=1)

    assert found(seen, "line-as-sealed") == {}


def test_an_invitation_that_is_over_and_not_yet_ended_takes_no_place_of_the_quota() -> None:
    seen, _ = audited.evidence()
    guest = GuestRow(EDITION, TWO, LIBRARY, THEME, ANNA, "invited", seen.enrolment.editions[EDITION].last_moment)
    seen.enrolment.guests[LATER_GUEST] = guest

    assert found(seen, "guests-within-quota") == {}
    seen.enrolment.guests[LATER_GUEST] = replace(guest, expires_at=NOW)
    assert set(found(seen, "guests-within-quota")) == {"guests-within-quota"}


def test_without_topics_the_journal_is_held_against_itself_and_the_tables() -> None:
    seen, world = audited.evidence()
    seen.log = None

    assert found(seen, "journal-sealed", "line-as-sealed", "guests-within-quota", "owed-by-seat") == {}
    seen.enrolment.journals[EDITION] = Journal(EDITION)
    assert set(found(seen, "journal-sealed", "line-as-sealed")) == {"journal-sealed", "line-as-sealed"}
    assert world.journal.count == 5


@pytest.mark.parametrize("percent", [0, 20, 50, 100])
def test_a_withdrawal_costs_one_of_the_parts_that_were_agreed_to(percent: int) -> None:
    seen, _ = audited.evidence()
    owed = {place: cents * percent // 100 for place, cents in PRICES[ONE].items() if percent}
    enrolment_row(seen, ONE, owed=owed)

    assert found(seen, "owed-by-seat") == {}


def test_an_edition_of_the_table_alone_is_what_its_row_says() -> None:
    seen, world = audited.evidence()
    assert seen.log
    seen.log.terms.clear()
    edition_row(seen, terms=Edition("closed", 5))

    world.enrolment(ONE, "accepted", "accepted", 100)
    world.answer(4)

    assert found(seen, "seats-always") == {}


def test_a_payer_who_is_named_twice_owes_both_parts() -> None:
    line = {"line_id": "course", "unit_price_cents": 5, "owed_cents": 2}

    payers = [{"organisation_id": LIBRARY, "lines": [line, line]}, {"organisation_id": LIBRARY, "lines": [line]}]

    assert owed_of(payers) == {(LIBRARY, "course"): 6}
    assert price_of(payers) == {(LIBRARY, "course"): 15}


def test_who_is_moved_takes_the_place_of_who_stood_there() -> None:
    line = Line()
    for number, one in ((2, "a"), (5, "b"), (9, "c")):
        line.join(one, number)

    assert line.move("c", 1)

    assert [(one, line.place(one), line.rank(one)) for one in "cab"] == [("c", 2, 1), ("a", 5, 2), ("b", 9, 3)]
    assert not line.move("d", 1)
    assert not line.move("a", 4)
    line.leave("c")
    line.join("d", 7)
    assert [line.rank(one) for one in "adb"] == [1, 2, 3]
