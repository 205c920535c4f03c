"""The relay: the one publisher of a database. It reads the outbox in order of ids and deletes what was acknowledged.

One replica leads, elected by a session advisory lock; it beats its heart once a second. A standby that sees the beat
too old ends the leader's backend, so that a frozen leader loses its lock. What a frozen leader still had in its buffer
can appear a second time on the topic when it wakes, never out of order for the first time: it sends each key's events
in the order of the outbox, as its successor did, and readers drop the repetition by its id.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError

from spn.messaging.faults import TransientError, is_transient
from spn.messaging.outbox import WAKE_CHANNEL

LEAD_LOCK = 7_301_840_102
CHUNK_ROWS = 1_000
POLL_SECONDS = 1.0
BEAT_SECONDS = 1.0
BEAT_STALE_SECONDS = 5.0
SEND_SECONDS_MAX = 15.0
STOP_SECONDS_MAX = 2.0
BACKOFF_SECONDS_MAX = 5.0

log = structlog.get_logger("relay")

ProducerMaker = Callable[[], AIOKafkaProducer]


@dataclass(slots=True)
class RelayState:
    """What health and metrics show of the relay."""

    leads: bool = False
    published: int = 0
    failures: int = 0
    last_turn: float = 0.0


class LeadLostError(Exception):
    """Another replica leads, or the connection that held the lock is gone."""


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
                    backoff = 0.1
                except Exception as error:  # noqa: BLE001 - a relay never gives up; the kind decides the log level
                    if not (is_transient(error) or isinstance(error, KafkaError | LeadLostError)):
                        log.error("relay_failed", error=f"{type(error).__name__}: {error}")
                    else:
                        log.warning("relay_interrupted", error=type(error).__name__)
                    self.state.failures += 1
                    await asyncio.sleep(backoff)
                    backoff = min(backoff * 2, BACKOFF_SECONDS_MAX)
                finally:
                    self.state.leads = False
        finally:
            await self._drop_producer()

    async def _term(self) -> None:
        """One connection's life: wait for the lock, then lead until something breaks."""
        connection = await asyncio.wait_for(self._connect(), 10)
        try:
            await connection.add_listener(WAKE_CHANNEL, self._on_notify)
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LEAD_LOCK):
                self.state.last_turn = asyncio.get_running_loop().time()
                await _end_frozen_leader(connection)
                await asyncio.sleep(BEAT_SECONDS / 2)
            await self._lead(connection)
        finally:
            connection.terminate()

    async def _lead(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        await _beat(connection, self._slot)
        log.info("relay_leads", slot=self._slot)
        self.state.leads = True
        loop = asyncio.get_running_loop()
        beaten = loop.time()
        while True:
            self._wake.clear()
            self.state.last_turn = loop.time()
            if loop.time() - beaten > BEAT_STALE_SECONDS:
                await self._drop_producer()
                raise LeadLostError("was not running for longer than the heartbeat may be old")
            if loop.time() - beaten > BEAT_SECONDS:
                await _beat(connection, self._slot)
                beaten = loop.time()
            sent = await self._publish_chunk(connection)
            if sent < CHUNK_ROWS:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)

    async def _publish_chunk(self, connection: asyncpg.Connection[asyncpg.Record]) -> int:
        """Send the first rows of the outbox and delete those acknowledged, all or none; how many."""
        rows = await connection.fetch(
            "SELECT id, topic, key, headers, value FROM outbox ORDER BY id LIMIT $1", CHUNK_ROWS
        )
        if not rows:
            return 0
        producer = self._producer or await self._start_producer()
        try:
            async with asyncio.timeout(SEND_SECONDS_MAX):
                await self._send(producer, rows)
        except (Exception, asyncio.CancelledError):
            await self._drop_producer()
            raise
        await connection.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", [row[0] for row in rows])
        self.state.published += len(rows)
        return len(rows)

    async def _send(self, producer: AIOKafkaProducer, rows: Sequence[Any]) -> None:
        waiting = []
        for _, topic, key, headers, value in rows:
            pairs = [(name, text.encode()) for name, text in json.loads(headers).items()]
            waiting.append(await producer.send(topic, value=value, key=key, headers=pairs))
        results = await asyncio.gather(*waiting, return_exceptions=True)
        failed = [r for r in results if isinstance(r, BaseException)]
        if failed:
            raise TransientError(f"{len(failed)} of {len(rows)} not acknowledged: {failed[0]!r}") from failed[0]

    async def _start_producer(self) -> AIOKafkaProducer:
        producer = self._make()
        try:
            async with asyncio.timeout(SEND_SECONDS_MAX):
                await producer.start()
        except (Exception, asyncio.CancelledError):
            await _stop(producer)
            raise
        self._producer = producer
        return producer

    async def _drop_producer(self) -> None:
        """After any failed send a producer is never used again: its sequence numbers may be spoilt for ever."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await _stop(producer)

    def _on_notify(self, *_: object) -> None:
        self._wake.set()


async def _stop(producer: AIOKafkaProducer) -> None:
    """Stop a producer that may hang: it waits for batches that no broker takes."""
    with contextlib.suppress(TimeoutError, KafkaError, KafkaTimeoutError, asyncio.CancelledError):
        await asyncio.wait_for(producer.stop(), STOP_SECONDS_MAX)


async def _beat(connection: asyncpg.Connection[asyncpg.Record], slot: str) -> None:
    await connection.execute(
        "INSERT INTO relay_lead (slot, backend, beat_at) VALUES ($1, pg_backend_pid(), clock_timestamp()) "
        "ON CONFLICT (single) DO UPDATE "
        "SET (slot, backend, beat_at) = (EXCLUDED.slot, EXCLUDED.backend, EXCLUDED.beat_at)",
        slot,
    )


async def _end_frozen_leader(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """End the backend that holds the lock when its heart has not beaten for too long."""
    ended = await connection.fetchval(
        "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN relay_lead r ON r.backend = l.pid "
        "WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database "
        "WHERE datname = current_database()) AND l.classid = $1 AND l.objid = $2 "
        "AND r.beat_at < clock_timestamp() - $3 * interval '1 second'",
        LEAD_LOCK >> 32,
        LEAD_LOCK & 0xFFFFFFFF,
        BEAT_STALE_SECONDS,
    )
    if ended:
        log.warning("relay_took_over", why="the leader's heartbeat was too old")
