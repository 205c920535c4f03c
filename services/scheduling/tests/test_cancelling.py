"""A session that is called off: final, told once, and it leaves the calendar of everybody who had a place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.domain import SessionCancelled
from scheduling.events_out import tell
from services.scheduling.tests.season import Season, cancel, day, enrolment, move, plan


@pytest.fixture
def planned() -> Season:
    season = Season()
    season.is_asked(plan(day(1), day(2)))
    season.hears(enrolment(1))
    season.facts.clear()
    return season


def test_a_cancelled_session_keeps_its_attendees_and_raises_the_sequence(planned: Season) -> None:
    before = planned.session(2)

    answer = planned.is_asked(cancel(2))

    after = planned.session(2)
    assert (answer.outcome, answer.code, answer.state) == ("done", "session-cancelled", "cancelled")
    assert answer.nl == "De bijeenkomst 'Dag 2' is afgezegd."
    assert (after.status, after.sequence, after.attendees) == ("cancelled", before.sequence + 1, before.attendees)
    assert after.reason == "De spreker is ziek"
    assert planned.facts == [SessionCancelled(after)]


def test_the_event_of_a_cancelled_session_says_so(planned: Season) -> None:
    planned.is_asked(cancel(2))

    (outgoing,) = tell(planned.facts[0])

    assert outgoing.versions[0][0] == "scheduling.session-cancelled.v1"
    assert outgoing.versions[0][1].model_dump()["status"] == "cancelled"


def test_cancelling_again_changes_nothing(planned: Season) -> None:
    planned.is_asked(cancel(2))
    state = planned.state

    answer = planned.is_asked(cancel(2))

    assert (answer.outcome, answer.code) == ("unchanged", "session-cancelled-already")
    assert planned.state is state


@pytest.mark.parametrize("late", [move(2), plan(day(1), day(2))], ids=["moved", "planned again"])
def test_a_cancelled_session_cannot_come_back(planned: Season, late: object) -> None:
    planned.is_asked(cancel(2))

    answer = planned.is_asked(late)  # type: ignore[arg-type]

    assert (answer.outcome, answer.code) == ("refused", "session-is-cancelled")


def test_a_plan_may_leave_a_cancelled_session_out(planned: Season) -> None:
    planned.is_asked(cancel(2))

    assert planned.is_asked(plan(day(1), day(3))).outcome == "done"


def test_places_in_a_cancelled_session_change_no_more(planned: Season) -> None:
    planned.is_asked(cancel(2))
    before = planned.session(2)

    planned.hears(enrolment(2), enrolment(1, "withdrawn"))

    assert planned.session(2) is before
    assert [p.status for p in planned.session(1).attendees].count("confirmed") == 1


@pytest.mark.parametrize(("number", "later_days", "code"), [(9, 0, "unknown-session"), (1, 60, "session-begun")])
def test_what_is_not_there_or_has_begun_cannot_be_cancelled(
    planned: Season, number: int, later_days: int, code: str
) -> None:
    planned.now += timedelta(days=later_days)

    assert planned.is_asked(cancel(number)).code == code
