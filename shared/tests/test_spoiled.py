"""A record that nobody can read becomes a dead letter with its bytes untouched, and the batch goes on."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import asyncpg
import pytest
from pydantic import field_validator

from shared.tests.conftest import Logs
from spn.clock import SystemClock
from spn.decision import unchanged
from spn.messaging import dead_letters
from spn.messaging.envelope import HEADER_BYTES_MAX, Record
from spn.messaging.faults import TransientError
from spn.messaging.intake import record_of
from spn.messaging.parsing import Parser, Spoiled
from spn.messaging.policies import Policies, due, on
from spn.testing.bench import Bench
from spn.testing.records import headers_for
from tests.toy.bills import BILLS
from tests.toy.counters import COUNTERS
from tests.toy.messages import NoteData, PriceData
from tests.toy.parts import NOTE

GOOD = b'{"group_id": "g", "counter_id": "c"}'
FINE = dict(headers_for(NOTE))


def changed(**headers: bytes | None) -> tuple[tuple[str, bytes | None], ...]:
    return tuple((FINE | {"ce_id": str(uuid4()).encode()} | headers).items())


SPOILED: dict[str, tuple[bytes | None, bytes | None, tuple[tuple[str, bytes | None], ...]]] = {
    "a header that is not UTF-8": (b"g", GOOD, changed(ce_type=b"\xff\xfe")),
    "a null header": (b"g", GOOD, changed(ce_type=None)),
    "no headers": (b"g", GOOD, ()),
    "an id that is no UUID": (b"g", GOOD, changed(ce_id=b"1")),
    "a time that is none": (b"g", GOOD, changed(ce_time=b"yesterday")),
    "a time without zone": (b"g", GOOD, changed(ce_time=b"2027-01-01T00:00:00")),
    "a sequence out of range": (b"g", GOOD, changed(ce_sequence=b"9" * 20)),
    "another specversion": (b"g", GOOD, changed(ce_specversion=b"0.3")),
    "a header without end": (b"g", GOOD, changed(ce_source=b"x" * (HEADER_BYTES_MAX + 1))),
    "a key that is not UTF-8": (b"\xff", GOOD, changed()),
    "no value": (b"g", None, changed()),
    "no JSON": (b"g", b"{", changed()),
    "another type of data": (b"g", b"[1]", changed()),
    "a field of another type": (b"g", b'{"group_id": 7, "counter_id": "c"}', changed()),
    "a megabyte and more": (b"g", GOOD[:-1] + b', "note": "' + b"x" * 1_000_000 + b'"}', changed()),
    "strange headers of a megabyte": (b"g", GOOD, changed(x=b"x" * 1_000_000)),
}


@pytest.mark.parametrize("what", SPOILED)
async def test_what_nobody_can_read_is_dead_lettered_untouched_and_the_batch_goes_on(
    bench: Bench, logs: Logs, what: str
) -> None:
    key, value, headers = SPOILED[what]
    bad = logs.notes.raw(key, value, headers, partition=0)
    before, after = (logs.notes.raw(b"g", GOOD, headers_for(NOTE), partition=0) for _ in range(2))
    tally = await bench.handle(before, bad, after)
    assert (tally.messages, tally.dead_letters) == (3, 1)
    assert await bench.pool.fetchval("SELECT total FROM counters WHERE counter_id = 'c'") == 2
    (row,) = await bench.letters()
    assert dead_letters.from_row(row).record == bad
    assert (row["handler"], row["parked"]) == ("*", False)
    (told,) = [t for t in await bench.told() if t.topic == "spn.toy.dead-letters"]
    assert told.data["error"]
    assert (told.data["topic"], told.data["partition"], told.data["offset"]) == ("toy.notes", 0, bad.offset)
    assert await bench.pool.fetchval("SELECT next_offset FROM consumer_offsets") == after.offset + 1
    again = await bench.handle(bad)
    assert len(await bench.letters()) == 1
    assert again.messages == 1


async def test_a_type_that_nobody_here_reads_is_skipped_and_counted(bench: Bench, logs: Logs) -> None:
    tally = await bench.handle(logs.notes.append("g", "note.burnt.v1", {}), logs.notes.append("g", NOTE + "2", {}))
    assert (tally.messages, tally.skipped, tally.dead_letters) == (2, 2, 0)
    assert await bench.pool.fetchval("SELECT count(*) FROM inbox") == 0


def test_a_bug_in_a_model_spoils_the_record_and_not_the_batch() -> None:
    class Broken(NoteData):
        topic = "broken"
        types = ("broken.v1",)

        @field_validator("note")
        @classmethod
        def _bug(cls, _: str) -> str:
            raise KeyError("a bug")

    rule = on(Broken, lambda state, _, __: unchanged(state), root=COUNTERS, keys=lambda _: [], name="broken")
    parser = Parser(Policies(rule), SystemClock(), lambda _: None)
    value = b'{"group_id": "g", "counter_id": "c", "note": "n"}'
    record = Record("broken", 0, 0, datetime.now(UTC), b"g", value, tuple(headers_for("broken.v1")))
    item = parser.parse(record)
    assert isinstance(item, Spoiled)
    assert item.error.startswith("KeyError")


@pytest.mark.parametrize("milliseconds", [-1, -(10**17), 10**17, 2**63 - 1])
def test_a_timestamp_beyond_the_calendar_is_no_reason_to_lose_a_batch(milliseconds: int) -> None:
    raw = SimpleNamespace(topic="t", partition=0, offset=3, timestamp=milliseconds, key=b"k", value=b"v", headers=())
    record = record_of(raw)
    assert (record.offset, record.value) == (3, b"v")
    assert record.timestamp.tzinfo is not None


def test_two_policies_of_one_message_must_agree_on_how_it_is_read() -> None:
    class Price(PriceData):
        topic = "t"
        types = ("x.v1",)

    class Note(NoteData):
        topic = "t"
        types = ("x.v1",)

    def decide(state: object, _: object, __: object) -> object:
        return state

    one = on(Price, decide, root=BILLS, keys=lambda _: [], name="one")  # type: ignore[arg-type]
    two = on(Note, decide, root=COUNTERS, keys=lambda _: [], name="two")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"x\.v1"):
        Policies(one, two)


def test_two_policies_for_one_kind_of_deadline_are_allowed() -> None:
    one = due("k", lambda s, _, __: unchanged(s), root=BILLS)
    assert Policies(one).of(None, "k") == [one]


@pytest.mark.parametrize("save", ["save", "failed_again"])
async def test_a_database_that_goes_away_while_a_letter_is_written_is_tried_again_and_is_no_bug(
    bench: Bench, logs: Logs, monkeypatch: pytest.MonkeyPatch, save: str
) -> None:
    async def lost(*_: object) -> None:
        raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

    bad = logs.notes.append("g", NOTE, {"group_id": "g", "counter_id": "c", "note": "a\x00b"})
    if save == "failed_again":
        await bench.handle(bad)
    with monkeypatch.context() as away:
        away.setattr(dead_letters, save, lost)
        with pytest.raises(TransientError, match="ConnectionDoesNotExistError"):
            await (bench.handle(bad) if save == "save" else bench.pipeline.replay(await first_letter(bench)))
    await bench.handle(bad)
    assert [x["attempts"] for x in await bench.letters()] == [1, 1], "one of each handler"


async def first_letter(bench: Bench) -> dead_letters.Letter:
    return dead_letters.from_row((await bench.letters())[0])
