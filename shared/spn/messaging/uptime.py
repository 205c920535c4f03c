"""How long people could reach us since an instant: an outage over a deadline must hurt nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import asyncpg
from aiokafka.errors import KafkaError

from spn.clock import Clock
from spn.messaging.caught_up import ends_of, is_handled
from spn.messaging.deadlines import Due
from spn.messaging.faults import is_transient
from spn.messaging.policies import Connection
from spn.messaging.subscription import Subscription

BEAT_SECONDS = 5.0
GAP_SECONDS_MAX = 30.0
HELD_MAX = 10_000
ASK_AGAIN_SECONDS = 10.0


async def beat(connection: Connection, now: datetime) -> None:
    """The edge is up at business time ``now``: lengthen the running period, or begin one after a gap in real time.

    A driven clock that steps back begins one, too; where the two overlap, time counts twice.
    """
    longer = await connection.execute(
        "UPDATE edge_uptime SET until = GREATEST(until, $1), beat_at = clock_timestamp() "
        "WHERE since = (SELECT since FROM edge_uptime ORDER BY beat_at DESC LIMIT 1) "
        "AND beat_at > clock_timestamp() - $2 * interval '1 second' AND since <= $1",
        now,
        GAP_SECONDS_MAX,
    )
    if longer == "UPDATE 0":
        await connection.execute(
            "INSERT INTO edge_uptime (since, until, beat_at) VALUES ($1, $1, clock_timestamp()) ON CONFLICT DO NOTHING",
            now,
        )


async def up_since(connection: Connection, since: datetime) -> timedelta:
    """For how long, since this instant, people could reach the edge."""
    found = await connection.fetchval(
        "SELECT coalesce(sum(until - GREATEST(since, $1)), interval '0') FROM edge_uptime WHERE until > $1", since
    )
    return found if isinstance(found, timedelta) else timedelta()


class Reached(Protocol):
    """A service that people reach over HTTP, and that reaches the log."""

    pool: asyncpg.Pool[asyncpg.Record]
    clock: Clock

    @property
    def broker_up(self) -> bool:
        """Whether a broker answered the last time that was looked."""
        ...


async def beating(service: Reached) -> None:
    """Beat until cancelled; a beat that fails is a beat missed.

    So is one without a broker: what people ask for then is kept, and only comes to the log when it is back, after the
    deadline that they kept.
    """
    while True:
        try:
            if service.broker_up:
                async with service.pool.acquire(timeout=5) as connection:
                    await beat(connection, service.clock.now())
        except Exception as error:
            if not is_transient(error):
                raise
        await asyncio.sleep(BEAT_SECONDS)


async def was_up(connection: Connection, at: datetime) -> bool:
    """Whether people could reach the edge at this instant, give or take a beat."""
    margin = timedelta(seconds=2 * BEAT_SECONDS)
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM edge_uptime WHERE since <= $1 AND until >= $2)", at, at - margin
        )
    )


class MercyGate:
    """Holds a deadline back until nobody can be hurt by it.

    It may become a command once the edge has been up for ``grace`` since it was due, and once everything that was on
    the command topic when that was first seen has been handled, misrouted commands included. With ``excuse_by``, a
    clock, one that fell in an outage is excused once the edge is up again: there is time for ``grace`` from then on.
    """

    def __init__(
        self,
        subscription: Callable[[], Subscription | None],
        grace: timedelta,
        excuse_by: Callable[[], datetime] | None = None,
    ) -> None:
        self._subscription = subscription
        self._grace = grace
        self._now = excuse_by
        self._held: dict[UUID, dict[int, int]] = {}
        self._ask_after = 0.0

    async def __call__(self, connection: Connection, due: Due) -> bool | datetime:
        """Whether this deadline may become a command now, or until when there is time instead."""
        if self._grace:
            up = await up_since(connection, due.due_at)
            if up and self._now and not await was_up(connection, due.due_at):
                return self._now() + self._grace
            if up < self._grace:
                return False
        subscription = self._subscription()
        if subscription is None or subscription.consumer is None:
            return False
        ends = self._held.pop(due.id, None) or await self._ends(subscription)
        if ends and await is_handled(connection, subscription.topic, ends):
            return True
        if ends:
            self._held[due.id] = ends
        if len(self._held) > HELD_MAX:  # the one not asked for longest: most likely it was taken away meanwhile
            del self._held[next(iter(self._held))]
        return False

    async def _ends(self, subscription: Subscription) -> dict[int, int]:
        """The ends now, empty while they are not known: a broker that is away holds up no other deadline."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._ask_after:
            return {}
        try:
            return await ends_of(subscription)
        except (KafkaError, OSError, TimeoutError):
            self._ask_after = loop.time() + ASK_AGAIN_SECONDS
            return {}
