"""A toy service of one test on a real stack: its topics, its database, its replicas."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import asyncpg

from spn.database import open_pool
from spn.running import running
from spn.service import Parts, Service
from spn.settings import ServiceSettings
from spn.testing.databases import migrated
from spn.testing.waiting import eventually
from spn_local.stack import Stack
from spn_local.topics.cluster import KafkaAdmin
from tests.integration.bus import Bus, bus_of
from tests.integration.processes import ToyProcess
from tests.toy.parts import ADD, NOTE, topics_of, toy

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


class Toy:
    """A toy and everything it needs."""

    def __init__(self, stack: Stack, url: str, pool: Pool, bus: Bus, folder: Path) -> None:
        self.name = f"toy-{uuid4().hex[:8]}"
        self.stack = stack
        self.url = url
        self.pool = pool
        self.bus = bus
        self._folder = folder
        self._processes: list[ToyProcess] = []

    @property
    def parts(self) -> Parts:
        return toy(self.name)

    def topic(self, name: str) -> str:
        """The full name of one of its topics."""
        return f"{self.name}.{name}"

    async def make_topics(self) -> None:
        """Create its topics; that of commands has append time, as in production."""
        admin = KafkaAdmin(self.stack.kafka("admin"))
        for topic, partitions in topics_of(self.name).items():
            config = {"message.timestamp.type": "LogAppendTime"} if topic.endswith(".commands") else {}
            await asyncio.to_thread(admin.create_topic, topic, partitions, config)

    def settings(self, slot: str = "0", **more: Any) -> ServiceSettings:
        """The settings of a replica."""
        access = self.stack.kafka("admin")
        given = {
            "database_url": self.url,
            "kafka_bootstrap_servers": access.bootstrap,
            "kafka_security_protocol": access.protocol,
            "kafka_username": access.username,
            "kafka_password": access.password,
            "replica_slot": slot,
            "spn_profile": "local",
        }
        return ServiceSettings.model_validate({**given, **more})

    @asynccontextmanager
    async def running(self, slot: str = "0", *, wait: bool = True, **more: Any) -> AsyncIterator[Service]:
        """A replica in this process; with its partitions assigned, unless there is no need to wait."""
        service = Service(self.parts, self.settings(slot, **more))
        async with running(service):
            if wait:
                await assigned(service)
            yield service

    def process(self, slot: str = "0", **environment: str) -> ToyProcess:
        """A replica as a process, not started yet; it is ended with the test."""
        access = self.stack.kafka("admin")
        given = {
            **access.environment(),
            "DATABASE_URL": self.url,
            "REPLICA_SLOT": slot,
            "SPN_PROFILE": "local",
            "TOY_NAME": self.name,
        }
        made = ToyProcess({**given, **environment}, self._folder / f"toy-{slot}-{len(self._processes)}.log")
        self._processes.append(made)
        return made

    async def add(
        self, counter: str, *, group: str = "g", partition: int | None = None, **data: Any
    ) -> tuple[int, int]:
        """Put a command; what is not its data goes into the envelope."""
        envelope = {k: data.pop(k) for k in ("id_", "traceparent") if k in data}
        command = {"group_id": group, "counter_id": counter, **data}
        return await self.bus.put(self.topic("commands"), group, ADD, command, partition=partition, **envelope)

    async def note(
        self, counter: str, *, key: str | None = None, partition: int | None = None, **data: Any
    ) -> tuple[int, int]:
        """Put an event."""
        envelope = {k: data.pop(k) for k in ("id_", "sequence") if k in data}
        event = {"group_id": "g", "counter_id": counter, **data}
        return await self.bus.put(self.topic("notes"), key or counter, NOTE, event, partition=partition, **envelope)

    async def entries(self, handler: str = "%", counter: str = "%") -> list[asyncpg.Record]:
        """The effects, in the order they were saved."""
        return await self.pool.fetch(
            "SELECT * FROM entries WHERE handler LIKE $1 AND counter_id LIKE $2 ORDER BY id", handler, counter
        )

    async def until_entries(self, number: int, handler: str = "%", seconds: float = 30.0) -> list[asyncpg.Record]:
        """The effects, once there are so many."""

        async def enough() -> bool:
            return len(await self.entries(handler)) >= number

        await eventually(enough, f"{number} effects of {handler}", seconds=seconds)
        return await self.entries(handler)

    async def until_published(self, seconds: float = 30.0) -> None:
        """Wait until the outbox is empty."""

        async def empty() -> bool:
            return not await self.pool.fetchval("SELECT count(*) FROM outbox")

        await eventually(empty, "the outbox is empty", seconds=seconds)

    async def stop_processes(self) -> None:
        """End what was started."""
        for process in self._processes:
            await process.kill()


async def is_busy(service: Toy) -> bool:
    """Whether a batch with a slow message is in the middle of its transaction."""
    query = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database())"
    return bool(await service.pool.fetchval(query))


async def assigned(service: Service, seconds: float = 40.0) -> None:
    """Wait until the consumers of this replica have partitions."""

    def all_have() -> bool:
        assert service.why is None, f"the service ended by itself: {service.why}"
        return all(s.partitions and s._subscriber.running for s in service.subscriptions)

    await eventually(all_have, "every consumer has partitions and reads", seconds=seconds)


@asynccontextmanager
async def new_toy(stack: Stack, folder: Path, *, database: Stack | None = None) -> AsyncIterator[Toy]:
    """A toy on this stack's Kafka, and on this or the other one's PostgreSQL."""
    async with migrated((database or stack).admin_database_url, "tests.toy.migrations") as url:
        pool = await open_pool(url, application="test")
        async with bus_of(stack.kafka("admin")) as bus:
            made = Toy(stack, url, pool, bus, folder)
            try:
                await made.make_topics()
                yield made
            finally:
                await made.stop_processes()
                pool.terminate()
