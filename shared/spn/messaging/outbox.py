"""The outbox: what was decided and must reach the broker, written in the transaction of the decision.

Invariant: for one topic and key, the order of outbox ids is the order of sequences, because the row lock of the
sequence is held from before the ids are drawn until the transaction ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel
from pydantic_core import to_json

from spn.messaging import sequences, trace
from spn.messaging.contract import Outgoing
from spn.messaging.envelope import JSON_TYPE, ContractError, Envelope, event_id, headers_of
from spn.messaging.policies import Connection

VALUE_BYTES_MAX = 950_000
WAKE_CHANNEL = "spn_outbox"


@dataclass(frozen=True, slots=True)
class Pending:
    """An event on its way into the outbox: encoded, its sequence not yet drawn."""

    outgoing: Outgoing
    payloads: tuple[bytes, ...]
    source: str
    time: datetime
    cause: Envelope | None


class Row(NamedTuple):
    """A row of the outbox: exactly what will be sent."""

    topic: str
    key: bytes | None
    headers: str
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest event of an aggregate, in each of its versions."""

    outgoing: Outgoing
    sequence: int
    headers: list[str]
    payloads: tuple[bytes, ...]


def pending(outgoing: Outgoing, *, source: str, time: datetime, cause: Envelope | None) -> Pending:
    """Encode an event.

    :raises ContractError: it is larger than the broker takes, or cannot be written as JSON.
    """
    payloads = tuple(_encode(type_, data) for type_, data in outgoing.versions)
    return Pending(outgoing, payloads, source, time, cause)


def _encode(type_: str, data: BaseModel) -> bytes:
    raw = getattr(data, "content", None) if content_type_of(data) != JSON_TYPE else None
    try:
        payload = raw if isinstance(raw, bytes) else data.model_dump_json().encode()
    except ValueError as error:
        raise ContractError(f"{type_} cannot be written as JSON: {str(error)[:200]}") from None
    if len(payload) > VALUE_BYTES_MAX:
        raise ContractError(f"{type_} is {len(payload)} bytes, the limit is {VALUE_BYTES_MAX}")
    return payload


def content_type_of(data: BaseModel) -> str:
    """The content type of an event's value: JSON unless its model names another and carries raw ``content``."""
    return str(getattr(type(data), "content_type", JSON_TYPE))


async def append(connection: Connection, events: Sequence[Pending]) -> None:
    """Draw sequences and write the events, keeping their order. Two or three statements, whatever their number."""
    if not events:
        return
    last = await sequences.draw(connection, Counter((e.outgoing.topic, e.outgoing.key) for e in events))
    rows: list[Row] = []
    kept: dict[tuple[str, str], Kept] = {}
    for event in events:
        place = (event.outgoing.topic, event.outgoing.key)
        sequence = last[place] = last[place] + 1
        headers = [to_json(headers_of(e)).decode() for e in _envelopes(event, sequence)]
        key = event.outgoing.key.encode()
        rows += [Row(event.outgoing.topic, key, h, p) for h, p in zip(headers, event.payloads, strict=True)]
        if event.outgoing.kept:
            kept[event.outgoing.topic, event.outgoing.subject] = Kept(event.outgoing, sequence, headers, event.payloads)
    await insert(connection, rows)
    if kept:
        await _keep(connection, list(kept.values()))


def _envelopes(event: Pending, sequence: int) -> Iterable[Envelope]:
    outgoing = event.outgoing
    id_ = event_id(outgoing.topic, outgoing.key, sequence)
    cause = event.cause
    for type_, data in outgoing.versions:
        yield Envelope(
            id=id_,
            type=type_,
            source=event.source,
            subject=outgoing.subject,
            time=event.time,
            correlation_id=cause.correlation_id if cause else str(id_),
            causation_id=str(cause.id) if cause else None,
            sequence=sequence,
            traceparent=trace.child(cause.traceparent, id_) if cause else None,
            content_type=content_type_of(data),
        )


async def insert(connection: Connection, rows: Sequence[Row]) -> None:
    """Write rows as they are, in their order: commands, and records that are put on their right partition."""
    if not rows:
        return
    await connection.execute(
        "INSERT INTO outbox (topic, key, headers, value) SELECT t, k, h::json, v "
        "FROM unnest($1::text[], $2::bytea[], $3::text[], $4::bytea[]) WITH ORDINALITY AS r(t, k, h, v, n) ORDER BY n",
        *map(list, zip(*rows, strict=True)),
    )


async def _keep(connection: Connection, kept: list[Kept]) -> None:
    """Remember the newest event of each aggregate.

    Arrays of unequal length do not unnest in SQL: versions travel flat, each with the place of its aggregate.
    """
    flat = [(k.outgoing, k.sequence, h, p) for k in kept for h, p in zip(k.headers, k.payloads, strict=True)]
    await connection.execute(
        _KEEP,
        [o.topic for o, _, _, _ in flat],
        [o.subject for o, _, _, _ in flat],
        [o.key for o, _, _, _ in flat],
        [sequence for _, sequence, _, _ in flat],
        [headers for _, _, headers, _ in flat],
        [payload for _, _, _, payload in flat],
    )


_KEEP = """
INSERT INTO told AS o (topic, subject, key, sequence, headers, payloads)
SELECT t, s, k, q, array_agg(h::json ORDER BY n), array_agg(p ORDER BY n)
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bytea[]) WITH ORDINALITY
     AS f(t, s, k, q, h, p, n)
GROUP BY t, s, k, q ORDER BY t, s
ON CONFLICT (topic, subject) DO UPDATE
SET key = EXCLUDED.key, sequence = EXCLUDED.sequence, headers = EXCLUDED.headers, payloads = EXCLUDED.payloads
WHERE o.key <> EXCLUDED.key OR o.sequence < EXCLUDED.sequence
"""


async def republish(connection: Connection, topic: str | None = None) -> int:
    """Tell the newest event of each aggregate again, with the same id and sequence; how many records that is."""
    result = await connection.execute(
        "INSERT INTO outbox (topic, key, headers, value) "
        "SELECT t.topic, convert_to(t.key, 'UTF8'), v.h, v.p FROM told t, "
        "unnest(t.headers, t.payloads) WITH ORDINALITY AS v(h, p, n) "
        "WHERE $1::text IS NULL OR t.topic = $1 ORDER BY t.topic, t.key, t.sequence, v.n",
        topic,
    )
    return int(result.split()[-1])


async def wake(connection: Connection) -> None:
    """Tell the leader, in whichever process it is, that there is work. Only a wake-up: it polls anyway."""
    await connection.execute(f"NOTIFY {WAKE_CHANNEL}")
