"""The relay: the one publisher of a database. It reads the outbox in order of ids and deletes what was acknowledged.

One replica leads and beats its heart once a second, also while it waits for the broker. A standby that sees the beat
too old ends the leader's backend, so that a frozen leader loses its lock. What a frozen leader had already handed to
its connection can appear a second time on the topic when it wakes, never out of order for the first time: it sends
each key's events in the order of the outbox, as its successor did, and readers drop the repetition by its id.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from spn.messaging import failpoints, kafka, lead, sending
from spn.messaging.faults import is_transient
from spn.messaging.outbox import WAKE_CHANNEL
from spn.messaging.sending import Refusals

CHUNK_ROWS = 1_000
POLL_SECONDS = 1.0
SEND_SECONDS_MAX = 15.0
BACKOFF_SECONDS_MAX = 1.0

log = structlog.get_logger("relay")

T = TypeVar("T")

ProducerMaker = Callable[[], AIOKafkaProducer]


@dataclass(slots=True)
class RelayState:
    """What health and metrics show of the relay."""

    leads: bool = False
    published: int = 0
    failures: int = 0
    last_turn: float = 0.0
    refusals: Refusals = field(default_factory=Refusals)


class NotTakenError(Exception):
    """The broker did not take what was sent. The lead is kept: another replica would fare no better."""


class Relay:
    """Publishes the outbox of one database while it leads."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[asyncpg.Connection[asyncpg.Record]]],
        producer: ProducerMaker,
        slot: str,
    ) -> None:
        self._connect = connect
        self._make = producer
        self._slot = slot
        self._wake = asyncio.Event()
        self._producer: AIOKafkaProducer | None = None
        self._beaten = 0.0
        self.state = RelayState()

    def wake(self) -> None:
        """There may be work: do not wait for the next poll."""
        self._wake.set()

    async def run(self) -> None:
        """Stand by, lead, lose the lead, stand by again, until cancelled."""
        backoff = 0.1
        try:
            while True:
                self.state.last_turn = asyncio.get_running_loop().time()
                try:
                    await self._term()
                except Exception as error:  # noqa: BLE001 - a relay never gives up; the kind decides the log level
                    if self.state.leads:
                        backoff = 0.1
                    if not (is_transient(error) or isinstance(error, KafkaError | lead.LeadLostError)):
                        log.error("relay_failed", error=f"{type(error).__name__}: {error}")
                    else:
                        log.warning("relay_interrupted", error=type(error).__name__)
                    self.state.failures += 1
                    self.state.leads = False
                    await asyncio.sleep(backoff)
                    backoff = min(backoff * 2, BACKOFF_SECONDS_MAX)
                finally:
                    self.state.leads = False
                    self.state.refusals.forget()
        finally:
            await self._drop_producer()

    async def _term(self) -> None:
        """One connection's life: wait for the lock, then lead until something breaks."""
        connection = await asyncio.wait_for(self._connect(), 10)
        try:
            await connection.add_listener(WAKE_CHANNEL, self._on_notify)
            while not await lead.take(connection, self._slot):
                self.state.last_turn = asyncio.get_running_loop().time()
                await lead.end_frozen(connection)
                await asyncio.sleep(lead.BEAT_SECONDS / 2)
            await self._lead(connection)
        finally:
            connection.terminate()

    async def _lead(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        log.info("relay_leads", slot=self._slot)
        self.state.leads = True
        self._beaten = asyncio.get_running_loop().time()
        while True:
            self._wake.clear()
            await self._keep_lead(connection)
            try:
                sent = await self._publish_chunk(connection)
            except NotTakenError as error:
                log.warning("relay_waits", error=str(error)[:200])
                self.state.failures += 1
                sent = 0
            if sent < CHUNK_ROWS:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)

    async def _keep_lead(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        """Beat if it is time.

        :raises LeadLostError: this process did not run for so long that a standby may lead by now.
        """
        self.state.last_turn = now = asyncio.get_running_loop().time()
        if now - self._beaten > lead.BEAT_STALE_SECONDS:
            await self._drop_producer()
            raise lead.LeadLostError("was not running for longer than the heartbeat may be old")
        if now - self._beaten >= lead.BEAT_SECONDS:
            await lead.beat(connection, self._slot)
            self._beaten = now

    async def _publish_chunk(self, connection: asyncpg.Connection[asyncpg.Record]) -> int:
        """Send the first rows of the outbox and delete those acknowledged, all or none of a topic; how many were sent.

        :raises NotTakenError: some were not acknowledged, and may be another time.
        """
        resting = self.state.refusals.resting()
        rows = await connection.fetch(
            "SELECT id, topic, key, headers, value FROM outbox WHERE topic <> ALL($2::text[]) ORDER BY id LIMIT $1",
            CHUNK_ROWS,
            resting,
        )
        if not rows:
            self.state.refusals.tried(resting, {})
            return 0
        producer = self._producer
        if producer is None:
            producer = await self._beating(connection, self._start_producer())
        await self._keep_lead(connection)
        try:
            failed = await self._beating(connection, sending.send(producer, rows))
        except (Exception, asyncio.CancelledError):
            await self._drop_producer()
            raise
        failpoints.reach(failpoints.AFTER_SEND)
        await self._delete(connection, [row[0] for row in rows if row[1] not in failed])
        self.state.refusals.tried(resting, failed)
        if failed:
            await self._drop_producer()
            self._complain(failed)
        return len(rows)

    async def _delete(self, connection: asyncpg.Connection[asyncpg.Record], ids: Sequence[int]) -> None:
        await connection.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", ids)
        self.state.published += len(ids)

    def _complain(self, failed: Mapping[str, BaseException]) -> None:
        """Say which topics are refused.

        :raises NotTakenError: another one failed, so that the next turn had better wait.
        """
        for topic, error in failed.items():
            if topic not in self.state.refusals.why:
                raise NotTakenError(f"{topic}: {error!r}")
            log.error("topic_refused", topic=topic, error=f"{type(error).__name__}: {error}"[:200])
        self.state.failures += 1

    async def _beating(self, connection: asyncpg.Connection[asyncpg.Record], work: Coroutine[Any, Any, T]) -> T:
        """Do what waits for the broker, for a bounded time; else its outage would look like a frozen leader.

        :raises NotTakenError: the broker is at fault; whatever else is raised is of the lead or the database.
        """
        task, until = asyncio.create_task(work), asyncio.get_running_loop().time() + SEND_SECONDS_MAX
        try:
            while not (await asyncio.wait({task}, timeout=lead.BEAT_SECONDS))[0]:
                await self._keep_lead(connection)
                if self.state.last_turn > until:
                    raise NotTakenError(f"no answer within {SEND_SECONDS_MAX:g} s")
            try:
                return task.result()
            except Exception as error:
                raise NotTakenError(f"{type(error).__name__}: {error}") from error
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=kafka.END_SECONDS_MAX)

    async def _start_producer(self) -> AIOKafkaProducer:
        producer = self._make()
        try:
            await producer.start()
        except (Exception, asyncio.CancelledError):
            await kafka.end(producer)
            raise
        self._producer = producer
        return producer

    async def _drop_producer(self) -> None:
        """After any failed send a producer is never used again: its sequence numbers may be spoilt for ever."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await kafka.end(producer)

    def _on_notify(self, *_: object) -> None:
        self._wake.set()
