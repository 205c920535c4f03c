"""The third program, the naive way: a FastStream handler, a message at a time.

``python -m tests.bench.naive``: one service's part of the recipe. Per message one transaction with one INSERT a row,
then the messages that follow are published, then FastStream commits the offset (``AckPolicy.ACK``). No outbox and no
stored positions, since it does not need them: a crash between commit and publishing loses messages.
"""

from __future__ import annotations

import asyncio
import json

import asyncpg
import uvloop
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.security import SASLScram512

from tests.bench.following import Follower
from tests.bench.process import Setting, run_until_told, setting

CLAIM = "INSERT INTO inbox (message_id, handler) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING message_id"


class Naive:
    """One process: a handler on each of its topics."""

    def __init__(self, at: Setting, pool: asyncpg.Pool[asyncpg.Record], follower: Follower) -> None:
        access = at.access
        assert access.username
        assert access.password
        self._pool = pool
        self._follower = follower
        self._broker = KafkaBroker(
            access.bootstrap, security=SASLScram512(access.username, access.password), logger=None
        )
        for topic in follower.topics:
            subscriber = self._broker.subscriber(
                topic, group_id=f"{at.group}.{topic}", ack_policy=AckPolicy.ACK, auto_offset_reset="earliest"
            )
            subscriber(self._handle)

    async def run(self) -> None:
        """Handle, until cancelled."""
        async with self._broker:
            await self._broker.start()
            await asyncio.Event().wait()

    async def _handle(self, message: KafkaMessage) -> None:
        record = message.raw_message
        assert not isinstance(record, tuple)
        assert record.key is not None
        assert record.value is not None
        known = self._follower.read(record.headers)
        if known is None:
            return
        json.loads(record.value)
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.fetchval(CLAIM, *known)
            for quota in self._follower.quotas:
                for row in quota.inserts(1):
                    await connection.execute(f'INSERT INTO "{quota.table.name}" VALUES ($1, $2)', *row)
                for id_, body in quota.updates(1):
                    await connection.execute(f'UPDATE "{quota.table.name}" SET body = $2 WHERE id = $1', id_, body)
        for out in self._follower.tell(known[1], record.key):
            await self._broker.publish(out.value, out.topic, key=out.key, headers=json.loads(out.headers))


async def main() -> None:
    """Follow the recipe until told to stop."""
    at = setting()
    async with at.pool() as pool:
        await run_until_told(Naive(at, pool, await at.follower(pool)).run())


if __name__ == "__main__":
    uvloop.run(main())
