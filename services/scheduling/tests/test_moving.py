"""A session that moves: the normal case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scheduling.domain import PlaceGiven, SessionMoved
from services.scheduling.tests.season import (
    DAY,
    NOW,
    Season,
    day,
    enrolment,
    enrolment_id,
    expected,
    move,
    person,
    plan,
)


@pytest.fixture
def planned() -> Season:
    season = Season()
    season.is_asked(plan(day(1), day(2), day(3)))
    season.hears(enrolment(1))
    season.facts.clear()
    return season


def test_a_move_gives_the_session_its_new_time_and_keeps_its_places(planned: Season) -> None:
    before = planned.session(2)

    answer = planned.is_asked(move(2, venue="Rozet, Arnhem"))

    after = planned.session(2)
    assert (answer.outcome, answer.code, answer.subject, answer.state) == ("done", "session-moved", "dag-2", "planned")
    assert answer.nl == "De bijeenkomst 'Dag 2' is verplaatst."
    assert (after.starts_at, after.venue) == (before.starts_at + 2 * DAY, "Rozet, Arnhem")
    assert (after.sequence, after.attendees) == (before.sequence + 1, before.attendees)
    assert after.reason == "De zaal is niet vrij"
    assert planned.facts == [SessionMoved(after)]


def test_a_move_to_where_the_session_is_changes_nothing_whatever_the_reason(planned: Season) -> None:
    planned.is_asked(move(2))
    before = planned.state

    answer = planned.is_asked(move(2, reason="Nog eens"))

    assert (answer.outcome, answer.code) == ("unchanged", "session-unchanged")
    assert planned.state is before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"session_id": "dag-9"}, "unknown-session"),
        ({"ends_at": day(2)["starts_at"]}, "session-ends-before-start"),
        ({"ends_at": day(2)["starts_at"] + 2 * DAY}, "session-ends-before-start"),
        ({"ends_at": day(2)["starts_at"] + 3 * DAY + timedelta(seconds=1)}, "session-too-long"),
        ({"starts_at": NOW, "ends_at": NOW + timedelta(hours=1)}, "session-in-past"),
    ],
)
def test_a_move_that_cannot_be_is_refused(planned: Season, changes: dict[str, Any], code: str) -> None:
    before = planned.state

    answer = planned.is_asked(move(2, **changes))

    assert (answer.outcome, answer.code) == ("refused", code)
    assert answer.subject == changes.get("session_id", "dag-2")
    assert planned.state is before


def test_a_session_of_exactly_a_day_is_not_too_long(planned: Season) -> None:
    assert planned.is_asked(move(2, ends_at=day(2)["starts_at"] + 3 * DAY)).outcome == "done"


def test_a_session_that_has_begun_is_not_moved(planned: Season) -> None:
    planned.now = planned.session(1).starts_at

    assert planned.is_asked(move(1)).code == "session-begun"


def test_a_move_asked_before_the_start_but_read_after_it_takes_a_late_member_along(planned: Season) -> None:
    asked_at = planned.now
    planned.now = planned.session(1).ends_at
    planned.hears(enrolment(2), enrolment(1, "withdrawn"))
    assert person(2) not in expected([planned.session(1)])["dag-1"]

    planned.now = asked_at
    planned.is_asked(move(1))

    assert expected([planned.session(1)]) == {"dag-1": {person(2): enrolment_id(2)}}
    assert [type(fact) for fact in planned.facts if fact.session.session_id == "dag-1"] == [SessionMoved]


def test_an_event_after_a_move_counts_on_from_it(planned: Season) -> None:
    planned.is_asked(move(2))

    given = planned.hears(enrolment(2))

    assert isinstance(given[1], PlaceGiven)
    assert [fact.session.sequence for fact in given] == [2, 3, 2]
