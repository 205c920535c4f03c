"""The pipeline of a service on a real database, without Kafka: give it records, see what it would tell."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from spn.clock import Clock, SystemClock
from spn.messaging.envelope import Record
from spn.messaging.parsing import Parser
from spn.messaging.pipeline import Pipeline
from spn.messaging.policies import Policies
from spn.messaging.tally import Tally


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the outbox."""

    topic: str
    key: str
    headers: dict[str, str]
    value: bytes

    @property
    def type(self) -> str:
        return self.headers["ce_type"]

    @property
    def id(self) -> str:
        return self.headers["ce_id"]

    @property
    def sequence(self) -> int:
        return int(self.headers.get("ce_sequence", "0"))

    @property
    def data(self) -> Any:
        return json.loads(self.value)


class Bench:
    """One replica's pipeline."""

    def __init__(
        self,
        service: str,
        policies: Policies,
        pool: asyncpg.Pool[asyncpg.Record],
        *,
        clock: Clock | None = None,
        partitions: Callable[[str], int | None] = lambda _: None,
    ) -> None:
        self.pool = pool
        self.clock = clock or SystemClock()
        self.pipeline = Pipeline(service, policies, pool, self.clock, Parser(policies, self.clock, partitions))

    async def handle(self, *records: Record) -> Tally:
        """Give these records as one batch."""
        return await self.pipeline.handle(records)

    async def told(self, *types: str) -> list[Told]:
        """What waits in the outbox, in its order; of these types only, if any are named."""
        rows = await self.pool.fetch("SELECT topic, key, headers, value FROM outbox ORDER BY id")
        found = [Told(r["topic"], (r["key"] or b"").decode(), json.loads(r["headers"]), r["value"]) for r in rows]
        return [t for t in found if not types or t.type in types]

    async def letters(self) -> Sequence[asyncpg.Record]:
        """The dead letters, oldest first."""
        return await self.pool.fetch("SELECT * FROM dead_letters ORDER BY id")
