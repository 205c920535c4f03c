"""How a program without rules follows a recipe: what to tell and how many rows to write for what it read."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from uuid import UUID, uuid4

from tests.bench.recipe import Role, Table, Tell

POOL_ROWS = 1_000
"""Rows that are there from the start, to be locked and updated."""

CORE_TABLES = """
CREATE TABLE inbox (message_id uuid, handler text, seen_at timestamptz NOT NULL DEFAULT now(),
                    PRIMARY KEY (message_id, handler));
CREATE INDEX inbox_seen_at ON inbox USING brin (seen_at);
CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic text NOT NULL, key bytea,
                     headers json NOT NULL, value bytea, created_at timestamptz NOT NULL DEFAULT clock_timestamp())
    WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
          autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000,
          autovacuum_vacuum_cost_delay = 0);
CREATE TABLE consumer_offsets (topic text, partition integer, next_offset bigint NOT NULL,
                               PRIMARY KEY (topic, partition)) WITH (fillfactor = 50);
CREATE TABLE roots (id integer PRIMARY KEY, body bytea NOT NULL) WITH (fillfactor = 50);
INSERT INTO roots SELECT n, convert_to(repeat('x', 200), 'UTF8') FROM generate_series(0, 999) AS n;
"""


def schema(role: Role) -> str:
    """The tables of this role: named as the service's own, each with rows to update, as wide as the service's."""
    made = [CORE_TABLES]
    for table in role.tables:
        body = f"convert_to(repeat('x', {max(1, table.row_bytes - 40)}), 'UTF8')"
        made.append(f'CREATE TABLE "{table.name}" (id uuid PRIMARY KEY, body bytea NOT NULL) WITH (fillfactor = 80);')
        made.append(
            f'INSERT INTO "{table.name}" SELECT md5(n::text)::uuid, {body} FROM generate_series(1, {POOL_ROWS}) n;'
        )
    return "\n".join(made)


@dataclass
class Quota:
    """How many rows of a table are due: whole ones, that add up to the rate whatever the steps."""

    table: Table
    pool: Sequence[UUID]
    _inserts: float = 0.0
    _updates: float = 0.0
    _next: int = 0

    def inserts(self, messages: int) -> list[tuple[UUID, bytes]]:
        """Rows to insert for so many messages: an id, and a body."""
        self._inserts += self.table.inserts * messages
        due, self._inserts = divmod(self._inserts + 1e-9, 1)
        return [(uuid4(), self._body()) for _ in range(int(due))]

    def updates(self, messages: int) -> list[tuple[UUID, bytes]]:
        """Rows to update, each once: never more than there are."""
        self._updates += self.table.updates * messages
        due, self._updates = divmod(self._updates + 1e-9, 1)
        first, self._next = self._next, self._next + int(due)
        return [(self.pool[n % len(self.pool)], self._body()) for n in range(first, self._next)]

    def _body(self) -> bytes:
        return os.urandom(max(1, self.table.row_bytes - 40))


@dataclass(frozen=True)
class Out:
    """A message on its way out."""

    topic: str
    key: bytes
    headers: str
    value: bytes


class Template:
    """Makes messages like those that the system told, in their order, each with an id of its own."""

    def __init__(self, tell: Tell, prefix: str) -> None:
        self._tell = tell
        self._topic = prefix + tell.topic
        self._told = cycle([(*_around_id(headers), base64.b64decode(value)) for headers, value in tell.told])

    def messages(self, cause: bytes) -> Iterator[Out]:
        """What follows from one message with this key."""
        for n in range(self._tell.times):
            head, tail, value = next(self._told)
            yield Out(self._topic, self._key(cause, n), f"{head}{uuid4()}{tail}", value)

    def _key(self, cause: bytes, number: int) -> bytes:
        if self._tell.key == "same":
            return cause
        return b"%s-%d" % (cause, number) if self._tell.key == "numbered" else str(uuid4()).encode()


def _around_id(headers: Mapping[str, str]) -> tuple[str, str]:
    """What stands before and after the id in the headers as JSON."""
    head, _, tail = json.dumps({**headers, "ce_id": "@"}).partition("@")
    return head, tail


class Follower:
    """One service's part of the recipe."""

    def __init__(self, role: Role, prefix: str, pools: Mapping[str, Sequence[UUID]]) -> None:
        self.role = role
        self.topics = [prefix + topic for topic in role.topics]
        self.quotas = [Quota(table, pools.get(table.name, ())) for table in role.tables]
        self._reads = frozenset(role.reads)
        self._tells = {cause: [Template(t, prefix) for t in some] for cause, some in role.tells.items()}

    def read(self, headers: Iterable[tuple[str, bytes]]) -> tuple[UUID, str] | None:
        """The id and type of a message, or nothing where the service does not read that type."""
        found = dict(headers)
        type_ = found["ce_type"].decode()
        return (UUID(found["ce_id"].decode()), type_) if type_ in self._reads else None

    def tell(self, type_: str, key: bytes) -> Iterator[Out]:
        """Everything that follows from a message of this type with this key."""
        for template in self._tells.get(type_, ()):
            yield from template.messages(key)
