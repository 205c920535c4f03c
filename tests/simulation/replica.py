"""One replica of a service: the real subscriptions, relay and deadlines, on a client of the model broker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from spn.messaging import firing, lead
from spn.messaging.faults import is_transient
from spn.messaging.parsing import Parser
from spn.messaging.pipeline import Pipeline
from spn.messaging.relay import NotTakenError, Relay
from spn.messaging.subscription import Subscription
from tests.simulation.broker import Broker, Client, Entry
from tests.simulation.desk import Clock, Desk
from tests.simulation.faults import Faults, FaultyConnection, FaultyPool, Plan, Pool, SimulatedCrash, gone
from tests.simulation.parts import Parts, gates, issuer
from tests.simulation.producer import Producer


@dataclass(slots=True)
class _Subscriber:
    """What FastStream holds."""

    consumer: Client
    tasks: tuple[object, ...] = ()


@dataclass(slots=True)
class Replica:
    """A process. What it remembers ends with ``boot``."""

    parts: Parts
    slot: str
    database: Pool
    url: str
    broker: Broker
    clock: Clock
    faults: Faults = field(default_factory=Faults)
    bugs: list[str] = field(default_factory=list)
    excused: int = 0
    """How many records it may tell again, because it was disturbed while it published."""
    pipeline: Pipeline = field(init=False)
    relay: Relay = field(init=False)
    subscriptions: dict[str, Subscription] = field(init=False)
    clients: dict[str, Client] = field(init=False)
    held: dict[str, tuple[Entry, ...]] = field(init=False)
    desk: Desk = field(init=False)
    issue: Callable[[Any], Awaitable[bool]] = field(init=False)
    gates: dict[str, Any] = field(init=False)
    connection: Any = None

    @property
    def name(self) -> str:
        return f"{self.parts.name}-{self.slot}"

    @property
    def leads(self) -> bool:
        """Whether it believes so."""
        return self.connection is not None and self.relay.state.leads

    def boot(self) -> None:
        """Begin with nothing but what is stored. Static membership: its partitions are still its own."""
        pool: Any = FaultyPool(self.database, self.faults)
        policies = self.parts.policies
        self.pipeline = Pipeline(self.parts.name, policies, pool, self.clock, Parser(policies, self.clock, self.count))
        self.relay = Relay(self._connect, self._producer, self.slot)
        self.subscriptions, self.clients, self.held = {}, {}, {}
        for topic in policies.topics:
            one = Subscription(self.parts.name, self.slot, topic, self.pipeline)
            client = Client(self.broker, self.broker.group(one.group, topic), self.slot)
            one._subscriber = _Subscriber(client)
            client.join()
            self.subscriptions[topic], self.clients[topic] = one, client
        self.gates = gates(self.parts.name, self.subscriptions.get)
        self.desk = Desk(pool, self.clock, self.pipeline.source, self.broker)
        self.issue = issuer()

    def count(self, topic: str) -> int:
        """How many partitions a topic has."""
        return self.broker.count(topic)

    def _producer(self) -> Any:
        return Producer(self.broker, self.faults)

    async def _connect(self) -> Any:
        return FaultyConnection(await asyncpg.connect(self.url, timeout=10), self.faults)

    async def do(self, action: Callable[[], Awaitable[object]], plan: Plan | None = None) -> None:
        """Take one action with one fault. A crash of the replica ends in its restart."""
        with self.faults.planned(plan):
            try:
                await action()
            except SimulatedCrash:
                await self.excuse()
                await self.end()
                self.boot()
            else:
                if self.faults.hit and self.faults.plan.kind == "crash":
                    self.bugs.append(f"{self.name} lived on after a crash")
                if self.faults.hit:
                    await self.excuse()

    async def excuse(self) -> None:
        """If it leads, what is in the outbox now may have been sent before."""
        if self.leads:
            self.excused += await self.database.fetchval("SELECT count(*) FROM outbox")

    async def end(self) -> None:
        """The process is gone, and the server has noticed."""
        if self.connection is not None:
            lost, self.connection = self.connection, None
            lost.cut()
            await gone(self.database, lost.pid)

    # What a replica does, each as its loop in spn.loops and spn.messaging does it

    async def crash(self) -> None:
        """End between two steps."""
        raise SimulatedCrash

    def fetch(self, topic: str, most: int) -> None:
        """Take the next batch from the broker, and hold it."""
        if topic not in self.held:
            self.held[topic] = self.clients[topic].fetch(most)

    async def handle(self, topic: str) -> None:
        """Handle the batch it holds."""
        if batch := self.held.pop(topic, ()):
            await self.subscriptions[topic]._handle(batch)  # type: ignore[arg-type]

    async def tick(self, topic: str) -> None:
        """Look after positions, and try dead letters again."""
        one = self.subscriptions[topic]
        await self._weathering(self._tick(one))

    async def _tick(self, one: Subscription) -> None:
        async with one._turn:
            await one._place(one.partitions)
            await one.places.confirm()
            await self.pipeline.replay_asked(one.topic, one.partitions)

    async def commit(self, topic: str) -> None:
        """Tell the group how far it is."""
        await self.subscriptions[topic]._commit()

    async def fire(self) -> None:
        """Turn deadlines that are due into decisions and commands."""
        await self._weathering(firing.fire_commands(self.pipeline, self.gates))
        await self._weathering(firing.fire_decisions(self.pipeline))
        await self._weathering(firing.replay(self.pipeline))

    async def number(self) -> None:
        """Give numbers to drafts that are ready, if there are drafts here at all."""
        if self.parts.name == "billing":
            await self._weathering(self.issue(self.desk))

    async def take_lead(self) -> bool:
        """Whether it leads its database's relay."""
        if self.connection is None:
            self.connection = await self.relay._connect()
            self.relay.state.leads = False
        if not self.relay.state.leads:
            self.relay.state.leads = await lead.take(self.connection, self.slot)
        return self.relay.state.leads

    async def publish(self) -> None:
        """If it leads, send what waits."""
        try:
            if await self.take_lead():
                self.relay._beaten = asyncio.get_running_loop().time()
                await self.relay._publish_chunk(self.connection)
        except NotTakenError:
            pass  # it keeps the lead and tries again
        except Exception as error:  # noqa: BLE001 - as the relay itself: whatever it is, the lead is lost
            if not is_transient(error):
                self.bugs.append(f"{self.name}: the relay raised {error!r}")
            await self.excuse()
            await self.end()
            await self.relay._drop_producer()

    async def oust(self) -> None:
        """If it does not lead, as a standby that sees the leader's heart stand still: end that one, and lead."""
        if not await self.take_lead():
            await self.database.execute("UPDATE relay_lead SET beat_at = beat_at - interval '1 minute'")
            await lead.end_frozen(self.connection)
        await self.publish()

    async def _weathering(self, work: Awaitable[object]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - a loop goes on; the simulation does not forget
            if not is_transient(error):
                self.bugs.append(f"{self.name}: a loop raised {error!r}")
