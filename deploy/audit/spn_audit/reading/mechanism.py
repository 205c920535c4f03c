"""What the messaging core keeps in every service's database: numbers told, the outbox, positions, dead letters."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from spn_audit.events import UNREADABLE, digest, state_of
from spn_audit.reading.snapshot import Snapshot
from spn_audit.states import State

Chain: TypeAlias = tuple[str, str]
"""Topic and key: events count in each of these by themselves."""


@dataclass(frozen=True, slots=True)
class Told:
    """The newest event of an aggregate, as its owner would tell it again."""

    key: str
    sequence: int
    type: str
    digest: int
    state: State


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of the outbox."""

    id: int
    topic: str
    key: str
    type: str
    sequence: int
    message_id: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter; ``outcome`` says what became of one that is closed."""

    id: int
    handler: str
    topic: str
    partition: int
    offset: int
    message_id: str | None
    parked: bool = False
    error: str = ""
    outcome: str | None = None

    @property
    def place(self) -> tuple[str, int, int]:
        return self.topic, self.partition, self.offset


@dataclass(frozen=True, slots=True)
class Lead:
    """Which replica says that it publishes, and which sessions hold the lock that gives the right to."""

    slot: str
    backend: int
    age_seconds: float
    holders: tuple[int, ...]


@dataclass(slots=True)
class Mechanism:
    """All of it, of one service."""

    service: str
    sequences: dict[Chain, int] = field(default_factory=dict)
    told: dict[str, dict[str, Told]] = field(default_factory=dict)
    outbox: list[Waiting] = field(default_factory=list)
    overdue: list[tuple[str, str, str, datetime]] = field(default_factory=list)
    deadlines: int = 0
    positions: dict[tuple[str, int], int] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    http_commands: int = 0
    has_leapt: bool = False
    lead: Lead | None = None


UNANSWERED_SECONDS = 60
_OPEN = 'SELECT id, handler, topic, partition, "offset", message_id, parked, error FROM dead_letters ORDER BY id'
_CLOSED = 'SELECT letter_id, handler, topic, partition, "offset", message_id, outcome FROM dead_letter_history'
_LEAD = "SELECT slot, backend, extract(epoch FROM clock_timestamp() - beat_at)::float8 AS age FROM relay_lead"
_HOLDERS = (
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = $1 AND objid = $2 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


async def read_mechanism(look: Snapshot, service: str, lock: int, due_before: dict[str, datetime]) -> Mechanism:
    """Read it. ``due_before``: by kind of deadline, '' for the others: what was due before counts as overdue."""
    found = Mechanism(service)
    await _read_lead(look, found, lock)
    async for row in look.rows("SELECT topic, key, last FROM sequences"):
        found.sequences[row["topic"], row["key"]] = row["last"]
    async for row in look.rows("SELECT * FROM told"):
        headers = json.loads(row["headers"][0])
        told = _told(row["topic"], row["key"], row["sequence"], headers, row["payloads"][0])
        found.told.setdefault(row["topic"], {})[row["subject"]] = told
    async for row in look.rows("SELECT id, topic, key, headers FROM outbox ORDER BY id"):
        found.outbox.append(_waiting(row["id"], row["topic"], row["key"], json.loads(row["headers"])))
    async for row in look.rows("SELECT topic, partition, next_offset FROM consumer_offsets"):
        found.positions[row["topic"], row["partition"]] = row["next_offset"]
    await _read_letters(look, found)
    await _read_deadlines(look, found, due_before)
    await _read_edge(look, found)
    found.has_leapt = bool(await look.value("SELECT EXISTS (SELECT FROM sequence_floor)"))
    return found


async def _read_lead(look: Snapshot, found: Mechanism, lock: int) -> None:
    """First of all: the locks are those of now, and the heartbeat is that of the snapshot's moment."""
    holders = [row["pid"] async for row in look.rows(_HOLDERS, lock >> 32, lock & 0xFFFFFFFF)]
    async for row in look.rows(_LEAD):
        found.lead = Lead(row["slot"], row["backend"], row["age"], tuple(holders))


def _told(topic: str, key: str, sequence: int, headers: dict[str, str], value: bytes) -> Told:
    type_ = headers["ce_type"]
    try:
        state = state_of(topic, type_, value)
    except UNREADABLE:
        state = None  # what cannot be read is not what was told: the fingerprint says so
    return Told(key, sequence, type_, digest(headers, value), state)


def _waiting(id_: int, topic: str, key: bytes | None, headers: dict[str, str]) -> Waiting:
    said = headers.get("ce_sequence", "0")
    sequence = int(said) if said.isdigit() else 0
    name = (key or b"").decode("utf-8", "replace")
    return Waiting(id_, topic, name, headers.get("ce_type", ""), sequence, headers.get("ce_id", ""))


async def _read_letters(look: Snapshot, found: Mechanism) -> None:
    async for row in look.rows(_OPEN):
        id_, handler, topic, partition, offset, message, parked, error = row
        kind = error.partition(":")[0][:100]
        found.letters.append(Letter(id_, handler, topic, partition, offset, _text(message), parked, kind))
    async for row in look.rows(_CLOSED):
        id_, handler, topic, partition, offset, message, outcome = row
        found.letters.append(Letter(id_, handler, topic, partition, offset, _text(message), outcome=outcome))


async def _read_deadlines(look: Snapshot, found: Mechanism, due_before: dict[str, datetime]) -> None:
    async for row in look.rows("SELECT kind, root, subject, due_at FROM deadlines"):
        found.deadlines += 1
        if row["due_at"] < due_before.get(row["kind"], due_before[""]):
            found.overdue.append((row["kind"], row["root"], row["subject"], row["due_at"]))


async def _read_edge(look: Snapshot, found: Mechanism) -> None:
    found.http_commands = await look.value("SELECT count(*) FROM http_commands")
    late = "SELECT command_id FROM http_commands WHERE answer IS NULL AND created_at < now() - $1 * interval '1 second'"
    async for row in look.rows(late, UNANSWERED_SECONDS):
        found.unanswered.append(str(row["command_id"]))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
