"""One transaction a batch; what spoils a batch is found and only that is taken out."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from shared.tests.conftest import Logs, Pool, new_bench, new_id
from shared.tests.watching import Statements, watched
from spn.testing.bench import Bench
from spn.testing.plugin import NewDatabase
from tests.toy.parts import ADD, ANSWERED, COUNTED, NOTE

BIG = 2**40
DATA_ERRORS: dict[str, dict[str, object]] = {
    "NUL": {"note": "a\x00b"},
    "out of range": {"amount": BIG},
}


@pytest.fixture
async def seen(new_database: NewDatabase) -> AsyncIterator[tuple[Bench, Statements]]:
    """The toy's pipeline, and every statement it makes."""
    async with new_database("tests.toy.migrations") as url, watched(url) as (pool, statements):
        yield new_bench(pool), statements


async def notes_of(pool: Pool, handler: str = "count_note", counter: str = "%") -> list[str]:
    """The notes of the effects, in the order they were saved."""
    rows = await pool.fetch(
        "SELECT note FROM entries WHERE handler = $1 AND counter_id LIKE $2 ORDER BY id", handler, counter
    )
    return [row["note"] for row in rows]


def note(counter: str, text: str, **more: object) -> dict[str, object]:
    return {"group_id": "g", "counter_id": counter, "note": text, **more}


async def test_the_messages_of_a_batch_are_decided_in_their_order_in_one_transaction(bench: Bench, logs: Logs) -> None:
    records = [logs.notes.append("g", NOTE, note(f"c{i % 3}", str(i))) for i in range(30)]
    tally = await bench.handle(*records)
    assert (tally.messages, tally.duplicates, tally.dead_letters) == (30, 0, 0)
    for counter in ("c0", "c1", "c2"):
        rows = await bench.pool.fetch(
            "SELECT note::int FROM entries WHERE handler = 'count_note' AND counter_id = $1 ORDER BY id", counter
        )
        assert [row[0] for row in rows] == list(range(int(counter[1]), 30, 3))
    assert await bench.pool.fetchval("SELECT count(DISTINCT transaction) FROM entries") == 1
    told = await bench.told(COUNTED)
    assert [t.sequence for t in told] == list(range(1, 31))
    assert [t.data["counter_id"] for t in told] == [f"c{i % 3}" for i in range(30)]


async def test_a_poisonous_message_blocks_only_itself(bench: Bench, logs: Logs, sick: set[tuple[str, str]]) -> None:
    sick.update({("count_note", "bad"), ("copy_note", "bad")})
    records = [logs.notes.append("g", NOTE, note("bad" if i == 5 else f"c{i}", str(i))) for i in range(10)]
    tally = await bench.handle(*records)
    assert (tally.messages, tally.dead_letters) == (10, 2)
    assert await bench.pool.fetchval("SELECT count(*) FROM entries") == 18
    assert [(x["handler"], x["offset"], x["error"]) for x in await bench.letters()] == [
        ("count_note", records[5].offset, "ArithmeticError: a counter that is sick"),
        ("copy_note", records[5].offset, "ArithmeticError: a copy that is sick"),
    ]


async def test_of_two_decisions_on_one_event_the_healthy_one_is_taken(
    bench: Bench, logs: Logs, sick: set[tuple[str, str]]
) -> None:
    sick.add(("count_note", "c"))
    await bench.handle(logs.notes.append("g", NOTE, note("c", "x")))
    assert await notes_of(bench.pool, "copy_note") == ["x"]
    assert [x["handler"] for x in await bench.letters()] == ["count_note"]


@pytest.mark.parametrize("what", DATA_ERRORS)
async def test_a_data_error_buries_the_culprit_alone_in_few_transactions(
    seen: tuple[Bench, Statements], logs: Logs, what: str
) -> None:
    bench, statements = seen
    size = 64
    bad = DATA_ERRORS[what]
    records = [
        logs.notes.append("g", NOTE, note(f"c{i % 4}", str(i)) | (bad if i == 37 else {}), sequence=i + 1)
        for i in range(size)
    ]
    tally = await bench.handle(*records)
    assert (tally.messages, tally.dead_letters) == (size, 2)
    assert {(x["handler"], x["offset"]) for x in await bench.letters()} == {
        ("count_note", records[37].offset),
        ("copy_note", records[37].offset),
    }
    healthy = [i for i in range(size) if i != 37]
    for handler in ("count_note", "copy_note"):
        for c in range(4):
            assert await notes_of(bench.pool, handler, f"%c{c}") == [str(i) for i in healthy if i % 4 == c]
    assert [t.data["counter_id"] for t in await bench.told(COUNTED)] == [f"c{i % 4}" for i in healthy]
    # A path down a binary tree: two halves a level, and at its foot each of the two decisions twice.
    assert statements.transactions <= 2 * math.log2(size) + 5


async def test_half_a_surrogate_pair_is_no_text_and_is_buried_before_any_decision(bench: Bench, logs: Logs) -> None:
    bad = logs.notes.append("g", NOTE, note("c", "\ud800"))
    tally = await bench.handle(bad, logs.notes.append("g", NOTE, note("c", "fine")))
    assert (tally.messages, tally.dead_letters) == (2, 1)
    (letter,) = await bench.letters()
    assert (letter["handler"], letter["offset"]) == ("*", bad.offset)
    assert letter["error"].startswith("the value is not JSON")
    assert await notes_of(bench.pool, "count_note") == ["fine"]


