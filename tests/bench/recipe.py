"""What the system writes for an enrolment, as a recipe that programs without rules can follow.

It is taken from what the system did: which message made it tell which others, how large they were, and how many rows
each service wrote for a message it read. So the other programs do the same work, and the bench counts that they did.
"""

from __future__ import annotations

import base64
import importlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Literal, TypeAlias

import asyncpg
from confluent_kafka import Consumer, Message, TopicPartition

from spn.messaging.policies import Policies
from spn_local.access import KafkaAccess
from tests.bench.ledger import Each
from tests.bench.scenario import SERVICES

REQUEST_SECONDS_MAX = 20.0
TOLD_MAX = 480
"""Five editions of the season for its sessions: in each they grow from nobody to all seats."""
# What the messaging core needs of its own; a program without it has the same tables for the same purpose, or none.
CORE = ("inbox", "outbox", "consumer_offsets")

Place: TypeAlias = tuple[str, int]
"""Topic and partition."""
KeyRule: TypeAlias = Literal["same", "numbered", "fresh"]


@dataclass(frozen=True)
class Tell:
    """Messages that follow from another, as the system told them one after the other: headers, and values in base64.
    On average they are as large as all that it told.

    Many, and not one again and again, which would be packed into nearly nothing on its way.
    """

    topic: str
    type: str
    times: int
    key: KeyRule
    told: list[tuple[dict[str, str], str]]


@dataclass(frozen=True)
class Table:
    """Rows of one table for one message that is read."""

    name: str
    inserts: float
    updates: float
    row_bytes: int


@dataclass(frozen=True)
class Role:
    """What one service does: the topics and types it reads, what it tells because of them, what rows it writes."""

    service: str
    topics: list[str]
    reads: list[str]
    tells: dict[str, list[Tell]]
    tables: list[Table]
    reads_each: int

    def with_rows_of(self, each: Each) -> Role:
        """The same with as many rows as this; how many a batch needs to write depends on the batches."""
        tables = []
        for table in self.tables:
            inserts, updates = each.rows[f"{self.service}.{table.name}"]
            tables.append(replace(table, inserts=inserts / self.reads_each, updates=updates / self.reads_each))
        return replace(self, tables=tables)

    @classmethod
    def load(cls, file: Path) -> Role:
        """Read what ``save`` wrote."""
        raw = json.loads(file.read_text())
        tells = {cause: [Tell(**t) for t in some] for cause, some in raw.pop("tells").items()}
        return cls(tells=tells, tables=[Table(**t) for t in raw.pop("tables")], **raw)

    def save(self, file: Path) -> None:
        """Write it for a process of its own."""
        file.write_text(json.dumps(asdict(self)))


async def recipe_of(
    access: KafkaAccess,
    topics: Sequence[str],
    urls: Mapping[str, str],
    each: Each,
    services: Sequence[str] = SERVICES,
    *,
    since: Mapping[Place, int] | None = None,
) -> list[Role]:
    """What each service did in the rounds played so far, by the records that are there and the rows counted.

    ``since``: where the records begin that count, by topic and partition; from the first one without.
    """
    flow = _Flow(_records(access, topics, since or {}))
    roles = []
    for service in services:
        policies: Policies = importlib.import_module(f"{service}.policies").POLICIES
        reads = sorted({type_ for topic, type_ in flow.counts if policies.of(topic, type_)})
        mine = [topic for topic in policies.topics if any(topic == t for t, _ in flow.counts)]
        tells = {c: flow.told_by(f"/spn/{service}", c) for c in reads}
        reads_each = round(sum(n for (_, type_), n in flow.counts.items() if type_ in reads) / flow.requests)
        tables = await _tables(service, urls[service], each, reads_each)
        roles.append(Role(service, mine, reads, {c: t for c, t in tells.items() if t}, tables, reads_each))
    return roles


