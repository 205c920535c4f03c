"""Everything at once: the broker, four databases, two replicas of each service, and the clock that they share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import structlog
from aiokafka import TopicPartition

from spn.messaging import failpoints, outbox
from spn.messaging.edge import Edge
from tests.simulation import faults
from tests.simulation.broker import Broker, Entry
from tests.simulation.databases import Database
from tests.simulation.desk import Clock
from tests.simulation.faults import Plan
from tests.simulation.journal import Journal
from tests.simulation.parts import Ids, Sickness, all_parts, partitions
from tests.simulation.replica import Replica

START = datetime(2027, 1, 14, 8, 30, tzinfo=UTC)
"""Half an hour before the editions open."""
LAST_DAY = datetime(2027, 9, 30, 8, 0, tzinfo=UTC)
"""The editions are not over by then: what completes, and the two years after, have tests of their own."""
SLOTS = ("0", "1")
BESIDE = {"0": timedelta(0), "1": timedelta(seconds=2)}
"""How far each replica's clock is ahead of the broker's."""
EXPECTED = ("draft_put_off", "topic_refused")
"""What a service calls an error because a person should look at it."""
SECONDS_MAX = 120.0
"""No step takes longer than this, whatever happens in it."""


@dataclass(slots=True)
class World:
    """One example's world. ``reset`` makes it new."""

    databases: Mapping[str, Database]
    now: datetime = START
    behind: timedelta = timedelta(0)
    """How far the broker's clock is behind: append times may go back."""
    broker: Broker = field(init=False)
    journal: Journal = field(init=False)
    sickness: Sickness = field(init=False)
    ids: Ids = field(init=False)
    edge: Edge = field(init=False)
    replicas: dict[tuple[str, str], Replica] = field(default_factory=dict)
    poison: set[tuple[str, int, int]] = field(default_factory=set)
    _patches: ExitStack = field(default_factory=ExitStack)

    async def reset(self) -> None:
        """Empty databases, empty topics, fresh replicas, half an hour before the start."""
        await self.close()
        await asyncio.gather(*(one.empty() for one in self.databases.values()))
        self.now, self.behind, self.sickness, self.ids = START, timedelta(0), Sickness(), Ids()
        self.broker = Broker(partitions(), lambda: self.now - self.behind)
        self.journal = Journal()
        self.broker.listeners.append(self.journal.hear)
        self.poison.clear()
        for name, parts in all_parts(self.sickness).items():
            for slot in SLOTS:
                database, clock = self.databases[name], Clock(lambda: self.now, BESIDE[slot])
                self.replicas[name, slot] = Replica(parts, slot, database.pool, database.url, self.broker, clock)
            for topic in parts.policies.topics:
                group = self.broker.group(f"{name}.{topic}", topic)
                group.owners = {p: SLOTS[p % len(SLOTS)] for p in range(self.broker.count(topic))}
        for module in ("spn.messaging.edge", "spn.messaging.firing"):
            self._patches.enter_context(patch(f"{module}.uuid4", self.ids))
        self._patches.enter_context(patch("spn.messaging.sending.REST_SECONDS", 0.0))
        for replica in self.replicas.values():
            replica.boot()
        self.edge = Edge(self.databases["enrolment"].pool, self.replicas["enrolment", "0"].clock, "/spn/enrolment")
        failpoints.install(faults.reach)
        self._patches.callback(failpoints.install, None)
        before = structlog.get_config()
        structlog.configure(processors=[self._listen])
        self._patches.callback(lambda: structlog.configure(**before))

    async def close(self) -> None:
        """End every replica."""
        for replica in self.replicas.values():
            await replica.end()
        self.replicas.clear()
        self._patches.close()

    def _listen(self, _logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
        """A service that logs an exception has met a bug; all else it says is dropped."""
        if method in ("error", "exception", "critical") and event.get("event") not in EXPECTED:
            self.journal.broken.append(f"logged: {event}")
        raise structlog.DropEvent

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(self.databases)

    def topics_of(self, service: str) -> tuple[str, ...]:
        """What a service listens to."""
        return self.replicas[service, SLOTS[0]].parts.policies.topics

    def of(self, service: str) -> Iterable[Replica]:
        """The replicas of a service."""
        return (self.replicas[service, slot] for slot in SLOTS)

    def lose_patience(self) -> None:
        """For the rest of the example no batch is tried twice: it is read again, later."""
        self._patches.enter_context(patch("spn.messaging.subscription.RETRY_SECONDS_MAX", 0.0))

    async def act(self, replica: Replica, action: Callable[[], Awaitable[object]], plan: Plan | None = None) -> None:
        """One action of one replica, with one fault."""
        self.databases[replica.parts.name].touched = True
        async with asyncio.timeout(SECONDS_MAX):
            await replica.do(action, plan)

    async def turn(self, replica: Replica, most: int, plan: Plan | None = None) -> None:
        """All loops of a replica, once."""

        async def once() -> None:
            for topic in replica.parts.policies.topics:
                replica.fetch(topic, most)
                await replica.handle(topic)
            await replica.fire()
            await replica.publish()

        await self.act(replica, once, plan)

    async def overlap(
        self,
        first: tuple[Replica, Callable[[], Awaitable[object]], Plan],
        second: tuple[Replica, Callable[[], Awaitable[object]], Plan | None],
        publisher: Replica | None,
    ) -> None:
        """The first replica stops in the middle of its action; the second acts, one publishes; the first goes on.

        Where the second has to wait for the first in the database it does, until the first goes on.
        """
        replica = first[0]
        pool = self.databases[replica.parts.name].pool
        one = asyncio.create_task(self.act(*first))
        await faults.until_blocked(pool, one, replica.faults.paused.is_set)
        other = asyncio.create_task(self.act(*second))
        await faults.until_blocked(pool, other)
        if publisher:
            await self.act(publisher, publisher.publish)
        replica.faults.resumed.set()
        await asyncio.gather(one, other)

    async def freeze_leader(self, leader: Replica, standby: Replica, step: int | str) -> None:
        """The leader freezes in the middle of publishing, the standby takes over, and the leader goes on."""
        one = asyncio.create_task(self.act(leader, leader.publish, Plan("pause", step)))
        await faults.until_blocked(standby.database, one, leader.faults.paused.is_set)
        if leader.faults.paused.is_set():
            await leader.excuse()
            await self.act(standby, standby.oust)
        leader.faults.resumed.set()
        await one

    async def rebalance(
        self, service: str, topic: str, owners: Mapping[int, str], unaware: str | None, plan: Plan | None = None
    ) -> None:
        """Give partitions to other replicas. ``unaware``: one that is frozen, and does not hear of its loss."""
        group = self.broker.group(f"{service}.{topic}", topic)
        aware = [r for r in self.of(service) if r.slot != unaware]
        for replica in aware:
            await self.act(replica, lambda r=replica: _revoke(r, topic), plan)  # type: ignore[misc]
        group.owners = {p: s if s != unaware else aware[0].slot for p, s in owners.items()}
        for replica in self.of(service):
            if replica.slot == unaware:
                replica.clients[topic].expelled = True
                continue
            replica.clients[topic].join()
            await replica.subscriptions[topic].on_partitions_assigned([])

    async def forget(self, topic: str) -> None:
        """Retention takes away what every reader has handled."""
        readers = [s for s in self.services if topic in self.topics_of(s)]
        for partition in range(self.broker.count(topic)):
            stored = [await self.databases[s].position(topic, partition) for s in readers]
            self.broker.beginnings[topic, partition] = min(stored)

    async def republish(self, service: str) -> None:
        """An operator has the newest of everything told again."""
        async with self.databases[service].pool.acquire() as connection, connection.transaction():
            self.replicas[service, SLOTS[0]].excused += await outbox.republish(connection)
        self.databases[service].touched = True

    def put(self, entry: Entry) -> None:
        """Remember that this record is poison."""
        self.poison.add((entry.topic, entry.partition, entry.offset))


async def _revoke(replica: Replica, topic: str) -> None:
    await replica.subscriptions[topic].on_partitions_revoked([TopicPartition(topic, 0)])
