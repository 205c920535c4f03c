"""The relay: the one publisher of a database. It reads the outbox in order of ids and deletes what was acknowledged.

One replica leads and beats its heart once a second, also while it waits for the broker. A standby that sees the beat
too old ends the leader's backend, so that a frozen leader loses its lock. What a frozen leader had already handed to
its connection can appear a second time on the topic when it wakes, never out of order for the first time: it sends
each key's events in the order of the outbox, as its successor did, and readers drop the repetition by its id.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from pydantic_core import from_json

from spn.messaging import failpoints, kafka, lead
from spn.messaging.faults import TransientError, is_transient
from spn.messaging.outbox import WAKE_CHANNEL

CHUNK_ROWS = 1_000
POLL_SECONDS = 1.0
SEND_SECONDS_MAX = 15.0
BACKOFF_SECONDS_MAX = 5.0

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
        """Send the first rows of the outbox and delete those acknowledged, all or none; how many."""
        rows = await connection.fetch(
            "SELECT id, topic, key, headers, value FROM outbox ORDER BY id LIMIT $1", CHUNK_ROWS
        )
        if not rows:
            return 0
        producer = self._producer
        if producer is None:
            producer = await self._beating(connection, self._start_producer())
        await self._keep_lead(connection)
        try:
            await self._beating(connection, self._send(producer, rows))
        except (Exception, asyncio.CancelledError):
            await self._drop_producer()
            raise
        failpoints.reach(failpoints.AFTER_SEND)
        await connection.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", [row[0] for row in rows])
        self.state.published += len(rows)
        return len(rows)

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

    async def _send(self, producer: AIOKafkaProducer, rows: Sequence[Any]) -> None:
        waiting = []
        for _, topic, key, headers, value in rows:
            pairs = [(name, text.encode()) for name, text in from_json(headers).items()]
            sent = await producer.send(topic, value=value, key=key, headers=pairs)
            sent.add_done_callback(_retrieve)
            waiting.append(sent)
        results = await asyncio.gather(*waiting, return_exceptions=True)
        failed = [r for r in results if isinstance(r, BaseException)]
        if failed:
            raise TransientError(f"{len(failed)} of {len(rows)} not acknowledged: {failed[0]!r}") from failed[0]

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


def _retrieve(sent: asyncio.Future[Any]) -> None:
    """Look at the outcome of a send that nobody waits for any longer, so that it is not reported as forgotten."""
    if not sent.cancelled():
        sent.exception()
