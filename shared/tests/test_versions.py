"""An event type that is told in two versions."""

from __future__ import annotations

from uuid import uuid4

from shared.tests.conftest import Logs
from spn.decision import Decision, Moment
from spn.messaging.envelope import Record
from spn.messaging.policies import Policies, on
from spn.testing.bench import Bench
from tests.toy.counters import COUNTERS, Counter, count_note
from tests.toy.messages import NoteData
from tests.toy.parts import NOTE, NOTE_2

DATA = {"group_id": "g", "counter_id": "c"}


def twins(logs: Logs) -> tuple[Record, Record]:
    """One fact told as version 2 and as version 1, newest first, with one id and sequence."""
    id_ = uuid4()
    one, two = (logs.notes.append("g", t, DATA, id_=id_, sequence=1) for t in (NOTE_2, NOTE))
    return one, two


async def test_a_reader_of_both_versions_reads_the_fact_once(bench: Bench, logs: Logs) -> None:
    newest, older = twins(logs)
    tally = await bench.handle(newest, older)
    await bench.handle(older, newest)
    assert (tally.messages, tally.skipped, tally.duplicates) == (2, 0, 2)
    assert await bench.pool.fetchval("SELECT total FROM counters WHERE counter_id = 'c'") == 1


async def test_a_reader_of_the_older_version_skips_the_newest_before_the_inbox(bench: Bench, logs: Logs) -> None:
    class Note(NoteData):
        topic = "toy.notes"
        types = (NOTE,)

    def count(counter: Counter, note: Note, at: Moment) -> Decision[Counter]:
        return Decision(count_note(counter, note, at).state)

    old = Bench("toy", Policies(on(Note, count, root=COUNTERS, keys=lambda n: [(n.counter_id,)])), bench.pool)
    newest, older = twins(logs)
    tally = await old.handle(newest, older)
    assert (tally.messages, tally.skipped, tally.duplicates) == (2, 1, 0)
    assert await bench.pool.fetchval("SELECT total FROM counters WHERE counter_id = 'c'") == 1
