"""A service: what it is made of, and what a running one knows of itself. How it runs: running.py and loops.py."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from spn.messaging import outbox
from spn.messaging.policies import Connection, Policies
from spn.settings import ServiceSettings
from spn.status import Meters, read_status

if TYPE_CHECKING:  # most commands of a service need neither Kafka nor HTTP: they need not wait for them
    import asyncpg
    from fastapi import APIRouter

    from spn.clock import Clock
    from spn.messaging import firing
    from spn.messaging.caught_up import CaughtUp
    from spn.messaging.contract import Outgoing
    from spn.messaging.envelope import Envelope
    from spn.messaging.lanes import Lane
    from spn.messaging.pipeline import Pipeline
    from spn.messaging.relay import Relay
    from spn.messaging.subscription import Subscription
    from spn.messaging.watchdog import Watchdog

LOOP_LATE_SECONDS_MAX = 10.0

log = structlog.get_logger("service")


@dataclass(frozen=True, slots=True)
class Parts:
    """What makes one service: all that ``app.py`` has to say."""

    name: str
    policies: Policies
    migrations: str
    lanes: tuple[Lane, ...] = ()
    gates: Callable[[Service], Mapping[str, firing.Gate]] | None = None
    routes: tuple[Callable[[Service], APIRouter], ...] = ()
    tasks: tuple[Callable[[Service], Awaitable[None]], ...] = ()
    closers: tuple[Callable[[], Awaitable[None]], ...] = ()


class StoppedByItselfError(Exception):
    """The service cannot go on usefully and ends, so that its supervisor starts it anew."""


@dataclass(slots=True)
class Service:
    """A running service. Also the desk at which lanes work."""

    parts: Parts
    settings: ServiceSettings
    pool: asyncpg.Pool[asyncpg.Record] = field(init=False)
    clock: Clock = field(init=False)
    pipeline: Pipeline = field(init=False)
    relay: Relay = field(init=False)
    watchdog: Watchdog = field(init=False)
    subscriptions: list[Subscription] = field(default_factory=list)
    meters: Meters = field(init=False)
    missing_topics: list[str] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    why: Exception | None = None
    beat: float = 0.0
    background: list[asyncio.Task[None]] = field(default_factory=list)
    _caught_up: dict[str, CaughtUp] = field(default_factory=dict)

    async def tell(self, connection: Connection, outgoing: Sequence[Outgoing], because: Envelope | None) -> None:
        """Put events in the outbox, in the transaction that is open on ``connection``."""
        now, source = self.clock.now(), self.pipeline.source
        await outbox.append(connection, [outbox.pending(o, source=source, time=now, cause=because) for o in outgoing])
        await outbox.wake(connection)

    async def caught_up(self, topic: str) -> bool:
        """Whether the service has handled what this topic held when that was first asked, by whichever replica."""
        subscription = self.subscription(topic)
        if subscription is None:
            return True
        from spn.messaging.caught_up import CaughtUp

        asked = self._caught_up.setdefault(topic, CaughtUp(subscription))
        async with self.pool.acquire() as connection:
            return await asked(connection)

    @property
    def broker_up(self) -> bool:
        """Whether a broker answered the last time that was looked."""
        return self.watchdog.broker_up

    def subscription(self, topic: str) -> Subscription | None:
        """The consumer of this topic, once the service runs."""
        return next((s for s in self.subscriptions if s.topic == topic), None)

    async def status(self) -> dict[str, Any]:
        """The numbers of this replica and its database; remembered for /metrics."""
        numbers = await read_status(self.pool, self.parts.lanes, self.clock.now(), self.subscriptions)
        self.meters.latest = numbers
        return {
            "service": self.parts.name,
            "slot": self.settings.replica_slot,
            "leader": self.relay.state.leads,
            **numbers,
        }

    async def live(self) -> dict[str, str]:
        """What makes this process useless until it is started anew."""
        wrong = {f"consumer {topic}": sign for topic, sign in self.watchdog.trouble.items()}
        late = time.monotonic() - self.beat
        if late > LOOP_LATE_SECONDS_MAX:
            wrong["loop"] = f"last beat {late:.0f} s ago"
        turn = asyncio.get_running_loop().time() - self.relay.state.last_turn
        if turn > self.settings.watchdog_seconds * 2:
            wrong["relay"] = f"last turn {turn:.0f} s ago"
        if self.why is not None:
            wrong["service"] = type(self.why).__name__
        return wrong

    async def ready(self) -> dict[str, str]:
        """What keeps this process from its work at the moment."""
        wrong = {}
        try:
            async with self.pool.acquire(timeout=2) as connection:
                await connection.fetchval("SELECT EXISTS (SELECT FROM outbox)", timeout=2)
        except Exception as error:  # noqa: BLE001 - whatever it is, the service is not ready
            wrong["database"] = type(error).__name__
        if not self.watchdog.broker_up:
            wrong["broker"] = "cannot be reached"
        for topic in self.missing_topics:
            wrong[f"topic {topic}"] = "is not there, or may not be read"
        wrong |= {f"relay {topic}": why for topic, why in self.relay.state.refusals.why.items()}
        return wrong

    def end(self, why: Exception) -> None:
        """Stop this process because it cannot go on usefully."""
        if self.why is None:
            self.why = why
            log.error("service_ends", why=f"{type(why).__name__}: {why}")
        self.ended.set()
