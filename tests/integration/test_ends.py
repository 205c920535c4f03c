"""How a replica ends and comes back: told to stop, killed, killed in the worst moment."""

from __future__ import annotations

import asyncio
import signal
import time

from spn.testing.waiting import eventually
from tests.integration.toys import Toy, is_busy
from tests.toy.parts import ANSWERED

STOP_SECONDS_MAX = 20.0


async def test_sigterm_lets_a_long_batch_finish_and_the_process_ends_in_time(service: Toy) -> None:
    replica = service.process()
    replica.start()
    await replica.ready()
    for number in range(3):
        await service.note("c", note="slow:2" if number == 0 else str(number), partition=0)
        await service.note("other", partition=1)
    await eventually(lambda: is_busy(service), "the replica is in the middle of its batch")
    code, seconds = await replica.stop()
    assert (code, seconds < STOP_SECONDS_MAX) == (0, True), (code, seconds, replica.log[-2000:])
    assert (await service.entries("count_note", "c"))[0]["note"] == "slow:2"
    topic = service.topic("notes")
    rows = await service.pool.fetch("SELECT partition, next_offset FROM consumer_offsets WHERE topic = $1", topic)
    committed = await service.bus.committed(f"{service.name}.{topic}", topic)
    assert {r[0]: r[1] for r in rows if r[1]} == {p: offset for p, offset in committed.items() if offset}
    async with service.running():
        await service.until_entries(6, "count_note")
    assert len(await service.entries("count_note")) == 6


async def test_a_kill_between_database_and_offset_commit_leaves_each_effect_once(service: Toy) -> None:
    for number in range(30):
        await service.note(f"c{number % 3}", note=str(number))
    dying = service.process(TOY_FAULT="die-after-batch", KAFKA_SESSION_TIMEOUT_MS="6000")
    dying.start()
    assert await dying.ended() == -signal.SIGKILL
    handled = len(await service.entries("count_note"))
    assert handled > 0
    assert not await service.bus.committed(f"{service.name}.{service.topic('notes')}", service.topic("notes"))
    # Another slot, as if this one never came back: nothing of it is needed.
    async with service.running("1"), service.bus.watch(service.topic("events")) as events:
        await service.note("last")
        await service.until_entries(31, "count_note", seconds=60)
        seen = await events.count(31)
    assert len(await service.entries("count_note")) == 31
    assert sorted(e.sequence for e in seen) == list(range(1, 32))


async def test_a_replica_that_was_killed_and_comes_back_goes_on_within_three_seconds(service: Toy) -> None:
    """Static membership: it gets its own partitions back at once, and the other one never stands still."""
    replica = service.process("0")
    replica.start()
    await replica.ready()
    async with service.running("1") as other, service.bus.watch(service.topic("events")) as events:
        await eventually(lambda: len(other.subscriptions[0].partitions) == 2, "both have half of the partitions")
        await eventually(lambda: shares(replica), "the process has the other half")
        await replica.kill()
        replica.start()
        began = await first_moment(replica)
        for group in range(12):
            await service.add("c", group=f"g{group}")
        answers = await events.count(12, ANSWERED, seconds=60)
        took = time.monotonic() - began
        assert len({a.partition for a in answers}) == 4
        assert took < 3, f"{took:.1f} s after the process had its settings"
        assert len(other.subscriptions[0].partitions) == 2


async def shares(replica: object) -> bool:
    """Whether this process has half of the partitions of each topic."""
    status, body = await replica.get("/status")  # type: ignore[attr-defined]
    return status == 200 and all(len(t["assigned"]) == 2 for t in body["topics"].values())


async def first_moment(replica: object) -> float:
    """When the process begins to serve: how long Python takes to import it is not what is measured."""
    said = replica.log.count('"serving"')  # type: ignore[attr-defined]
    await eventually(lambda: replica.log.count('"serving"') > said, "the process is back", seconds=60)  # type: ignore[attr-defined]
    return time.monotonic()


async def test_a_rolling_restart_loses_nothing_and_repeats_no_effect(service: Toy) -> None:
    replicas = [service.process(slot) for slot in ("0", "1")]
    for replica in replicas:
        replica.start()
    for replica in replicas:
        await replica.ready()
    putting = asyncio.create_task(put(service, 300))
    for replica in replicas:
        code, _ = await replica.stop()
        assert code == 0
        replica.start()
        await replica.ready()
    await putting
    entries = await service.until_entries(300, "count_note", seconds=60)
    assert len(entries) == 300
    for counter in range(8):
        notes = [int(e["note"]) for e in entries if e["counter_id"] == f"c{counter}"]
        assert notes == sorted(notes)
    assert await service.pool.fetchval("SELECT count(*) FROM dead_letters") == 0


async def put(service: Toy, number: int) -> None:
    """Events of eight counters, a few at a time."""
    for n in range(number):
        await service.note(f"c{n % 8}", note=str(n))
        await asyncio.sleep(0.01)
