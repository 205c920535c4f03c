"""What is told, and what is read of others."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from scheduling.domain import PlaceGiven, SessionPlanned
from scheduling.events_in import Enrolment
from scheduling.events_out import EVENTS, OWNER, TOPIC, CommandAnswered, Session, answer, tell
from scheduling.policies import POLICIES
from services.scheduling.tests.season import EDITION, Season, day, enrolment, enrolment_id, person, plan
from spn.decision import Answer
from spn.messaging.contract import EventType, by_name
from spn.messaging.policies import AnsweredCommand

TYPES = by_name(EVENTS)
OF_SESSION = [event for event in EVENTS if event.data is Session]


def test_a_fact_is_told_whole_under_its_session() -> None:
    season = Season()
    season.is_asked(plan(day(1)))
    (given,) = season.hears(enrolment(1))

    (outgoing,) = tell(given)

    assert isinstance(given, PlaceGiven)
    ((name, data),) = outgoing.versions
    assert (outgoing.topic, outgoing.key, outgoing.subject, outgoing.kept) == (TOPIC, "dag-1", "dag-1", True)
    assert name == "scheduling.place-given.v1"
    assert json.loads(data.model_dump_json()) == {
        "session_id": "dag-1",
        "edition_id": EDITION,
        "theme_id": "changing",
        "title_nl": "Dag 1",
        "title_en": "Day 1",
        "starts_at": "2027-03-01T12:00:00Z",
        "ends_at": "2027-03-01T18:00:00Z",
        "venue": "Bibliotheek Neude, Utrecht",
        "status": "planned",
        "sequence": 1,
        "attendees": [
            {"person_id": str(person(1)), "enrolment_id": str(enrolment_id(1)), "status": "confirmed"},
        ],
    }


def test_every_fact_has_its_own_type_of_event() -> None:
    season = Season()
    season.is_asked(plan(day(1)))
    season.hears(enrolment(1), enrolment(1, "withdrawn"))
    season.is_asked(plan(day(1, venue="Rozet, Arnhem")))

    told = [outgoing.versions[0][0] for fact in season.facts for outgoing in tell(fact)]

    assert told == [
        "scheduling.session-planned.v1",
        "scheduling.place-given.v1",
        "scheduling.place-withdrawn.v1",
        "scheduling.session-moved.v1",
    ]
    assert isinstance(season.facts[0], SessionPlanned)


def test_an_answer_is_told_under_the_edition_and_not_kept() -> None:
    command = uuid4()
    said = Answer("refused", "unknown-session", "Nee.", "No.", "dag-9")

    outgoing = answer(AnsweredCommand(str(command), "session.move.v1", EDITION, said))

    assert (outgoing.topic, outgoing.key, outgoing.subject) == (TOPIC, EDITION, str(command))
    assert not outgoing.kept
    assert outgoing.versions[0][1] == CommandAnswered(
        command_id=command,
        command_type="session.move.v1",
        outcome="refused",
        code="unknown-session",
        sentence_nl="Nee.",
        sentence_en="No.",
        edition_id=EDITION,
        subject_id="dag-9",
        state=None,
    )


def test_an_answer_to_a_command_without_key_goes_under_the_commands_own_id() -> None:
    command = uuid4()

    outgoing = answer(AnsweredCommand(str(command), "session.move.v1", "", Answer("refused", "invalid", "Nee.", "No.")))

    assert outgoing.key == str(command)
    assert json.loads(outgoing.versions[0][1].model_dump_json())["edition_id"] is None


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(event.name))
def test_every_type_has_examples_that_survive_the_wire(event: EventType[Any]) -> None:
    assert event.examples
    assert event.topic == TOPIC
    for example in event.examples:
        assert event.data.model_validate_json(example.model_dump_json()) == example


def test_types_are_named_after_their_owner() -> None:
    assert [name for name in TYPES if not name.startswith(f"{OWNER}.")] == ["command.answered.v1"]


@pytest.mark.parametrize("event", OF_SESSION, ids=lambda event: str(event.name))
def test_the_examples_of_sessions_are_days_in_order_that_end_after_they_start(event: EventType[Session]) -> None:
    assert all(a.starts_at < b.starts_at for a, b in pairwise(event.examples))
    for session in event.examples:
        assert session.starts_at < session.ends_at
        people = [place.person_id for place in session.attendees]
        assert people == sorted(set(people))


def test_the_planned_examples_are_a_whole_season() -> None:
    sessions = TYPES["scheduling.session-planned.v1"].examples

    assert len(sessions) == 8
    assert {s.theme_id for s in sessions} == {"changing", "directing", "direction-giving", "narrative", "personal"}


def test_an_enrolment_is_read_without_what_is_not_needed_and_with_a_status_of_tomorrow() -> None:
    values = {
        "enrolment_id": str(enrolment_id(1)),
        "edition_id": EDITION,
        "status": "some-new-status",
        "participant_id": str(person(1)),
        "number": 7,
        "payers": [{"contact_id": "x"}],
    }

    assert Enrolment.model_validate(values) == enrolment(1, "some-new-status")


def test_the_map_listens_to_enrolments_and_own_commands_only() -> None:
    assert POLICIES.topics == ("spn.enrolment.events", "spn.scheduling.commands")
    assert POLICIES.is_command_topic("spn.scheduling.commands")
    assert not POLICIES.of("spn.enrolment.events", "command.answered.v1")
    assert set(POLICIES.command_types("spn.scheduling.commands")) == {
        "timetable.plan.v1",
        "session.move.v1",
        "session.cancel.v1",
    }
