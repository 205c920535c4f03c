"""The numbers of events: they count per topic and key, under the lock of their row, and never come twice."""

from __future__ import annotations

from collections.abc import Mapping

from spn.messaging.policies import Connection

JUMP = 1_000_000

Place = tuple[str, str]

_DRAW = """
WITH floor AS (SELECT coalesce(max(floor), 0) AS floor FROM sequence_floor)
INSERT INTO sequences AS s (topic, key, last)
SELECT t, k, n + floor FROM unnest($1::text[], $2::text[], $3::bigint[]) AS r(t, k, n), floor ORDER BY t, k
ON CONFLICT (topic, key) DO UPDATE SET last = s.last + EXCLUDED.last - (SELECT floor FROM floor)
RETURNING topic, key, last
"""


async def draw(connection: Connection, counts: Mapping[Place, int]) -> dict[Place, int]:
    """Lock and raise the sequence of each (topic, key) by so many; the number before the first one drawn.

    The lock is held until the transaction ends, and taken in the order of the keys.
    """
    places = sorted(counts)
    rows = await connection.fetch(_DRAW, [p[0] for p in places], [p[1] for p in places], [counts[p] for p in places])
    return {(r[0], r[1]): r[2] - counts[r[0], r[1]] for r in rows}


async def leap(connection: Connection) -> int:
    """After an emptied database or a restore: go on far beyond every number that may have been told; how many keys.

    What this database knows jumps by a million. What it does not know, because it was made after the backup, begins at
    the milliseconds since 1970: beyond what one event a millisecond could have reached.
    """
    await connection.execute(
        "INSERT INTO sequence_floor (floor) VALUES ((extract(epoch FROM clock_timestamp()) * 1000)::bigint) "
        "ON CONFLICT (single) DO UPDATE SET floor = GREATEST(sequence_floor.floor, EXCLUDED.floor)"
    )
    result = await connection.execute("UPDATE sequences SET last = last + $1", JUMP)
    return int(result.split()[-1])


async def is_emptied(connection: Connection) -> bool:
    """Whether this database knows of no number ever told: new, or emptied."""
    return not await connection.fetchval("SELECT EXISTS (SELECT FROM sequences)")
