"""The second program, the bare ceiling: what this machine can do with plain clients, in batches, without rules.

``python -m tests.bench.ceiling``: one service's part of the recipe. Per batch one transaction (inbox, lock, rows,
outbox, positions), then the offsets; beside it a relay (1,000 rows, keyed sends, gathered, deleted by id).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zlib import crc32

import asyncpg
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from spn.messaging.kafka import BATCH_BYTES_MAX
from tests.bench.following import POOL_ROWS, Follower, Out
from tests.bench.process import Setting, run_until_told, setting

BATCH = 500
CHUNK = 1_000
WAIT_MS = 10
POLL_SECONDS = 1.0


class Ceiling:
    """One process: a consumer of all its topics, and a relay."""

    def __init__(self, at: Setting, pool: asyncpg.Pool[asyncpg.Record], follower: Follower) -> None:
        self._pool = pool
        self._follower = follower
        self._wake = asyncio.Event()
        self._consumer = AIOKafkaConsumer(
            *follower.topics,
            group_id=at.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            **at.client,
        )
        self._producer = AIOKafkaProducer(
            acks="all",
            enable_idempotence=True,
            compression_type="lz4",
            linger_ms=0,
            max_batch_size=BATCH_BYTES_MAX,
            **at.client,
        )

    async def run(self) -> None:
        """Consume and publish, until cancelled."""
        await self._producer.start()
        await self._consumer.start()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._consume())
                group.create_task(self._publish())
        finally:
            await self._consumer.stop()
            await self._producer.stop()

    async def _consume(self) -> None:
        async with self._pool.acquire() as connection:
            while True:
                some = await self._consumer.getmany(timeout_ms=WAIT_MS, max_records=BATCH)
                records = [record for part in some.values() for record in part]
                if records:
                    ends = {place: part[-1].offset + 1 for place, part in some.items()}
                    await self._batch(connection, records, ends)
                    await self._consumer.commit(ends)
                    self._wake.set()

    async def _batch(self, connection: Any, records: Sequence[Any], ends: dict[TopicPartition, int]) -> None:
        read, told, roots = [], list[Out](), set[int]()
        for record in records:
            known = self._follower.read(record.headers)
            if known is None:
                continue
            json.loads(record.value)
            read.append(known)
            roots.add(crc32(record.key) % POOL_ROWS)
            told += self._follower.tell(known[1], record.key)
        async with connection.transaction():
            if read:
                await self._write(connection, sorted(read), sorted(roots), told)
            await connection.execute(_POSITIONS, *_columns([(p.topic, p.partition, n) for p, n in ends.items()]))

    async def _write(
        self, connection: Any, read: list[tuple[UUID, str]], roots: list[int], told: Sequence[Out]
    ) -> None:
        await connection.fetch(_CLAIM, *_columns(read))
        await connection.fetch(_LOCK, roots)
        for quota in self._follower.quotas:
            if inserts := quota.inserts(len(read)):
                await connection.execute(_INSERT.format(quota.table.name), *_columns(inserts))
            if updates := quota.updates(len(read)):
                await connection.execute(_UPDATE.format(quota.table.name), *_columns(updates))
        if told:
            await connection.execute(_OUTBOX, *_columns([(o.topic, o.key, o.headers, o.value) for o in told]))

    async def _publish(self) -> None:
        async with self._pool.acquire() as connection:
            while True:
                self._wake.clear()
                rows = await connection.fetch(_UNSENT, CHUNK)
                if not rows:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
                    continue
                sent = []
                for _, topic, key, headers, value in rows:
                    pairs = [(name, text.encode()) for name, text in json.loads(headers).items()]
                    sent.append(await self._producer.send(topic, value=value, key=key, headers=pairs))
                await asyncio.gather(*sent)
                await connection.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", [row[0] for row in rows])


_CLAIM = """INSERT INTO inbox (message_id, handler) SELECT * FROM unnest($1::uuid[], $2::text[])
ON CONFLICT DO NOTHING RETURNING message_id, handler"""
_LOCK = "SELECT id, body FROM roots WHERE id = ANY($1) ORDER BY id FOR UPDATE"
_INSERT = 'INSERT INTO "{}" (id, body) SELECT * FROM unnest($1::uuid[], $2::bytea[])'
_UPDATE = 'UPDATE "{}" t SET body = n.body FROM unnest($1::uuid[], $2::bytea[]) AS n(id, body) WHERE t.id = n.id'
_OUTBOX = """INSERT INTO outbox (topic, key, headers, value) SELECT t, k, h::json, v
FROM unnest($1::text[], $2::bytea[], $3::text[], $4::bytea[]) WITH ORDINALITY AS r(t, k, h, v, n) ORDER BY n"""
_POSITIONS = """INSERT INTO consumer_offsets SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[])
ON CONFLICT (topic, partition) DO UPDATE SET next_offset = EXCLUDED.next_offset"""
_UNSENT = "SELECT id, topic, key, headers, value FROM outbox ORDER BY id LIMIT $1"


def _columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


async def main() -> None:
    """Follow the recipe until told to stop."""
    at = setting()
    async with at.pool() as pool:
        await run_until_told(Ceiling(at, pool, await at.follower(pool)).run())


if __name__ == "__main__":
    uvloop.run(main())
