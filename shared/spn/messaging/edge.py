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
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import structlog
from pydantic import ValidationError

from spn.clock import Clock
from spn.messaging import outbox
from spn.messaging.contract import Command
from spn.messaging.effects import ANSWER_CHANNEL
from spn.messaging.envelope import Envelope, headers_of
from spn.messaging.outbox import Row

WAITING_MAX = 2_000
ACQUIRE_SECONDS_MAX = 5.0
POLL_SECONDS = 1.0

log = structlog.get_logger("edge")


class KeyReusedError(Exception):
    """An Idempotency-Key came back with another body (draft-ietf-httpapi-idempotency-key-header, section 2.7: 422)."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A command that is on its way, with its answer if there is one already."""

    command_id: UUID
    answer: dict[str, Any] | None


class Edge:
    """Puts commands on the log and waits for their answers."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], clock: Clock, source: str) -> None:
        self._pool = pool
        self._clock = clock
        self._source = source
        self._waiting: dict[UUID, set[asyncio.Future[dict[str, Any]]]] = {}
        self._waiters = 0
        self._ring = asyncio.Event()

    async def submit(self, command: Command, idempotency_key: str, traceparent: str | None) -> Submitted:
        """Put a command on its log, once per key.

        :raises KeyReusedError: the key was used for another command.
        """
        value = command.model_dump_json().encode()
        digest = hashlib.sha256(type(command).types[0].encode() + b"\n" + value).digest()
        command_id = uuid4()
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection, connection.transaction():
            new = await connection.fetchval(
                "INSERT INTO http_commands (idempotency_key, body_sha256, command_id) VALUES ($1, $2, $3) "
                "ON CONFLICT DO NOTHING RETURNING true",
                idempotency_key,
                digest,
                command_id,
            )
            if not new:
                return await self._known(connection, idempotency_key, digest)
            await outbox.insert(connection, [self._row(command, command_id, value, traceparent)])
            await outbox.wake(connection)
        return Submitted(command_id, None)

    async def _known(self, connection: Any, key: str, digest: bytes) -> Submitted:
        row = await connection.fetchrow(
            "SELECT body_sha256, command_id, answer FROM http_commands WHERE idempotency_key = $1", key
        )
        if row is None or row["body_sha256"] != digest:
            raise KeyReusedError(key)
        return Submitted(UUID(int=row["command_id"].int), json.loads(row["answer"]) if row["answer"] else None)

    def _row(self, command: Command, id_: UUID, value: bytes, traceparent: str | None) -> Row:
        kind = type(command)
        key = str(getattr(command, kind.key))
        now = self._clock.now()
        envelope = Envelope(id_, kind.types[0], self._source, key, now, str(id_), None, 0, traceparent)
        return Row(kind.topic, key.encode(), json.dumps(headers_of(envelope)), value)

    async def known(self, command_id: UUID) -> Submitted | None:
        """A command that came in here, or None."""
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
            row = await connection.fetchrow("SELECT answer FROM http_commands WHERE command_id = $1", command_id)
        return None if row is None else Submitted(command_id, json.loads(row["answer"]) if row["answer"] else None)

    async def wait(self, command_id: UUID, seconds: float) -> dict[str, Any] | None:
        """The answer, or None when it takes longer or too many wait already: the command is on its way all the same."""
        if self._waiters >= WAITING_MAX:
            return None
        waiter: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
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
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("edge_interrupted", error=type(error).__name__)
                await asyncio.sleep(POLL_SECONDS)

    async def _hand_out(self, connection: Any) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ring.wait(), POLL_SECONDS)
            self._ring.clear()
            if not self._waiting:
                await connection.fetchval("SELECT 1")
                continue
            rows = await connection.fetch(
                "SELECT command_id, answer FROM http_commands "
                "WHERE command_id = ANY($1::uuid[]) AND answer IS NOT NULL",
                list(self._waiting),
            )
            for row in rows:
                for waiter in self._waiting.get(UUID(int=row["command_id"].int), ()):
                    if not waiter.done():
                        waiter.set_result(json.loads(row["answer"]))


def pointers(error: ValidationError) -> list[dict[str, str]]:
    """What is wrong with a body, as JSON pointers (RFC 6901) with a sentence each; the values are not repeated."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [{"pointer": "#" + "".join(_step(p) for p in e["loc"]), "detail": e["msg"]} for e in found[:20]]


def _step(part: int | str) -> str:
    return "/" + str(part).replace("~", "~0").replace("/", "~1")


def problem(status: int, code: str, title: str, **more: Any) -> Mapping[str, Any]:
    """A problem document (RFC 9457)."""
    return {"type": f"urn:spn:problem:{code}", "title": title, "status": status, **more}
