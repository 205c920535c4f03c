"""What a command may hold, and what is refused before any decision."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from scheduling.commands import SESSIONS_MAX, MoveSession, PlanTimetable
from scheduling.domain import Timetable, move_session, plan_timetable
from services.scheduling.tests.season import EDITION, NOW, Season
from spn.messaging.parsing import problems

MOVE = MoveSession.examples[0]
PLAN = PlanTimetable.examples[0]


def refusal(model: type[MoveSession | PlanTimetable], values: Any) -> str:
    """What the sender is told; the values come from JSON text, as on the topic."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(json.loads(json.dumps(values)))
    return problems(caught.value)


def test_the_examples_are_valid_and_can_be_carried_out_one_after_the_other() -> None:
    season = Season(Timetable(EDITION))

    assert season.is_asked(PlanTimetable.model_validate(PLAN)).code == "timetable-planned"
    assert season.is_asked(MoveSession.model_validate(MOVE)).code == "session-moved"
    assert len(season.state.sessions) == 8
    assert len({session.theme_id for session in season.state.sessions.values()}) == 5


@pytest.mark.parametrize("command", [PlanTimetable.model_validate(PLAN), MoveSession.model_validate(MOVE)])
def test_commands_of_an_edition_keep_their_order_in_one_lane(command: PlanTimetable | MoveSession) -> None:
    assert command.lane == EDITION


def test_an_instant_becomes_utc() -> None:
    move = MoveSession.model_validate({**MOVE, "starts_at": "2027-05-27T09:30:00+02:00"})

    assert move.starts_at == datetime(2027, 5, 27, 7, 30, tzinfo=UTC)
    assert move.starts_at.tzinfo is UTC


@pytest.mark.parametrize(
    "instant",
    [
        "2027-05-27T09:30:00",
        "2027-05-27",
        "2027-05-27T09:30:00.5Z",
        "1999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "1811575800",
        1811575800,
        -1,
        "-1",
        "tomorrow",
        None,
        {},
    ],
)
def test_what_is_no_instant_with_a_zone_and_whole_seconds_is_refused(instant: object) -> None:
    assert refusal(MoveSession, {**MOVE, "starts_at": instant}).startswith("starts_at: ")


@pytest.mark.parametrize(
    "text",
    ["", " ", "x" * 201, "a\nb", "a\x00b", "a\x1bb", "a\x7fb", "a\x85b", "a\u2028b", "\ud800", 5, None, ["a"]],
)
@pytest.mark.parametrize("field", ["venue", "reason"])
def test_a_text_is_one_line_without_control_characters(field: str, text: object) -> None:
    assert refusal(MoveSession, {**MOVE, field: text}).startswith(f"{field}: ")


@pytest.mark.parametrize("text", ["Stadsschouwburg 's-Hertogenbosch", "Café Súdwest-Fryslân, Sneek", "x" * 200])
def test_a_text_may_hold_what_dutch_names_hold(text: str) -> None:
    assert MoveSession.model_validate({**MOVE, "venue": text}).venue == text


def test_space_around_a_text_is_not_part_of_it() -> None:
    assert MoveSession.model_validate({**MOVE, "venue": "  Rozet "}).venue == "Rozet"


@pytest.mark.parametrize("slug", ["", "a", "A-1", "-a", "a_b", "a b", "a" * 64, "a\n", "aé", 12, None])
@pytest.mark.parametrize("field", ["edition_id", "session_id"])
def test_an_id_is_a_slug(field: str, slug: object) -> None:
    assert refusal(MoveSession, {**MOVE, field: slug}).startswith(f"{field}: ")


@pytest.mark.parametrize("slug", ["a1", "0-", "a" * 63])
def test_a_slug_may_be_as_short_as_two_and_as_long_as_63(slug: str) -> None:
    assert MoveSession.model_validate({**MOVE, "session_id": slug}).session_id == slug


@pytest.mark.parametrize("field", sorted(MOVE))
def test_no_field_of_a_move_may_be_left_out(field: str) -> None:
    assert refusal(MoveSession, {k: v for k, v in MOVE.items() if k != field}) == f"{field}: Field required"


def test_a_field_nobody_knows_is_refused_at_both_levels() -> None:
    first, *rest = PLAN["sessions"]

    assert refusal(PlanTimetable, {**PLAN, "seats": 12}).startswith("seats: ")
    assert refusal(PlanTimetable, {**PLAN, "sessions": [{**first, "room": "a"}, *rest]}).startswith("sessions.0.room: ")


@pytest.mark.parametrize("count", [0, SESSIONS_MAX + 1])
def test_a_plan_has_a_session_and_at_most_sixty(count: int) -> None:
    assert refusal(PlanTimetable, {**PLAN, "sessions": [PLAN["sessions"][0]] * count}).startswith("sessions: ")


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    assert "marker" not in refusal(MoveSession, {**MOVE, "venue": "marker\n", "session_id": "Marker"})


def test_the_decisions_need_no_more_than_a_valid_command_to_answer() -> None:
    season = Season()
    moment = season._moment()

    assert plan_timetable(season.state, PlanTimetable.model_validate(PLAN), moment).answer
    assert moment.now == NOW
    with pytest.raises(Exception, match="unknown-session"):
        move_session(season.state, MoveSession.model_validate(MOVE), moment)
