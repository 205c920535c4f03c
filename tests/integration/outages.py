"""Outages of half a minute, played once for all tests that look at them."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from aiokafka.client import AIOKafkaClient

from spn.service import Service
from spn.testing.waiting import eventually
from spn_local.stack import Stack
from tests.integration.bus import Seen
from tests.integration.telling import tell
from tests.integration.toys import Toy, assigned, is_busy, new_toy
from tests.toy.parts import ANSWERED

OUTAGE_SECONDS = 30.0
LOOK_SECONDS = 0.5
LONG_BATCH_SECONDS = 8


@dataclass
class Observed:
    """What was seen during an outage and after it."""

    put: int = 0
    entries: list[asyncpg.Record] = field(default_factory=list)
    events: list[Seen] = field(default_factory=list)
    told: int = 0
    dead_letters: int = -1
    live: Counter[str] = field(default_factory=Counter)
    ready: Counter[str] = field(default_factory=Counter)
    leads: Counter[tuple[bool, ...]] = field(default_factory=Counter)
    ended: list[Exception | None] = field(default_factory=list)
    metadata_requests: Counter[int] = field(default_factory=Counter)
    process_exit: tuple[int, float] | None = None
    back_seconds: float = 0.0
    leaders: tuple[int, int] = (0, 1)


@contextmanager
def counted_metadata(found: Counter[int]) -> Iterator[None]:
    """Count the metadata requests of each client in this process."""
    original = AIOKafkaClient._metadata_update

    async def counting(self: Any, *arguments: Any) -> bool:
        found[id(self)] += 1
        return bool(await original(self, *arguments))  # type: ignore[no-untyped-call]

    AIOKafkaClient._metadata_update = counting  # type: ignore[method-assign]
    try:
        yield
    finally:
        AIOKafkaClient._metadata_update = original  # type: ignore[method-assign]


async def watch(seen: Observed, *replicas: Service, seconds: float) -> None:
    """Ask the replicas how they are, again and again, for so long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for replica in replicas:
            seen.live.update((await replica.live()).keys())
            seen.ready.update((await replica.ready()).keys())
        seen.leads[tuple(r.relay.state.leads for r in replicas)] += 1
        await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def putting(service: Toy, seen: Observed) -> AsyncIterator[None]:
    """Events of ten counters all the while. The last is waited for: it may be on the log and not be counted yet."""
    over = asyncio.Event()

    async def work() -> None:
        while not over.is_set():
            await service.note(f"c{seen.put % 10}", note=str(seen.put))
            seen.put += 1
            await asyncio.sleep(0.02)

    task = asyncio.create_task(work())
    try:
        yield
    finally:
        over.set()
        await task


async def database_outage(kafka: Stack, broken: Stack, folder: Path) -> Observed:
    """The database goes away and comes back; then it loses its power for a moment."""
    seen = Observed()
    async with new_toy(kafka, folder, database=broken) as service, service.running() as replica:
        async with putting(service, seen):
            await service.until_entries(20)
            await asyncio.to_thread(broken.stop_postgres)
            await watch(seen, replica, seconds=OUTAGE_SECONDS)
            await asyncio.to_thread(broken.start_postgres)
            began = time.monotonic()
            await service.until_entries(2 * seen.put, seconds=60)
            seen.back_seconds = time.monotonic() - began
            await asyncio.to_thread(broken.stop_postgres, kill=True)
            await asyncio.to_thread(broken.start_postgres)
        await gather(service, seen, replica)
    return seen


async def gather(service: Toy, seen: Observed, *replicas: Service) -> None:
    """All that came of it, once everything that was put is handled and published."""
    seen.entries = await service.until_entries(2 * seen.put, "%_note", seconds=60)
    await service.until_published(seconds=60)
    seen.events = await service.bus.read(service.topic("events"))
    seen.told = await service.pool.fetchval("SELECT coalesce(sum(last), 0)::int FROM sequences")
    seen.dead_letters = await service.pool.fetchval("SELECT count(*) FROM dead_letters")
    seen.ended = [r.why for r in replicas]


