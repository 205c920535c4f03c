"""Enrolments as they are told, and the places that follow."""

from __future__ import annotations

import pytest

from scheduling.domain import Place, PlaceGiven, PlaceWithdrawn, SessionPlanned, Timetable
from services.scheduling.tests.season import DAY, EDITION, Season, day, enrolment, enrolment_id, expected, person, plan

EIGHT_DAYS = tuple(day(number) for number in range(1, 9))


@pytest.fixture
def planned() -> Season:
    season = Season()
    season.is_asked(plan(*EIGHT_DAYS))
    return season


def test_an_accepted_member_has_a_place_in_every_session(planned: Season) -> None:
    facts = planned.hears(enrolment(1))

    assert [type(fact) for fact in facts] == [PlaceGiven] * 8
    assert expected(planned.state.sessions.values()) == {f"dag-{n}": {person(1): enrolment_id(1)} for n in range(1, 9)}


def test_each_event_has_the_whole_session_as_it_is_after_the_fact(planned: Season) -> None:
    planned.hears(enrolment(1))
    facts = planned.hears(enrolment(2))

    assert [fact.session for fact in facts] == list(planned.state.sessions.values())
    assert {place.person_id for place in facts[0].session.attendees} == {person(1), person(2)}


@pytest.mark.parametrize("status", ["waiting", "offered", "declined", "lapsed", "left", "closed", "not known yet"])
def test_who_is_not_accepted_has_no_place(planned: Season, status: str) -> None:
    assert planned.hears(enrolment(1, status)) == ()
    assert not any(session.attendees for session in planned.state.sessions.values())


def test_a_late_member_gets_the_sessions_still_to_come_and_no_other(planned: Season) -> None:
    planned.now = planned.session(3).starts_at

    facts = planned.hears(enrolment(1))

    assert [fact.session.session_id for fact in facts] == [f"dag-{n}" for n in (4, 5, 6, 7, 8)]


def test_a_withdrawn_member_loses_the_sessions_to_come_and_stays_known_as_withdrawn(planned: Season) -> None:
    planned.hears(enrolment(1), enrolment(2))
    planned.now = planned.session(2).starts_at + DAY

    facts = planned.hears(enrolment(1, "withdrawn"))

    assert [type(fact) for fact in facts] == [PlaceWithdrawn] * 6
    lost = Place(person(1), enrolment_id(1), "withdrawn")
    assert [lost in planned.session(n).attendees for n in range(1, 9)] == [False] * 2 + [True] * 6
    assert person(1) in expected([planned.session(2)])["dag-2"]


def test_a_withdrawal_of_somebody_never_heard_of_leaves_no_trace_in_the_sessions(planned: Season) -> None:
    assert planned.hears(enrolment(1, "withdrawn")) == ()


def test_a_substitute_gets_what_the_former_participant_loses_in_one_event_a_session(planned: Season) -> None:
    planned.hears(enrolment(1))

    facts = planned.hears(enrolment(1, of=2))

    assert [type(fact) for fact in facts] == [PlaceGiven] * 8
    assert set(facts[0].session.attendees) == {
        Place(person(1), enrolment_id(1), "withdrawn"),
        Place(person(2), enrolment_id(1), "confirmed"),
    }


def test_a_substitution_whose_forerunner_was_missed_still_takes_the_place_of_the_first(planned: Season) -> None:
    planned.hears_at(1, enrolment(1, of=1))
    planned.hears_at(3, enrolment(1, of=3))

    assert expected([planned.session(1)]) == {"dag-1": {person(3): enrolment_id(1)}}


def test_an_older_message_changes_nothing(planned: Season) -> None:
    planned.hears_at(7, enrolment(1, "withdrawn"))
    before = planned.state

    assert planned.hears_at(6, enrolment(1)) == ()
    assert planned.state is before


def test_the_same_message_twice_changes_nothing(planned: Season) -> None:
    planned.hears_at(7, enrolment(1))
    before = planned.state

    assert planned.hears_at(7, enrolment(1)) == ()
    assert planned.state is before


def test_who_comes_back_has_one_place_again_and_a_higher_sequence_than_the_loss(planned: Season) -> None:
    planned.hears(enrolment(1, of=1))
    lost = planned.hears(enrolment(1, "withdrawn", of=1))

    back = planned.hears(enrolment(2, of=1))

    assert back[0].session.attendees == (Place(person(1), enrolment_id(2), "confirmed"),)
    assert back[0].session.sequence > lost[0].session.sequence


def test_the_end_of_an_old_enrolment_heard_late_leaves_the_new_one_its_places(planned: Season) -> None:
    planned.hears(enrolment(1, of=1), enrolment(2, of=1))

    planned.hears(enrolment(1, "withdrawn", of=1))

    assert expected([planned.session(1)]) == {"dag-1": {person(1): enrolment_id(2)}}


def test_a_member_without_timetable_is_remembered_and_gets_places_when_sessions_are_planned() -> None:
    season = Season()
    season.hears(enrolment(1), enrolment(2), enrolment(2, "withdrawn"), enrolment(3, "waiting"))
    assert season.facts == []

    season.is_asked(plan(day(1), day(2)))

    assert [type(fact) for fact in season.facts] == [SessionPlanned] * 2
    assert expected(season.state.sessions.values()) == {
        "dag-1": {person(1): enrolment_id(1)},
        "dag-2": {person(1): enrolment_id(1)},
    }


def test_a_session_that_did_not_change_is_the_same_object_so_that_nothing_is_written() -> None:
    season = Season(Timetable(EDITION))
    season.is_asked(plan(day(1), day(2)))
    season.now = season.session(1).ends_at
    first = season.session(1)

    season.hears(enrolment(1))

    assert season.session(1) is first
