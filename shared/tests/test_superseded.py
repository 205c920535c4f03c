"""Of several states of one subject in a batch the newest is enough, where a policy says so."""

from __future__ import annotations

from uuid import uuid4

import pytest

from shared.tests.conftest import Logs
from spn.decision import Decision, Moment
from spn.messaging.envelope import Record
from spn.messaging.policies import Policies, Policy, on
from spn.testing.bench import Bench
from tests.toy.counters import COUNTERS, Counter, count_note
from tests.toy.messages import NoteData
from tests.toy.parts import NOTE, NOTE_2

HEARD: list[int] = []


class Note(NoteData):
    topic = "toy.notes"
    types = (NOTE, NOTE_2)


def count(counter: Counter, note: Note, at: Moment) -> Decision[Counter]:
    HEARD.append(at.sequence)
    return Decision(count_note(counter, note, at).state)


def policy(name: str = "count", superseded: tuple[str, ...] = (NOTE,)) -> Policy:
    return on(Note, count, root=COUNTERS, keys=lambda n: [(n.counter_id,)], name=name, superseded=superseded)


@pytest.fixture
def reader(bench: Bench) -> Bench:
    HEARD.clear()
    return Bench("toy", Policies(policy()), bench.pool)


def note(logs: Logs, sequence: int, type_: str = NOTE, subject: str = "c", group: str = "g", **more: object) -> Record:
    data = {"group_id": group, "counter_id": subject, **more}
    return logs.notes.append(group, type_, data, sequence=sequence, subject=subject, id_=uuid4())


async def test_of_several_the_oldest_and_the_newest_are_read_and_the_others_counted(reader: Bench, logs: Logs) -> None:
    tally = await reader.handle(*(note(logs, number) for number in (1, 2, 3, 4)))
    assert (HEARD, tally.messages, tally.superseded, tally.duplicates) == ([1, 4], 4, 2, 0)


async def test_events_that_come_after_a_newer_one_decide_as_ever(reader: Bench, logs: Logs) -> None:
    tally = await reader.handle(note(logs, 3), note(logs, 2), note(logs, 1))
    assert (HEARD, tally.superseded) == ([3, 2, 1], 0)


async def test_what_was_left_out_counts_as_seen_and_as_handled(reader: Bench, logs: Logs) -> None:
    old, mid, new = (note(logs, number) for number in (1, 2, 3))
    await reader.handle(old, mid, new)
    alone, together = await reader.handle(mid), await reader.handle(old, mid, new)
    assert (HEARD, alone.duplicates, together.duplicates, together.superseded) == ([1, 3], 1, 3, 0)
    stored = await reader.pool.fetchval("SELECT next_offset FROM consumer_offsets WHERE partition = $1", old.partition)
    assert stored == new.offset + 1


@pytest.mark.parametrize("unlike", [{"subject": "d"}, {"group": "h"}])
async def test_events_about_something_else_supersede_nothing(unlike: dict[str, str], reader: Bench, logs: Logs) -> None:
    tally = await reader.handle(note(logs, 1), note(logs, 2), note(logs, 3, **unlike))
    assert (HEARD, tally.superseded) == ([1, 2, 3], 0)


async def test_what_cannot_be_read_supersedes_nothing_and_is_buried(reader: Bench, logs: Logs) -> None:
    spoiled = logs.notes.append("g", NOTE, b"{", sequence=3, subject="c", id_=uuid4())
    tally = await reader.handle(note(logs, 1), note(logs, 2), spoiled)
    assert (HEARD, tally.superseded, tally.dead_letters) == ([1, 2], 0, 1)


async def test_an_event_without_a_number_is_between_none(reader: Bench, logs: Logs) -> None:
    spoiled = logs.notes.append("g", NOTE, b"{", subject="c", id_=uuid4())
    tally = await reader.handle(note(logs, 1), spoiled, note(logs, 2))
    assert (HEARD, tally.superseded, tally.dead_letters) == ([1, 2], 0, 1)


async def test_types_that_are_not_named_are_each_decided_on(reader: Bench, logs: Logs) -> None:
    tally = await reader.handle(note(logs, 1), note(logs, 2, NOTE_2), note(logs, 3), note(logs, 4))
    assert (HEARD, tally.superseded) == ([1, 2, 4], 1)


async def test_events_are_left_out_only_when_every_policy_lets_them_go(bench: Bench, logs: Logs) -> None:
    HEARD.clear()
    both = Bench("toy", Policies(policy(), policy("count_all", ())), bench.pool)
    tally = await both.handle(*(note(logs, number) for number in (1, 2, 3)))
    assert (HEARD, tally.superseded) == ([1, 1, 2, 2, 3, 3], 0)
