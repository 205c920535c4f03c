"""Which replica publishes: a session advisory lock elects it, a heartbeat shows that it is not frozen."""

from __future__ import annotations

import asyncpg
import structlog

LEAD_LOCK = 7_301_840_102
BEAT_SECONDS = 1.0
BEAT_STALE_SECONDS = 5.0

log = structlog.get_logger("relay")

_BEAT = (
    "INSERT INTO relay_lead (slot, backend, beat_at) SELECT $1, pg_backend_pid(), clock_timestamp() {} "
    "ON CONFLICT (single) DO UPDATE SET slot = EXCLUDED.slot, backend = EXCLUDED.backend, beat_at = EXCLUDED.beat_at "
    "RETURNING true"
)
_TAKE = "WITH lead AS MATERIALIZED (SELECT pg_try_advisory_lock($2) AS taken) " + _BEAT.format("FROM lead WHERE taken")


class LeadLostError(Exception):
    """Another replica leads, or the connection that held the lock is gone."""


async def take(connection: asyncpg.Connection[asyncpg.Record], slot: str) -> bool:
    """Take the lead if nobody has it, with the first beat; whether it was free.

    One statement: a process that froze between lock and beat would lead with a heart that cannot be seen to stand.
    """
    return bool(await connection.fetchval(_TAKE, slot, LEAD_LOCK))


async def beat(connection: asyncpg.Connection[asyncpg.Record], slot: str) -> None:
    """Show that the leader is alive."""
    await connection.execute(_BEAT.format(""), slot)


async def end_frozen(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """End the backend that holds the lock when its heart has not beaten for too long."""
    ended = await connection.fetchval(
        "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN relay_lead r ON r.backend = l.pid "
        "WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database "
        "WHERE datname = current_database()) AND l.classid = $1 AND l.objid = $2 "
        "AND r.beat_at < clock_timestamp() - $3 * interval '1 second'",
        LEAD_LOCK >> 32,
        LEAD_LOCK & 0xFFFFFFFF,
        BEAT_STALE_SECONDS,
    )
    if ended:
        log.warning("relay_took_over", why="the leader's heartbeat was too old")
