"""Commands over HTTP: the same commands, the same log and the same answers as on Kafka.

A request becomes a row that holds its Idempotency-Key and a record in the outbox, in one transaction. The replica that
decides writes the answer into the row and rings; whoever waits is answered, at the latest after ``WAIT_SECONDS_MAX``
with 202 and a link. Errors are problem+json (RFC 9457).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import structlog

from spn.clock import Clock
from spn.messaging import outbox
from spn.messaging.admission import Admission, Limits
from spn.messaging.contract import Command
from spn.messaging.effects import ANSWER_CHANNEL
from spn.messaging.envelope import Envelope, headers_of
from spn.messaging.faults import is_transient
from spn.messaging.outbox import Row
from spn.messaging.policies import Connection
from spn.messaging.turns import Turns

POLL_SECONDS = 1.0
COUNT_SECONDS = 0.5

log = structlog.get_logger("edge")

_BACKLOG = (
    "SELECT count(*) FROM (SELECT FROM http_commands WHERE answer IS NULL "
    "AND created_at > now() - interval '10 minutes' LIMIT $1) AS recent"
)
"""Without those that wait for longer: they are behind a dead letter, and hold up nobody else."""
_FOUND = "SELECT command_id, answer, subject FROM http_commands WHERE"


class KeyReusedError(Exception):
    """An Idempotency-Key came back with another body (draft-ietf-httpapi-idempotency-key-header, section 2.7: 422)."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A command that is on its way, with its answer if there is one already, and who posted it where that is known."""

    command_id: UUID
    answer: dict[str, Any] | None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What is stored with a new command, in its transaction, and goes on no topic.

    ``store`` gets the connection and the command's id. ``digest`` tells one of them from another: the same key with
    another one is refused, as with another body.
    """

    digest: bytes
    store: Callable[[Connection, UUID], Awaitable[None]]


class Edge:
    """Puts commands on the log and waits for their answers."""

    def __init__(
        self, pool: asyncpg.Pool[asyncpg.Record], clock: Clock, source: str, limits: Limits | None = None
    ) -> None:
        self.admission = Admission(limits or Limits())
        self.turns = Turns(pool)
        self._clock = clock
        self._source = source
        self._waiting: dict[UUID, set[asyncio.Future[dict[str, Any] | None]]] = {}
        self._ends = False
        self._waiters = 0
        self._ring = asyncio.Event()

    async def submit(
        self,
        command: Command,
        idempotency_key: str,
        traceparent: str | None,
        beside: Beside | None = None,
        *,
        subject: str | None = None,
    ) -> Submitted:
        """Put a command on its log, once per key, and store what belongs beside it. ``subject``: who sees its answer.

        :raises KeyReusedError: the key was used for another command.
        :raises NotAdmittedError: too many commands wait already.
        """
        self.admission.command()
        value = command.model_dump_json().encode()
        told = type(command).types[0].encode() + b"\n" + value + (b"\n" + beside.digest if beside else b"")
        row = self._row(command, command_id := uuid4(), value, traceparent)
        digest = hashlib.sha256(told).digest()
        new = Submitted(command_id, None, subject)
        return await self.turns.in_time(self._store(new, idempotency_key, digest, row, beside))

    async def _store(
        self, new: Submitted, idempotency_key: str, digest: bytes, row: Row, beside: Beside | None
    ) -> Submitted:
        async with self.turns.session() as connection, connection.transaction():
            first = await connection.fetchval(
                "INSERT INTO http_commands (idempotency_key, body_sha256, command_id, subject) "
                "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING true",
                idempotency_key,
                digest,
                new.command_id,
                new.subject,
            )
            if not first:
                return await self._known(connection, idempotency_key, digest)
            if beside:
                await beside.store(connection, new.command_id)
            await outbox.insert(connection, [row])
            await outbox.wake(connection)
        return new

    async def _known(self, connection: Any, key: str, digest: bytes) -> Submitted:
        row = await connection.fetchrow(
            "SELECT body_sha256, command_id, answer, subject FROM http_commands WHERE idempotency_key = $1", key
        )
        if row is None or row["body_sha256"] != digest:
            raise KeyReusedError(key)
        return _submitted(row)

    def _row(self, command: Command, id_: UUID, value: bytes, traceparent: str | None) -> Row:
        kind = type(command)
        key = str(getattr(command, kind.key))
        now = self._clock.now()
        envelope = Envelope(id_, kind.types[0], self._source, key, now, str(id_), None, 0, traceparent)
        return Row(kind.topic, key.encode(), json.dumps(headers_of(envelope)), value)

    async def known(self, command_id: UUID) -> Submitted | None:
        """A command that came in here, or None."""
        return await self.turns.in_time(self._look_up(f"{_FOUND} command_id = $1", command_id))

    async def sent(self, idempotency_key: str) -> Submitted | None:
        """What came in under this key before, or None."""
        return await self.turns.in_time(self._look_up(f"{_FOUND} idempotency_key = $1", idempotency_key))

    async def _look_up(self, query: str, value: UUID | str) -> Submitted | None:
        async with self.turns.session() as connection:
            row = await connection.fetchrow(query, value)
        return None if row is None else _submitted(row)

    async def wait(self, command_id: UUID, seconds: float) -> dict[str, Any] | None:
        """The answer, or None when it takes longer or too many wait already: the command is on its way all the same."""
        if self._ends or self._waiters >= self.admission.limits.requests_max // 2:
            return None
        waiter: asyncio.Future[dict[str, Any] | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(command_id, set()).add(waiter)
        self._waiters += 1
        self._ring.set()
        try:
            return await asyncio.wait_for(waiter, seconds)
        except TimeoutError:
            return None
        finally:
            self._waiters -= 1
            self._waiting[command_id].discard(waiter)
            if not self._waiting[command_id]:
                del self._waiting[command_id]

    async def let_go(self, ended: asyncio.Event) -> None:
        """Once the process is told to stop nobody waits any longer: cut off, they would take it for a failure."""
        await ended.wait()
        self._ends = True
        for waiter in [one for some in self._waiting.values() for one in some]:
            if not waiter.done():
                waiter.set_result(None)

    async def listen(self, url: str) -> None:
        """Hear the bell and hand out answers, until cancelled. Without a bell it looks once a second."""
        while True:
            try:
                connection = await asyncpg.connect(url, timeout=5, command_timeout=10)
                try:
                    await connection.add_listener(ANSWER_CHANNEL, lambda *_: self._ring.set())
                    await self._hand_out(connection)
                finally:
                    connection.terminate()
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("edge_interrupted", error=type(error).__name__)
                await asyncio.sleep(POLL_SECONDS)

    async def _hand_out(self, connection: Any) -> None:
        counted = 0.0
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ring.wait(), POLL_SECONDS)
            self._ring.clear()
            if (now := asyncio.get_running_loop().time()) - counted > COUNT_SECONDS:
                self.admission.count(await connection.fetchval(_BACKLOG, self.admission.limits.backlog_max))
                counted = now
            if not self._waiting:
                continue
            rows = await connection.fetch(
                "SELECT command_id, answer FROM http_commands "
                "WHERE command_id = ANY($1::uuid[]) AND answer IS NOT NULL",
                list(self._waiting),
            )
            for row in rows:
                for waiter in self._waiting.get(row["command_id"], ()):
                    if not waiter.done():
                        waiter.set_result(json.loads(row["answer"]))


def _submitted(row: Any) -> Submitted:
    return Submitted(row["command_id"], json.loads(row["answer"]) if row["answer"] else None, row["subject"])
