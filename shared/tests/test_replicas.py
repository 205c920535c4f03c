"""Replicas that work on the same things at the same time."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from shared.tests.conftest import Logs, Pool, new_bench
from spn.messaging.envelope import Record
from spn.testing.bench import Bench
from spn.testing.waiting import eventually
from tests.toy.parts import ADD, ANSWERED, COUNTED, NOTE


def note(logs: Logs, counter: str, text: str = "", **more: object) -> Record:
    return logs.notes.append("g", NOTE, {"group_id": "g", "counter_id": counter, "note": text, **more})


async def test_the_same_messages_on_two_replicas_at_once_have_their_effects_once(pool: Pool, logs: Logs) -> None:
    """As after a rebalance that did not wait: both hold the batch, and one of them is slow with it."""
    one, other = new_bench(pool), new_bench(pool)
    batch = [note(logs, f"c{i % 5}", "slow:0.3" if i == 0 else str(i)) for i in range(40)]
    tallies = await asyncio.gather(one.handle(*batch), other.handle(*batch), one.handle(*batch[10:30]))
    assert sum(t.duplicates for t in tallies) == 2 * (40 + 20)
    assert await pool.fetchval("SELECT count(*) FROM entries") == 80
    assert await pool.fetchval("SELECT sum(total)::int FROM counters WHERE counter_id LIKE 'c%'") == 80
    assert [t.sequence for t in await one.told(COUNTED)] == list(range(1, 41))


async def test_a_replica_that_holds_a_batch_longer_than_its_partition_does_not_let_the_next_overtake_it(
    pool: Pool, logs: Logs
) -> None:
    one, other = new_bench(pool), new_bench(pool)
    first = [note(logs, "c", "slow:0.5"), note(logs, "c", "2")]
    then = [*first, note(logs, "c", "3")]
    slow = asyncio.create_task(one.handle(*first))
    await eventually(lambda: sleeps(pool), "the first replica is in the middle of its batch")
    await other.handle(*then)
    assert slow.done()
    rows = await pool.fetch("SELECT note FROM entries WHERE handler = 'count_note' ORDER BY id")
    assert [r[0] for r in rows] == ["slow:0.5", "2", "3"]


async def sleeps(pool: Pool) -> bool:
    return bool(await pool.fetchval("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')"))


async def test_two_replicas_that_race_for_one_name_give_it_to_one_of_them(pool: Pool, logs: Logs) -> None:
    benches = [new_bench(pool) for _ in range(4)]

    async def ask(bench: Bench, number: int) -> None:
        for turn in range(10):
            command = {"group_id": f"g{number}", "counter_id": f"c{number}", "name": f"n{turn}"}
            await bench.handle(logs.commands.append(f"g{number}", ADD, command))

    await asyncio.gather(*(ask(bench, n) for n, bench in enumerate(benches)))
    outcomes = [a.data["code"] for a in await benches[0].told(ANSWERED)]
    assert (outcomes.count("added"), outcomes.count("taken")) == (10, 30)
    assert await pool.fetchval("SELECT count(*) FROM dead_letters") == 0


async def test_replicas_that_lock_the_same_counters_in_other_orders_never_bury_a_message(
    pool: Pool, logs: Logs
) -> None:
    benches = [new_bench(pool) for _ in range(4)]

    async def work(bench: Bench, number: int) -> None:
        for turn in range(8):
            order = [(number * 7 + turn * 3 + i * (2 * number + 1)) % 20 for i in range(20)]
            await bench.handle(*(note(logs, f"c{n}", id_=str(uuid4())) for n in order))

    await asyncio.gather(*(work(bench, n) for n, bench in enumerate(benches)))
    assert await pool.fetchval("SELECT count(*) FROM entries WHERE handler = 'count_note'") == 4 * 8 * 20
    assert await pool.fetchval("SELECT count(*) FROM dead_letters") == 0