async def broker_outage(broken: Stack, database: Stack, folder: Path, *, kill: bool) -> Observed:
    """The broker goes away and comes back, with two replicas, one that starts meanwhile, and one that is to stop."""
    seen = Observed()
    async with AsyncExitStack() as ends:
        service = await ends.enter_async_context(new_toy(broken, folder, database=database))
        stop = None if kill else await ends.enter_async_context(stopping(broken, database, folder))
        one, two = [await ends.enter_async_context(service.running(slot)) for slot in ("0", "1")]
        await started(service, seen)
        before = await leader(service)
        if stop:
            await stop.be_busy()
        await asyncio.to_thread(broken.stop_kafka, kill=kill)
        with counted_metadata(seen.metadata_requests):
            looking = watch(seen, one, two, seconds=OUTAGE_SECONDS), telling(service, OUTAGE_SECONDS)
            *_, seen.process_exit = await asyncio.gather(*looking, stop.stop() if stop else nothing())
        late = await ends.enter_async_context(service.running("2", wait=False))
        await asyncio.to_thread(broken.start_kafka)
        await back(service, seen)
        await assigned(late, seconds=90)
        seen.leaders = before, await leader(service)
        await gather(service, seen, one, two, late)
    return seen


async def nothing() -> None:
    """Nobody is told to stop."""


async def started(service: Toy, seen: Observed) -> None:
    """Some events, and deadlines that are due in the middle of the outage."""
    for number in range(20):
        await service.note(f"c{number % 10}", note=str(number))
        seen.put += 1
    await service.add("bell", ring_in=OUTAGE_SECONDS / 2, tick_in=OUTAGE_SECONDS / 2)
    await service.until_entries(41)
    await service.until_published()


async def leader(service: Toy) -> int:
    """The backend of the one that leads."""
    return int(await service.pool.fetchval("SELECT backend FROM relay_lead"))


async def telling(service: Toy, seconds: float) -> None:
    """Decisions go on without the broker: events of five groups all the while."""
    until, number = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        number += 1
        await tell(service, number, *(f"during{i}" for i in range(5)))
        await asyncio.sleep(0.2)


async def back(service: Toy, seen: Observed) -> None:
    """The broker answers again: how long until what is put now is handled."""
    began = time.monotonic()
    async with service.bus.watch(service.topic("events")) as events:
        for number in range(20):
            await service.note(f"c{number % 10}", note=str(20 + number))
            seen.put += 1
        await service.until_entries(2 * seen.put, "%_note", seconds=60)
        seen.back_seconds = time.monotonic() - began
        await events.count(2, ANSWERED, seconds=60)


class Stopping:
    """A process that is in the middle of a batch, and has something to publish, when it is told to stop."""

    def __init__(self, service: Toy) -> None:
        self._service = service
        self._process = service.process()

    async def start(self) -> None:
        """Start it; it is ready."""
        self._process.start()
        await self._process.ready()

    async def be_busy(self) -> None:
        """Give it a batch that takes longer than the broker takes to go away."""
        await self._service.note("c", note=f"slow:{LONG_BATCH_SECONDS}")
        await eventually(lambda: is_busy(self._service), "it is in the middle of a batch")

    async def stop(self) -> tuple[int, float]:
        """Tell it to stop; its exit code and how long it took."""
        assert await is_busy(self._service), "the batch should still run"
        await tell(self._service, 1, "g")
        began = time.monotonic()
        self._process.signal(signal.SIGTERM)
        ended = await self._process.ended(60), time.monotonic() - began
        assert len(await self._service.entries()) == 2, "the batch was finished"
        return ended


@asynccontextmanager
async def stopping(broken: Stack, database: Stack, folder: Path) -> AsyncIterator[Stopping]:
    """Such a process, with a service of its own."""
    async with new_toy(broken, folder, database=database) as service:
        made = Stopping(service)
        await made.start()
        yield made
