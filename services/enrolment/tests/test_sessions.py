"""The sessions of others: the newest state counts, in whatever order it comes."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from enrolment import events_in
from enrolment.domain import note_session
from enrolment.domain.sessions import Planned, Session, Slot
from services.enrolment.tests.season import OPENS
from services.enrolment.tests.timetable import DAY, ELSEWHERE, data, session
from spn.decision import Decision, Moment

ANNA, BRAM = UUID(int=1), UUID(int=2)
ID = DAY["session_id"]


def noted(*told: tuple[int, events_in.Session], before: Session | None = None) -> Session:
    """What is known after these, each with its number, in this order."""
    known = before or Session(ID)
    for number, one in told:
        decision: Decision[Session] = note_session(known, one, Moment(OPENS, uuid4(), sequence=number))
        assert not decision.facts
        assert not decision.deadlines
        known = decision.state
    return known


def plan_after(*told: tuple[int, events_in.Session]) -> Planned:
    plan = noted(*told).plan
    assert plan
    return plan


def test_a_session_is_kept_with_the_enrolments_that_have_a_place() -> None:
    plan = plan_after((4, session(BRAM, ANNA, gone=(UUID(int=3),), sequence=9)))
    assert plan.enrolment_ids == (ANNA, BRAM)
    assert (
        plan.slot
        == plan.first
        == Slot(
            datetime(2027, 9, 9, 7, 30, tzinfo=UTC),
            datetime(2027, 9, 9, 14, 30, tzinfo=UTC),
            "OBA Oosterdok, Amsterdam",
        )
    )
    assert (plan.sequence, plan.is_cancelled, plan.moved_from) == (9, False, None)


def test_an_older_or_doubled_event_changes_nothing() -> None:
    known = noted((1, session(ANNA)), (3, session(ANNA, BRAM)))
    assert noted((3, session()), (2, session(**ELSEWHERE)), (1, session()), before=known) is known


def test_an_event_of_a_higher_number_counts_though_its_calendar_sequence_is_lower() -> None:
    """As after scheduling was restored from a backup: its numbers go on, the SEQUENCE of its rows does not."""
    assert plan_after((5, session(sequence=8)), (500_009, session(ANNA, sequence=6))).enrolment_ids == (ANNA,)


def test_the_order_in_which_events_come_does_not_matter() -> None:
    told = [
        (1, session()),
        (2, session(ANNA)),
        (3, session(ANNA, **ELSEWHERE)),
        (4, session(ANNA, BRAM, **ELSEWHERE, status="cancelled")),
    ]
    assert len({noted(*some) for some in permutations(told)}) == 1


def test_a_move_is_measured_against_the_oldest_event_and_stays_known_when_a_place_is_given() -> None:
    plan = plan_after((1, session()), (2, session(**ELSEWHERE)), (3, session(ANNA, **ELSEWHERE)))
    assert plan.moved_from == plan.first
    assert plan.first.venue == DAY["venue"]
    assert plan_after((1, session()), (2, session(**ELSEWHERE)), (3, session())).moved_from is None, "moved back"


def test_another_title_is_no_move() -> None:
    plan = plan_after((1, session()), (2, session(title_nl="Anders")))
    assert (plan.title_nl, plan.moved_from) == ("Anders", None)


def test_a_place_that_is_taken_back_is_none() -> None:
    assert plan_after((1, session(ANNA)), (2, session(gone=(ANNA,)))).enrolment_ids == ()


@pytest.mark.parametrize(
    "wrong", [{"status": "dreamt"}, {"starts_at": "2027-09-09T07:30:00"}, {"attendees": None}, {"sequence": "x"}]
)
def test_what_cannot_be_shown_is_not_read(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        session(**wrong)


def test_of_people_nothing_is_read_but_their_enrolments() -> None:
    told = data(ANNA) | {"new_field": 1}
    told["attendees"][0] |= {"name": "Anna"}
    read = events_in.Session.model_validate(told)
    assert read.attendees[0].model_dump() == {"enrolment_id": ANNA, "status": "confirmed"}
    assert told["attendees"][0]["person_id"] not in repr(read)
