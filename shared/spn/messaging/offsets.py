"""How far each partition was handled, stored with the effects. The database is the truth about position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from spn.messaging.policies import Connection

Place = tuple[str, int]


class Position(StrEnum):
    """Where an operator can tell a service to go on."""

    EARLIEST = "earliest"
    COMMITTED = "committed"


class PositionError(Exception):
    """The stored position and the log contradict each other: a person must decide."""


@dataclass(frozen=True, slots=True)
class Log:
    """What the broker says of one partition."""

    beginning: int
    end: int
    committed: int | None


async def save(connection: Connection, positions: Mapping[Place, int]) -> None:
    """Store the next offset of each partition. A replica that lost a partition never turns it back."""
    if not positions:
        return
    places = sorted(positions)
    await connection.execute(
        "INSERT INTO consumer_offsets AS o (topic, partition, next_offset) "
        "SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]) "
        "ON CONFLICT (topic, partition) DO UPDATE SET next_offset = GREATEST(o.next_offset, EXCLUDED.next_offset)",
        [p[0] for p in places],
        [p[1] for p in places],
        [positions[p] for p in places],
    )


async def load(connection: Connection, topic: str, partitions: Sequence[int]) -> dict[int, int]:
    """The stored next offset of each of these partitions that has one."""
    rows = await connection.fetch(
        "SELECT partition, next_offset FROM consumer_offsets WHERE topic = $1 AND partition = ANY($2::int[])",
        topic,
        list(partitions),
    )
    return {row[0]: row[1] for row in rows}


async def rewind(connection: Connection, positions: Mapping[Place, int]) -> None:
    """Set the stored positions, also backwards: an operator's decision."""
    places = sorted(positions)
    await connection.execute(
        "INSERT INTO consumer_offsets (topic, partition, next_offset) "
        "SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]) "
        "ON CONFLICT (topic, partition) DO UPDATE SET next_offset = EXCLUDED.next_offset",
        [p[0] for p in places],
        [p[1] for p in places],
        [positions[p] for p in places],
    )


def start_at(topic: str, partition: int, stored: int | None, log: Log) -> int:
    """The offset to begin with.

    :raises PositionError: an emptied database, a topic that was made anew, or messages that retention took away
        before they were handled.
    """
    where = f"{topic}[{partition}]"
    if stored is None:
        if log.committed:
            raise emptied(topic, partition, log.committed)
        return log.beginning
    if stored > log.end:
        raise PositionError(
            f"{where}: stored offset {stored} lies after the end of the log ({log.end}): was it made anew?"
        )
    refuse_removed(topic, partition, stored, log.beginning)
    return stored


def emptied(topic: str, partition: int, handled: int) -> PositionError:
    """Nothing is stored of a partition that was handled up to an offset."""
    return PositionError(
        f"{topic}[{partition}]: offset {handled} was handled, but this database stores none: it was emptied or is "
        "another one. Decide: 'rewind --to earliest' (then republish at the owners) or 'rewind --to committed'."
    )


def refuse_removed(topic: str, partition: int, position: int, beginning: int) -> None:
    """Messages from ``position`` on must still be there.

    :raises PositionError: retention took them away before they were handled.
    """
    if position < beginning:
        raise PositionError(
            f"{topic}[{partition}]: the next offset, {position}, lies before the start of the log ({beginning}): "
            "messages were removed unread. Let the owner republish, then 'rewind --to earliest'."
        )