async def test_a_data_error_in_a_command_parks_what_follows_it_in_its_lane(bench: Bench, logs: Logs) -> None:
    records = [
        logs.commands.append("g", ADD, note("c", "a\x00b" if i == 1 else str(i), amount=1)) for i in range(4)
    ] + [logs.commands.append("g", ADD, note("other", "fine"))]
    await bench.handle(*records)
    assert await notes_of(bench.pool, "add") == ["0", "fine"]
    assert [(x["offset"], x["parked"]) for x in await bench.letters()] == [
        (records[1].offset, False),
        (records[2].offset, True),
        (records[3].offset, True),
    ]


async def test_a_conflict_is_decided_again_alone_on_fresh_state(bench: Bench, logs: Logs) -> None:
    records = [logs.commands.append("g", ADD, note(f"c{i}", str(i), name="wanted")) for i in range(3)]
    tally = await bench.handle(*records)
    assert (tally.messages, tally.dead_letters, tally.refused) == (3, 0, 2)
    assert [(a.data["outcome"], a.data["code"]) for a in await bench.told(ANSWERED)] == [
        ("done", "added"),
        ("refused", "taken"),
        ("refused", "taken"),
    ]
    assert await bench.pool.fetchval("SELECT count(DISTINCT transaction) FROM entries") == 1


async def test_a_conflict_of_two_in_a_batch_costs_few_transactions(seen: tuple[Bench, Statements], logs: Logs) -> None:
    bench, statements = seen
    size = 64
    names = {i: {"name": "wanted"} for i in (20, 50)}
    records = [logs.commands.append("g", ADD, note(f"c{i}", str(i), **names.get(i, {}))) for i in range(size)]
    tally = await bench.handle(*records)
    assert (tally.messages, tally.dead_letters, tally.refused) == (size, 0, 1)
    assert [a.data["outcome"] for a in await bench.told(ANSWERED)] == [
        "refused" if i == 50 else "done" for i in range(size)
    ]
    assert statements.transactions <= 2 * math.log2(size) + 5


async def test_a_conflict_that_stays_buries_only_the_decision_that_has_it(bench: Bench, logs: Logs) -> None:
    await bench.handle(logs.notes.append("g", NOTE, note("first", "1", name="wanted")))
    tally = await bench.handle(
        logs.notes.append("g", NOTE, note("before", "2")),
        logs.notes.append("g", NOTE, note("second", "3", name="wanted")),
        logs.notes.append("g", NOTE, note("after", "4")),
    )
    assert tally.dead_letters == 1
    assert [(x["handler"], x["error"].split(":")[0]) for x in await bench.letters()] == [
        ("count_note", "UniqueViolationError")
    ]
    assert await notes_of(bench.pool) == ["1", "2", "4"]
    assert await notes_of(bench.pool, "copy_note") == ["1", "2", "3", "4"]


async def test_a_batch_takes_as_many_statements_for_500_messages_as_for_one(
    seen: tuple[Bench, Statements], logs: Logs
) -> None:
    bench, statements = seen

    def batch(size: int) -> list[object]:
        commands = [
            logs.commands.append("g", ADD, note(new_id(), "", name=new_id(), ring_in=9, tick_in=9)) for _ in range(size)
        ]
        return [*commands, *(logs.notes.append("g", NOTE, note(new_id(), "")) for _ in range(size))]

    await bench.handle(*batch(1))  # type: ignore[arg-type]
    statements.texts.clear()
    await bench.handle(*batch(1))  # type: ignore[arg-type]
    for_one = list(statements.texts)
    statements.texts.clear()
    tally = await bench.handle(*batch(250))  # type: ignore[arg-type]
    assert tally.messages == 500
    assert tally.dead_letters == 0
    assert statements.texts == for_one
    assert statements.transactions == 1


async def test_a_message_that_comes_again_has_its_effect_once(bench: Bench, logs: Logs) -> None:
    record = logs.notes.append("g", NOTE, note("c", "x"))
    twice = await bench.handle(record, record)
    again = await bench.handle(record)
    assert (twice.duplicates, again.duplicates) == (2, 2)
    assert await bench.pool.fetchval("SELECT total FROM counters WHERE counter_id = 'c'") == 1
    assert len(await bench.told(COUNTED)) == 1


async def test_the_append_time_of_a_command_is_its_moment_also_when_it_comes_again(bench: Bench, logs: Logs) -> None:
    opening = datetime(2027, 1, 14, 9, tzinfo=UTC)
    for seconds in range(3):
        at = opening + timedelta(seconds=seconds)
        await bench.handle(logs.commands.append("g", ADD, note("c", str(seconds)), at=at))
    rows = await bench.pool.fetch("SELECT note, at FROM entries ORDER BY id")
    assert [(r["note"], r["at"]) for r in rows] == [(str(s), opening + timedelta(seconds=s)) for s in range(3)]
    assert {t.headers["ce_time"] for t in await bench.told(COUNTED)} == {f"2027-01-14T09:00:0{s}Z" for s in range(3)}
