from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from spn_audit import auditing
from spn_audit.result import Audit, Check, Finding
from spn_audit.sources import Sources

STILL = Check("seats-now", "There are seats.", examined=1)
MOVING = Check("outbox-empty", "Nothing waits.", findings=[Finding("row 1 waits", "outbox")], settles=True)


def seats(*what: str, settles: bool = False) -> Check:
    return Check("seats-now", "There are seats.", findings=[Finding(one, "table") for one in what], settles=settles)


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[Check]]:
    """What the looks find, one after the other; the last one for ever."""
    coming: list[Sequence[Check]] = []

    async def look(_: object) -> Sequence[Check]:
        return coming.pop(0) if len(coming) > 1 else coming[0]

    monkeypatch.setattr(auditing.Auditor, "look", look)
    monkeypatch.setattr(auditing, "PAUSE_SECONDS_MIN", 0.001)
    return coming


def audited(wait_seconds: float = 5.0) -> Audit:
    return asyncio.run(auditing.audit(Sources({}, readers={}), wait_seconds=wait_seconds))


def test_one_look_that_finds_nothing_is_enough(looking: list[Sequence[Check]]) -> None:
    looking[:] = [[STILL]]

    audit = audited()

    assert (audit.ok, audit.looks) == (True, 1)


def test_what_is_gone_at_the_next_look_was_on_its_way(looking: list[Sequence[Check]]) -> None:
    looking[:] = [[MOVING, seats("a")], [STILL]]

    audit = audited()

    assert (audit.ok, audit.looks) == (True, 2)


def test_what_is_another_thing_at_the_next_look_is_not_counted(looking: list[Sequence[Check]]) -> None:
    looking[:] = [[MOVING, seats(f"it is at number {number}")] for number in range(10_000)]

    audit = audited(wait_seconds=0.05)

    assert audit.red == ["outbox-empty"], "the same row waits in both"
    assert audit.in_flight == 1


def test_what_stands_in_two_looks_while_nothing_moves_is_found_at_once(looking: list[Sequence[Check]]) -> None:
    looking[:] = [[seats("a")]]

    audit = audited()

    assert (audit.red, audit.looks) == (["seats-now"], 2)


def test_what_is_seen_for_the_first_time_is_looked_at_once_more(looking: list[Sequence[Check]]) -> None:
    looking[:] = [[seats("a")], [seats("a", "b")], [seats("a")]]

    audit = audited()

    assert [one.sentence for one in audit.checks[0].findings] == ["a"]
    assert audit.looks == 3


def test_while_something_moves_it_is_looked_at_until_it_settles(looking: list[Sequence[Check]]) -> None:
    looking[:] = [*[[MOVING, seats("a")]] * 6, [STILL]]

    audit = audited()

    assert (audit.ok, audit.looks) == (True, 7)


def test_what_begins_to_move_later_is_waited_for_too(looking: list[Sequence[Check]]) -> None:
    looking[:] = [[seats("a", settles=True)], [MOVING], [seats("lost")]]

    audit = audited()

    assert (audit.red, audit.looks) == (["seats-now"], 4)


def test_without_waiting_one_look_stands(looking: list[Sequence[Check]]) -> None:
    looking[:] = [[MOVING]]

    audit = audited(wait_seconds=0)

    assert (audit.red, audit.looks) == (["outbox-empty"], 1)


def test_what_waits_for_a_person_is_no_fault_and_is_said(looking: list[Sequence[Check]]) -> None:
    waits = Finding("a letter waits", "table dead_letters", severity="attention")
    looking[:] = [[Check("dead-letters", "No letter waits.", findings=[waits])]]

    audit = audited()

    assert audit.ok
    assert audit.attention == [waits]
    assert audit.as_json()["needs_a_person"] is True
