"""What a program wrote: records by topic, rows by table. Counted by Kafka and PostgreSQL, not by the program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import asyncpg
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from spn_local.access import KafkaAccess

REQUEST_SECONDS_MAX = 20.0
# Written by the clock and not by messages.
BY_THE_CLOCK = ("relay_lead", "edge_uptime", "migrations")

Rows: TypeAlias = "dict[str, tuple[int, int]]"
"""By ``service.table``: rows inserted, rows updated."""


@dataclass(frozen=True)
class Each:
    """What one enrolment writes: records by topic, rows inserted and updated by table."""

    records: Mapping[str, float]
    rows: Mapping[str, tuple[float, float]]

    def rows_in(self, table: str) -> float:
        """Rows inserted and updated in one table."""
        return sum(self.rows.get(table, (0.0, 0.0)))

    @property
    def row_count(self) -> float:
        """Rows inserted and updated, all tables together."""
        return sum(inserts + updates for inserts, updates in self.rows.values())


@dataclass(frozen=True)
class Written:
    """Records by topic, and rows by table."""

    records: Mapping[str, int]
    rows: Rows

    def each(self, enrolments: int) -> Each:
        """The same for one of so many enrolments."""
        return Each(
            {topic: n / enrolments for topic, n in self.records.items()},
            {table: (n[0] / enrolments, n[1] / enrolments) for table, n in self.rows.items()},
        )

    def since(self, before: Written) -> Written:
        """What came in between."""
        rows = {
            table: (n[0] - before.rows.get(table, (0, 0))[0], n[1] - before.rows.get(table, (0, 0))[1])
            for table, n in self.rows.items()
        }
        return Written({t: n - before.records.get(t, 0) for t, n in self.records.items()}, rows)


class Topics:
    """How many records each topic holds: nothing here is transactional or compacted, so offsets count them."""

    def __init__(self, access: KafkaAccess, prefix: str = "") -> None:
        self._client = AdminClient(access.client_config())
        self._prefix = prefix

    def records(self, topics: Iterable[str]) -> dict[str, int]:
        """By topic."""
        known = self._client.list_topics(timeout=REQUEST_SECONDS_MAX).topics
        asked = {
            TopicPartition(self._prefix + topic, partition): OffsetSpec.latest()
            for topic in topics
            for partition in known[self._prefix + topic].partitions
        }
        found: dict[str, int] = dict.fromkeys(topics, 0)
        for place, future in self._client.list_offsets(asked, request_timeout=REQUEST_SECONDS_MAX).items():
            found[place.topic.removeprefix(self._prefix)] += future.result().offset
        return found


async def rows_of(urls: Mapping[str, str]) -> Rows:
    """Rows inserted and updated in each table ever. Exact once the sessions that wrote have ended."""
    found: Rows = {}
    for service, url in urls.items():
        connection = await asyncpg.connect(url)
        try:
            for row in await connection.fetch("SELECT relname, n_tup_ins, n_tup_upd FROM pg_stat_user_tables"):
                if row["relname"] in BY_THE_CLOCK:
                    continue
                found[f"{service}.{row['relname']}"] = (row["n_tup_ins"], row["n_tup_upd"])
        finally:
            await connection.close()
    return found