class _Flow:
    """The records that belong to requests for a seat; what a relay sent twice counts once."""

    def __init__(self, records: Sequence[Message]) -> None:
        known = [(r, {name: raw.decode() for name, raw in r.headers() or []}) for r in records]
        once = {(h["ce_id"], h["ce_type"]): (r, h) for r, h in known}.values()
        asked = {h["ce_id"] for _, h in once if h["ce_type"] == "enrolment.request.v1"}
        self.requests = len(asked)
        self._flow = [(r, h) for r, h in once if h["ce_correlationid"] in asked]
        self._types = {h["ce_id"]: h["ce_type"] for _, h in self._flow}
        self._keys = {h["ce_id"]: r.key() for r, h in self._flow}
        self.counts = Counter((r.topic(), h["ce_type"]) for r, h in self._flow)

    def told_by(self, source: str, cause: str) -> list[Tell]:
        """What this source told because of messages of this type, for each of them."""
        found: defaultdict[tuple[str, str], list[tuple[Message, dict[str, str]]]] = defaultdict(list)
        for record, headers in self._flow:
            because = headers.get("ce_causationid", "")
            if headers["ce_source"] == source and self._types.get(because) == cause:
                found[record.topic(), headers["ce_type"]].append((record, headers))
        causes = sum(n for (_, type_), n in self.counts.items() if type_ == cause)
        return [self._tell(topic, type_, some, causes) for (topic, type_), some in sorted(found.items())]

    def _tell(self, topic: str, type_: str, some: list[tuple[Message, dict[str, str]]], causes: int) -> Tell:
        times, rest = divmod(len(some), causes)
        assert rest == 0, f"{type_}: {len(some)} for {causes} messages"
        sizes = [len(record.value()) for record, _ in some]
        mean, starts = fmean(sizes), range(0, max(1, len(some) - TOLD_MAX + 1), TOLD_MAX)
        first = min(starts, key=lambda start: abs(fmean(sizes[start : start + TOLD_MAX]) - mean))
        told = [(h, base64.b64encode(r.value()).decode()) for r, h in some[first : first + TOLD_MAX]]
        return Tell(topic, type_, times, self._key_rule(some), told)

    def _key_rule(self, some: list[tuple[Message, dict[str, str]]]) -> KeyRule:
        if all(record.key() == self._keys[headers["ce_causationid"]] for record, headers in some):
            return "same"
        return "numbered" if 2 * len({record.key() for record, _ in some}) < len(some) else "fresh"


def ends_of(access: KafkaAccess, topics: Sequence[str]) -> dict[Place, int]:
    """Where the next record of each partition will stand."""
    reader = Consumer({**access.client_config(), "group.id": f"{access.username}.bench", "enable.auto.commit": False})
    try:
        known = reader.list_topics(timeout=REQUEST_SECONDS_MAX).topics
        places = [TopicPartition(t, p) for t in topics for p in known[t].partitions]
        return {(p.topic, p.partition): reader.get_watermark_offsets(p, REQUEST_SECONDS_MAX)[1] for p in places}
    finally:
        reader.close()


def _records(access: KafkaAccess, topics: Sequence[str], since: Mapping[Place, int]) -> list[Message]:
    """Everything on these topics from there on."""
    spans = {place: (since.get(place, 0), end) for place, end in ends_of(access, topics).items()}
    left = sum(end - begin for begin, end in spans.values())
    reader = Consumer({**access.client_config(), "group.id": f"{access.username}.bench", "enable.auto.commit": False})
    try:
        reader.assign([TopicPartition(*place, begin) for place, (begin, _) in spans.items()])
        found: list[Message] = []
        while len(found) < left:
            some = reader.consume(min(5_000, left - len(found)), REQUEST_SECONDS_MAX)
            assert some, f"{len(found)} of {left} records, then none came"
            found += some
        return found
    finally:
        reader.close()


async def _tables(service: str, url: str, each: Each, reads_each: int) -> list[Table]:
    connection = await asyncpg.connect(url)
    try:
        found = []
        for place, (inserts, updates) in sorted(each.rows.items()):
            owner, _, name = place.partition(".")
            if owner == service and name not in CORE:
                width = await connection.fetchval(
                    f'SELECT avg(pg_column_size(t.*)) FROM (SELECT * FROM "{name}" LIMIT 2000) t'
                )
                found.append(Table(name, inserts / reads_each, updates / reads_each, round(width or 0)))
        return found
    finally:
        await connection.close()
