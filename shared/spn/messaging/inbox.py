"""The inbox: which message each handler has seen. What makes at-least-once delivery have its effect once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from spn.messaging.policies import Connection

Seen = tuple[UUID, str]


async def claim(connection: Connection, wanted: Iterable[Seen]) -> set[Seen]:
    """Mark each (message id, handler) as seen; those that were not seen before are returned.

    A concurrent claim of the same pair waits for the other transaction and then returns nothing. Keys are sorted, so
    that two batches that share pairs cannot deadlock.
    """
    pairs = sorted(set(wanted))
    if not pairs:
        return set()
    rows = await connection.fetch(
        "INSERT INTO inbox (message_id, handler) SELECT * FROM unnest($1::uuid[], $2::text[]) "
        "ON CONFLICT DO NOTHING RETURNING message_id, handler",
        [pair[0] for pair in pairs],
        [pair[1] for pair in pairs],
    )
    return {(row[0], row[1]) for row in rows}


async def purge(connection: Connection, keep: timedelta, rows_max: int = 10_000) -> int:
    """Forget at most ``rows_max`` marks older than ``keep``, which must exceed every topic's retention."""
    result = await connection.execute(
        "DELETE FROM inbox WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM inbox WHERE seen_at < now() - $1::interval LIMIT $2))",
        keep,
        rows_max,
    )
    return int(result.split()[-1])
