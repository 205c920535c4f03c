"""A command that cannot be decided stops its lane, and nothing else."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from shared.tests.conftest import Logs, Pool, new_bench
from shared.tests.test_replicas import sleeps
from spn.loops import purge
from spn.messaging import dead_letters
from spn.messaging.envelope import Record
from spn.settings import ServiceSettings
from spn.testing.bench import Bench
from spn.testing.waiting import eventually
from tests.toy.parts import ADD, ANSWERED

Sick = set[tuple[str, str]]


def command(logs: Logs, counter: str, text: str, **more: Any) -> Record:
    return logs.commands.append("g", ADD, {"group_id": "g", "counter_id": counter, "note": text}, **more)


async def decided(bench: Bench) -> list[str]:
    """The notes of the commands that were decided, in the order of their effects."""
    rows = await bench.pool.fetch("SELECT note FROM entries WHERE handler = 'add' ORDER BY id")
    return [row["note"] for row in rows]


async def replay_asked(bench: Bench) -> None:
    """What the owner of the partitions does between two batches."""
    while letters := await asked(bench):
        for letter in letters:
            await bench.pipeline.replay(letter)


async def asked(bench: Bench) -> list[dead_letters.Letter]:
    async with bench.pool.acquire() as connection:
        return await dead_letters.asked(connection, "toy.commands", range(4))


async def ask(bench: Bench, letter: asyncpg.Record) -> bool:
    async with bench.pool.acquire() as connection:
        return await dead_letters.ask_replay(connection, letter["id"], "the counter is cured")


@pytest.fixture
async def stopped(bench: Bench, logs: Logs, sick: Sick) -> list[asyncpg.Record]:
    """The letters of a lane that was stopped by its second command, with three that wait behind it."""
    sick.add(("add", "bad"))
    await bench.handle(command(logs, "bad", "poison"), command(logs, "good", "1"), command(logs, "bad", "behind-1"))
    await bench.handle(command(logs, "bad", "behind-2"), command(logs, "good", "2"))
    return list(await bench.letters())


async def test_what_follows_a_dead_letter_in_its_lane_is_parked_and_other_lanes_go_on(
    bench: Bench, stopped: list[asyncpg.Record]
) -> None:
    assert await decided(bench) == ["1", "2"]
    assert [(x["lane"], x["parked"], x["handler"]) for x in stopped] == [
        ("bad", False, "add"),
        ("bad", True, "add"),
        ("bad", True, "add"),
    ]
    assert len(await bench.told(ANSWERED)) == 2


async def test_replay_takes_the_letter_and_then_what_waits_behind_it_in_order(
    bench: Bench, logs: Logs, stopped: list[asyncpg.Record], sick: Sick
) -> None:
    sick.clear()
    assert await ask(bench, stopped[0])
    await replay_asked(bench)
    await bench.handle(command(logs, "bad", "after"))
    assert await decided(bench) == ["1", "2", "poison", "behind-1", "behind-2", "after"]
    assert await bench.letters() == []
    answered = [a.data["command_id"] for a in await bench.told(ANSWERED)]
    assert len(answered) == len(set(answered)) == 6


async def test_a_parked_command_cannot_overtake_the_letter_before_it(
    bench: Bench, stopped: list[asyncpg.Record], sick: Sick
) -> None:
    sick.clear()
    assert not await ask(bench, stopped[1])
    await replay_asked(bench)
    assert await decided(bench) == ["1", "2"]


async def test_replay_goes_on_where_a_crash_left_it(bench: Bench, stopped: list[asyncpg.Record], sick: Sick) -> None:
    sick.clear()
    await ask(bench, stopped[0])
    (first,) = await asked(bench)
    assert await bench.pipeline.replay(first)
    # Here the process dies; another one looks for what was asked.
    await replay_asked(bench)
    assert await decided(bench) == ["1", "2", "poison", "behind-1", "behind-2"]


async def test_a_replay_that_fails_again_keeps_the_letter_and_the_lane_waits_on(
    bench: Bench, logs: Logs, stopped: list[asyncpg.Record]
) -> None:
    await ask(bench, stopped[0])
    await replay_asked(bench)
    await bench.handle(command(logs, "bad", "after"))
    letters = await bench.letters()
    assert [(x["parked"], x["attempts"], x["replay_asked"]) for x in letters] == [
        (False, 2, None),
        (True, 1, None),
        (True, 1, None),
        (True, 1, None),
    ]
    assert await decided(bench) == ["1", "2"]


async def test_discarding_a_letter_lets_what_waits_behind_it_go(
    bench: Bench, stopped: list[asyncpg.Record], sick: Sick
) -> None:
    sick.clear()
    async with bench.pool.acquire() as connection:
        assert await dead_letters.discard(connection, stopped[0]["id"], "sent twice by mistake")
    await replay_asked(bench)
    assert await decided(bench) == ["1", "2", "behind-1", "behind-2"]
    history = await bench.pool.fetch("SELECT outcome, reason FROM dead_letter_history ORDER BY at, letter_id")
    assert next((h["outcome"], h["reason"]) for h in history) == ("discarded", "sent twice by mistake")
    assert [h["outcome"] for h in history] == ["discarded", "replayed", "replayed"]


async def test_a_letter_whose_term_has_passed_lets_what_waits_behind_it_go(
    bench: Bench, stopped: list[asyncpg.Record], sick: Sick, settings: ServiceSettings
) -> None:
    sick.clear()
    await bench.pool.execute("UPDATE dead_letters SET keep_until = now() WHERE id = $1", stopped[0]["id"])
    await purge(bench.pool, settings)
    await replay_asked(bench)
    assert await decided(bench) == ["1", "2", "behind-1", "behind-2"]


async def test_a_command_whose_lane_no_column_can_hold_is_a_dead_letter_and_the_batch_goes_on(
    bench: Bench, logs: Logs
) -> None:
    strange = logs.commands.append("g", ADD, {"group_id": "g", "counter_id": "nul\x00"})
    tally = await bench.handle(strange, command(logs, "good", "1"))
    assert (tally.messages, tally.dead_letters) == (2, 1)
    assert await decided(bench) == ["1"]
    again = await bench.handle(strange)
    assert again.dead_letters == 0


async def test_replay_of_an_event_reaches_only_the_decision_that_failed(bench: Bench, logs: Logs, sick: Sick) -> None:
    sick.add(("copy_note", "c"))
    record = logs.notes.append("g", "note.taken.v1", {"group_id": "g", "counter_id": "c", "note": "x"}, id_=uuid4())
    await bench.handle(record)
    sick.clear()
    (letter,) = await bench.letters()
    await ask(bench, letter)
    async with bench.pool.acquire() as connection:
        found = await dead_letters.asked(connection, "toy.notes", range(4))
    assert [await bench.pipeline.replay(x) for x in found] == [True]
    rows = await bench.pool.fetch("SELECT handler, counter_id, note FROM entries ORDER BY id")
    assert [tuple(r) for r in rows] == [("count_note", "c", "x"), ("copy_note", "copy-c", "x")]
    assert await bench.letters() == []


async def test_a_replay_moves_no_position(bench: Bench, logs: Logs, sick: Sick) -> None:
    """The topic may have been made anew since, and its reader be told to begin at the start: it has a long way to go
    to where the letter lay."""
    await bench.handle(*(command(logs, "good", str(n)) for n in range(5)))
    sick.add(("add", "bad"))
    await bench.handle(command(logs, "bad", "poison"))
    await bench.pool.execute("UPDATE consumer_offsets SET next_offset = 0")
    sick.clear()
    (letter,) = await bench.letters()
    await ask(bench, letter)
    await replay_asked(bench)
    assert await decided(bench) == [*"01234", "poison"]
    assert {r[0] for r in await bench.pool.fetch("SELECT next_offset FROM consumer_offsets")} == {0}


async def test_a_letter_of_a_log_that_is_gone_takes_no_place_from_one_of_the_log_that_was_made_anew(
    bench: Bench, logs: Logs, sick: Sick
) -> None:
    sick.add(("add", "bad"))
    old = command(logs, "bad", "old")
    await bench.handle(old)
    new = command(logs, "bad", "new")._replace(offset=old.offset, partition=old.partition)
    unreadable = [old._replace(headers=(), offset=7, timestamp=old.timestamp + n * timedelta(hours=1)) for n in (0, 1)]
    for record in (new, *unreadable, new, unreadable[1]):
        await bench.handle(record)
    letters = await bench.letters()
    assert [(x["record_value"], x["handler"]) for x in letters] == [
        (r.value, h) for r, h in ((old, "add"), (new, "add"), (unreadable[0], "*"), (unreadable[1], "*"))
    ]


async def test_a_command_that_comes_while_the_last_letter_of_its_lane_is_closed_does_not_wait_for_ever(
    bench: Bench, logs: Logs, pool: Pool, sick: Sick
) -> None:
    """As after a rebalance that did not wait: one replica replays, and the next owner of the partition goes on."""
    sick.add(("add", "bad"))
    await bench.handle(command(logs, "bad", "slow:0.5"))
    sick.clear()
    (letter,) = await bench.letters()
    await ask(bench, letter)
    replaying = asyncio.create_task(replay_asked(bench))
    await eventually(lambda: sleeps(pool), "the replay is in the middle of its transaction")
    await new_bench(pool).handle(command(logs, "bad", "next"))
    await replaying
    assert await decided(bench) == ["slow:0.5", "next"]
    assert await bench.letters() == []
