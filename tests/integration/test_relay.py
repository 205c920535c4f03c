"""One relay leads; whatever happens to it, nothing is lost and nothing is out of order for the first time."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from spn.database import session_settings
from spn.messaging import kafka, lead
from spn.messaging.relay import Relay
from spn.testing.databases import migrated
from spn.testing.waiting import eventually
from tests.integration.processes import ToyProcess
from tests.integration.telling import first_seen, tell
from tests.integration.toys import Toy


@asynccontextmanager
async def relaying(service: Toy, slot: str = "0") -> AsyncIterator[Relay]:
    """A relay in this process."""

    async def connect() -> asyncpg.Connection[asyncpg.Record]:
        return await asyncpg.connect(service.url, timeout=5, command_timeout=20, server_settings=session_settings(slot))

    relay = Relay(connect, kafka.producer_maker(service.settings(), f"{service.name}-{slot}"), slot)
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_row_with_a_lower_id_that_is_committed_later_is_still_published(service: Toy) -> None:
    late = await asyncpg.connect(service.url)
    async with relaying(service), service.bus.watch(service.topic("events")) as events:
        transaction = late.transaction()
        await transaction.start()
        await tell(service, 1, "late", connection=late)
        await tell(service, 2, "soon")
        assert [e.key for e in await events.count(1)] == ["soon"]
        await transaction.commit()
        assert sorted(e.key for e in await events.count(2)) == ["late", "soon"]
        await service.until_published()
    await late.close()


async def test_a_long_transaction_in_another_database_does_not_stop_the_relay(service: Toy) -> None:
    async with migrated(service.stack.admin_database_url) as elsewhere:
        other = await asyncpg.connect(elsewhere)
        transaction = other.transaction()
        await transaction.start()
        await other.execute("CREATE TABLE held (a int)")
        async with relaying(service), service.bus.watch(service.topic("events")) as events:
            for number in range(3):
                await tell(service, number, "g")
            await events.count(3)
            await service.until_published()
        await transaction.rollback()
        await other.close()


async def test_what_waits_is_published_in_the_order_of_the_outbox_a_thousand_at_a_time(service: Toy) -> None:
    for number in range(5):
        await tell(service, number, *(f"g{i % 7}" for i in range(500)))
    async with relaying(service) as relay, service.bus.watch(service.topic("events")) as events:
        seen = await events.count(2500)
        await service.until_published()
    assert relay.state.published == 2500
    for group in range(7):
        sequences = [e.sequence for e in seen if e.key == f"g{group}"]
        assert sequences == list(range(1, len(sequences) + 1))


async def test_an_event_is_published_at_once_and_not_only_when_the_relay_looks_again(service: Toy) -> None:
    async with relaying(service) as relay, service.bus.watch(service.topic("events")) as events:
        await eventually(lambda: relay.state.leads, "the relay leads")
        loop = asyncio.get_running_loop()
        waits = []
        for number in range(5):
            await asyncio.sleep(0)
            began = loop.time()
            await tell(service, number, "g")
            await events.count(number + 1)
            waits.append(loop.time() - began)
    assert sorted(waits)[1] < 0.5, waits


async def test_one_of_two_relays_leads_and_the_other_takes_over_within_seconds_of_a_kill(service: Toy) -> None:
    leader, standby = await two_replicas(service)
    async with service.bus.watch(service.topic("events")) as events:
        await tell(service, 1, "g")
        await events.count(1)
        await leader.kill()
        await tell(service, 2, "g")
        await events.count(2, seconds=5)
    assert await standby.leads()
    await service.until_published()


async def two_replicas(service: Toy) -> tuple[ToyProcess, ToyProcess]:
    """Two processes: the one that leads, and the other."""
    replicas = [service.process(slot) for slot in ("0", "1")]
    for replica in replicas:
        replica.start()
    for replica in replicas:
        await replica.ready()

    async def who() -> list[bool]:
        leads = [await r.leads() for r in replicas]
        return leads if any(leads) else []

    leads = await eventually(who, "one of them leads")
    assert leads.count(True) == 1
    return replicas[leads.index(True)], replicas[leads.index(False)]


async def test_a_relay_that_dies_between_send_and_delete_repeats_but_loses_and_turns_nothing(service: Toy) -> None:
    for number in range(3):
        await tell(service, number, *(f"g{i}" for i in range(40)))
    dying = service.process("0", TOY_FAULT="die-after-send")
    dying.start()
    assert await dying.ended() == -signal.SIGKILL
    async with service.bus.watch(service.topic("events")) as events:
        assert len(await events.read()) == 120
        assert await service.pool.fetchval("SELECT count(*) FROM outbox") == 120
        await tell(service, 3, *(f"g{i}" for i in range(40)))
        async with relaying(service):
            seen = await events.count(280)
            await service.until_published()
    assert len(seen) == 280
    for group in range(40):
        assert first_seen(seen, f"g{group}") == [1, 2, 3, 4]
    assert len({e.id for e in seen}) == 160


async def test_a_frozen_leader_loses_its_lead_and_waking_puts_nothing_out_of_order(service: Toy) -> None:
    leader, standby = await two_replicas(service)
    async with service.bus.watch(service.topic("events")) as events:
        await tell(service, 0, *(f"g{i}" for i in range(20)))
        await events.count(20)
        telling = asyncio.create_task(keep_telling(service))
        await events.count(400)
        leader.signal(signal.SIGSTOP)  # somewhere in the middle of sending
        held = len(await events.read())
        await eventually(standby.leads, "the standby leads", seconds=lead.BEAT_STALE_SECONDS + 15)
        await events.count(held + 400)
        leader.signal(signal.SIGCONT)
        await eventually(lambda: not_leading(leader), "the old leader knows that it does not lead")
        await events.count(len(events.seen) + 200)
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        await service.until_published()
        total = await service.pool.fetchval("SELECT sum(last)::int FROM sequences")
        seen = await events.until(lambda seen: len({e.id for e in seen}) == total, "every event is there")
    for group in range(20):
        sequences = first_seen(seen, f"g{group}")
        assert sequences == list(range(1, len(sequences) + 1))
    assert [await leader.leads(), await standby.leads()] == [False, True]


async def not_leading(replica: ToyProcess) -> bool:
    status, body = await replica.get("/status")
    return status == 200 and not body["leader"]


async def keep_telling(service: Toy) -> None:
    """Events of twenty groups, as fast as the database takes them, until cancelled."""
    number = 0
    while True:
        number += 1
        await tell(service, number, *(f"g{i}" for i in range(20)))


async def test_a_leader_that_froze_before_its_first_beat_loses_its_lead_too(service: Toy) -> None:
    """It holds the lock and has not said so: the standby cannot wait for a heart that never beat."""
    frozen = await asyncpg.connect(service.url)
    assert await lead.take(frozen, "frozen")
    await service.pool.execute("UPDATE relay_lead SET beat_at = beat_at - interval '1 minute'")
    async with relaying(service) as relay:
        await eventually(lambda: relay.state.leads, "the standby leads", seconds=10)
    assert frozen.is_closed()


async def test_a_producer_that_failed_is_replaced_and_really_gone(service: Toy) -> None:
    """After one failed send an idempotent producer may fail for ever; a dropped one must not linger in its tasks."""
    async with relaying(service) as relay, service.bus.watch(service.topic("events")) as events:
        await tell(service, 1, "g")
        await events.count(1)
        before = producers_alive()
        for number in range(3):
            poisoned = relay._producer
            assert poisoned is not None
            poison(poisoned)
            await tell(service, number + 2, "g")
            await events.count(number + 2)
            await eventually(lambda p=poisoned: relay._producer not in (None, p), "there is a new producer")  # type: ignore[misc]
        assert relay.state.failures == 3
        assert first_seen(events.seen, "g") == [1, 2, 3, 4]
        await eventually(lambda: producers_alive() == before, "the producers' tasks are gone", seconds=10)


def producers_alive() -> Counter[str]:
    """The tasks of clients that live as long as their client does."""
    names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
    return Counter(n for n in names if n in ("Sender._sender_routine", "AIOKafkaClient._md_synchronizer"))


def poison(producer: object) -> None:
    """Spoil its sequence numbers, as batches do that expired: the broker refuses all that follows on a partition."""
    manager = producer._txn_manager  # type: ignore[attr-defined]
    for place in list(manager._sequence_numbers):
        manager._sequence_numbers[place] += 7
