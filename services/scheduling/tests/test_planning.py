"""What organisers ask, and what they are told."""

from __future__ import annotations

from typing import Any

import pytest

from scheduling.domain import SessionMoved, SessionPlanned
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


def test_a_first_plan_makes_the_sessions_and_says_how_many() -> None:
    season = Season()

    answer = season.is_asked(plan(day(1), day(2)))

    assert (answer.outcome, answer.code, answer.state) == ("done", "timetable-planned", "planned")
    assert answer.nl == "Het rooster staat: 2 bijeenkomsten."
    assert answer.en == "The timetable stands: 2 sessions."
    assert [(type(f), f.session.session_id, f.session.sequence) for f in season.facts] == [
        (SessionPlanned, "dag-1", 0),
        (SessionPlanned, "dag-2", 0),
    ]


def test_the_same_plan_again_changes_nothing(planned: Season) -> None:
    before = planned.state

    answer = planned.is_asked(plan(day(3), day(1), day(2)))

    assert (answer.outcome, answer.code) == ("unchanged", "timetable-unchanged")
    assert planned.state is before
    assert planned.facts == []


def test_the_same_plan_again_changes_nothing_even_when_its_sessions_are_over(planned: Season) -> None:
    planned.now = NOW + 400 * DAY

    assert planned.is_asked(plan(day(1), day(2), day(3))).outcome == "unchanged"


def test_a_wider_plan_adds_new_sessions_with_everybodys_place_and_moves_changed_ones(planned: Season) -> None:
    answer = planned.is_asked(plan(day(1), day(2, venue="Rozet, Arnhem"), day(3), day(4)))

    assert (answer.outcome, answer.code) == ("done", "timetable-changed")
    assert answer.nl == "Het rooster is bijgewerkt: 1 bijeenkomst erbij, 1 bijeenkomst gewijzigd."
    assert [(type(f), f.session.session_id) for f in planned.facts] == [
        (SessionMoved, "dag-2"),
        (SessionPlanned, "dag-4"),
    ]
    assert expected([planned.session(4)]) == {"dag-4": {person(1): enrolment_id(1)}}
    assert planned.session(2).venue == "Rozet, Arnhem"


@pytest.mark.parametrize("field", ["title_nl", "title_en", "theme_id", "venue"])
def test_whatever_people_see_of_a_session_raises_its_sequence_when_it_changes(planned: Season, field: str) -> None:
    before = planned.session(1)

    planned.is_asked(plan(day(1, **{field: "changed"}), day(2), day(3)))

    assert [type(fact) for fact in planned.facts] == [SessionMoved]
    assert planned.session(1).sequence == before.sequence + 1
    assert planned.session(1).attendees == before.attendees


@pytest.mark.parametrize(
    ("days", "code", "subject"),
    [
        ([day(1), day(3)], "sessions-dropped", "dag-2"),
        ([day(1), day(2), day(3), day(4), day(4)], "session-twice", "dag-4"),
        ([day(1), day(2), day(3), day(4, ends_at=day(4)["starts_at"])], "session-ends-before-start", "dag-4"),
        ([day(1), day(2), day(3), day(4, ends_at=day(5)["starts_at"])], "session-too-long", "dag-4"),
        ([day(1), day(2), day(3), day(4, starts_at=NOW, ends_at=NOW + DAY)], "session-in-past", "dag-4"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_whole(planned: Season, days: list[Any], code: str, subject: str) -> None:
    before = planned.state

    answer = planned.is_asked(plan(*days))

    assert (answer.outcome, answer.code, answer.subject) == ("refused", code, subject)
    assert planned.state is before
    assert planned.facts == []


def test_a_session_id_of_another_edition_is_refused() -> None:
    season = Season()
    season.state = type(season.state)(season.state.edition_id, elsewhere=frozenset({"dag-2"}))

    answer = season.is_asked(plan(day(1), day(2)))

    assert (answer.code, answer.subject) == ("session-of-another-edition", "dag-2")


def test_many_dropped_sessions_are_named_up_to_a_limit() -> None:
    season = Season()
    season.is_asked(plan(*(day(number) for number in range(1, 10))))

    answer = season.is_asked(plan(day(1)))

    named = "'dag-2', 'dag-3', 'dag-4', 'dag-5', 'dag-6'"
    assert answer.nl == f"Al gepland, maar niet in dit rooster: {named} en nog 3. Weglaten is niet afzeggen."


def test_a_plan_may_not_change_a_session_that_has_begun_but_may_name_it(planned: Season) -> None:
    planned.now = planned.session(1).starts_at

    assert planned.is_asked(plan(day(1), day(2), day(3), day(4))).code == "timetable-changed"
    assert planned.is_asked(plan(day(1, venue="Elders"), day(2), day(3), day(4))).code == "session-begun"


@pytest.mark.parametrize("code", ["session-moved", "timetable-planned"])
def test_every_answer_speaks_both_languages(planned: Season, code: str) -> None:
    planned.is_asked(move(1))
    season = Season()
    season.is_asked(plan(day(1)))

    answer = next(a for a in [*planned.answers, *season.answers] if a.code == code)

    assert answer.nl.endswith(".")
    assert answer.en.endswith(".")
    assert answer.nl != answer.en
