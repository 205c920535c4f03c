"""The look at the end finds what it is there to find."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.faults.examine import Examined, examined

TOPIC = "spn.enrolment.events"


@dataclass(frozen=True)
class Told:
    """As much of a record as is looked at."""

    number: int
    id: str
    answers: str = ""
    of_key: str = "ln"

    def topic(self) -> str:
        return TOPIC

    def key(self) -> bytes:
        return self.of_key.encode()

    def value(self) -> bytes:
        return json.dumps({"command_id": self.answers}).encode()

    def headers(self) -> list[tuple[str, bytes]]:
        type_ = "command.answered.v1" if self.answers else "enrolment.accepted.v1"
        pairs = {"ce_id": self.id, "ce_type": type_, "ce_sequence": f"{self.number:020d}"}
        return [(name, text.encode()) for name, text in pairs.items()]


def look(*told: Any, commands: set[str] | None = None) -> Examined:
    return examined(told, commands or set())


def test_numbers_without_a_gap_and_one_answer_a_command_are_good() -> None:
    found = look(Told(1, "a"), Told(2, "b", "c1"), Told(1, "x", of_key="other"), commands={"c1"})
    assert found.ok
    assert (found.events, found.commands, found.told_again) == (3, 1, 0)


def test_an_event_that_is_told_twice_is_no_fault_also_when_it_comes_late() -> None:
    found = look(Told(1, "a"), Told(2, "b"), Told(1, "a"))
    assert found.ok
    assert found.told_again == 1


def test_a_command_without_an_answer_is_lost() -> None:
    assert look(commands={"c1"}).lost == ["command c1 has no answer"]


def test_a_number_that_never_came_is_lost() -> None:
    assert look(Told(1, "a"), Told(3, "c")).lost == [f"{TOPIC}, key ln: 1 of 3 events are missing"]


def test_two_answers_to_a_command_are_a_double() -> None:
    assert look(Told(1, "a", "c1"), Told(2, "b", "c1"), commands={"c1"}).doubled == ["command c1 has 2 answers"]


def test_two_events_with_one_number_are_a_double() -> None:
    assert look(Told(1, "a"), Told(1, "b")).doubled == [f"{TOPIC}, key ln: two events have one number"]


def test_an_event_that_first_comes_after_a_later_one_is_out_of_order() -> None:
    found = look(Told(2, "b"), Told(1, "a"))
    assert found.disordered == [f"{TOPIC}, key ln: number 1 came after a higher one"]
    assert found.lost == []
