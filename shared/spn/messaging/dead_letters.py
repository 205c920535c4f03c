"""Dead letters: messages that could not be decided, and the commands that wait behind one.

They keep the untouched bytes. A letter is replayed inside the handler that failed, by the owner of its partition.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from spn.messaging.envelope import Record
from spn.messaging.policies import Connection

ERROR_CHARACTERS_MAX = 2_000
ANY_HANDLER = "*"
DEADLINES = "deadlines"
"""Where the letter of a deadline lies: no topic, and no partition of one."""
NO_PARTITION = -1


@dataclass(frozen=True, slots=True)
class Letter:
    """A record that failed in ``handler`` (``*``: before it reached one), or waits (``parked``) behind one that did."""

    handler: str
    record: Record
    error: str
    message_id: UUID | None = None
    type: str | None = None
    lane: str | None = None
    parked: bool = False
    id: int = 0
    attempts: int = 1


_SHRED = """
    DELETE FROM dead_letters d WHERE EXISTS (
        SELECT FROM unnest($1::text[]) AS word
        WHERE position(lower(encode(convert_to(word, 'UTF8'), 'escape'))
                IN lower(encode(coalesce(d.record_value, '') || coalesce(d.record_key, ''), 'escape'))) > 0
            OR position(lower(word) IN lower(concat_ws(' ', d.record_headers::text, d.lane, d.error, d.note))) > 0
    ) RETURNING 1"""


async def shred(connection: Connection, words: Sequence[str]) -> int:
    """Take away every letter in which one of these words stands, whatever its case; how many it were.

    A letter keeps untouched bytes: the words are looked for in them as UTF-8 and as JSON may escape them, and in key,
    headers, lane, error and note.
    """
    wanted = {form for word in words if word for form in (word, json.dumps(word)[1:-1])}
    return len(await connection.fetch(_SHRED, sorted(wanted)))


async def save(connection: Connection, letters: Sequence[Letter]) -> list[Letter]:
    """Store letters, in their order; those that are new. A letter at the same place and handler is kept once.

    Where that of another message lies, the topic was made anew: the old one gives way, to a place that no log has.
    """
    if not letters:
        return []
    whose = (
        [x.handler for x in letters],
        [x.record.topic for x in letters],
        [x.record.partition for x in letters],
        [x.record.offset for x in letters],
        [x.message_id for x in letters],
    )
    moments = [x.record.timestamp for x in letters]
    await connection.execute(_GIVE_WAY, *whose, moments)
    rows = await connection.fetch(
        _SAVE,
        *whose,
        [clean(x.type, 200) for x in letters],
        [x.lane for x in letters],
        [x.parked for x in letters],
        moments,
        [x.record.key for x in letters],
        [x.record.value for x in letters],
        [_pack(x.record) for x in letters],
        [clean(x.error, ERROR_CHARACTERS_MAX) for x in letters],
    )
    new = {tuple(row) for row in rows}
    return [x for x in letters if (x.record.topic, x.record.partition, x.record.offset, x.handler) in new]


_GIVE_WAY = """
UPDATE dead_letters d SET "offset" = -d.id
FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::uuid[], $6::timestamptz[]) AS x(h, t, p, o, m, r)
WHERE (d.topic, d.partition, d."offset", d.handler) = (x.t, x.p, x.o, x.h) AND d."offset" >= 0
    AND CASE WHEN d.message_id IS NULL OR x.m IS NULL THEN d.record_time <> x.r ELSE d.message_id <> x.m END
"""

_SAVE = """
INSERT INTO dead_letters (handler, topic, partition, "offset", message_id, type, lane, parked, record_time,
                          record_key, record_value, record_headers, error)
SELECT h, t, p, o, m, y, l, w, r, k, v, d::json, e
FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::uuid[], $6::text[], $7::text[], $8::bool[],
            $9::timestamptz[], $10::bytea[], $11::bytea[], $12::text[], $13::text[])
     WITH ORDINALITY AS x(h, t, p, o, m, y, l, w, r, k, v, d, e, n) ORDER BY n
ON CONFLICT (topic, partition, "offset", handler) DO NOTHING RETURNING topic, partition, "offset", handler
"""


def clean(text: str | None, most: int) -> str | None:
    """Text that PostgreSQL takes: no NUL, no lone surrogate, bounded."""
    if text is None:
        return None
    return text[:most].replace("\x00", "\\0").encode("utf-8", "backslashreplace").decode()


def _pack(record: Record) -> str:
    return json.dumps([[clean(n, 200), None if v is None else base64.b64encode(v).decode()] for n, v in record.headers])


def _unpack(text: str) -> tuple[tuple[str, bytes | None], ...]:
    return tuple((n, None if v is None else base64.b64decode(v)) for n, v in json.loads(text))


async def open_lanes(connection: Connection, topic: str, lanes: Sequence[str]) -> set[str]:
    """Which of these lanes have a letter on this topic: what follows in them has to wait.

    Until the transaction ends no letter of theirs is closed: who closes the last one opens the lane to what waits in
    it by then, and nobody would open it to what is parked a moment later.
    """
    rows = await connection.fetch(
        "SELECT lane FROM dead_letters WHERE topic = $1 AND lane = ANY($2::text[]) ORDER BY id FOR KEY SHARE",
        topic,
        list(lanes),
    )
    return {row[0] for row in rows}


async def asked(connection: Connection, topic: str, partitions: Sequence[int], most: int = 50) -> list[Letter]:
    """Letters of these partitions that someone asked to replay, oldest first. A parked one waits for its lane."""
    rows = await connection.fetch(
        "SELECT * FROM dead_letters WHERE topic = $1 AND partition = ANY($2::int[]) AND replay_asked IS NOT NULL "
        "AND NOT parked ORDER BY id LIMIT $3",
        topic,
        list(partitions),
        most,
    )
    return [from_row(row) for row in rows]


def from_row(row: Any) -> Letter:
    """A stored letter."""
    record = Record(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        timestamp=row["record_time"],
        key=row["record_key"],
        value=row["record_value"],
        headers=_unpack(row["record_headers"]),
    )
    return Letter(
        handler=row["handler"],
        record=record,
        error=row["error"],
        message_id=row["message_id"],
        type=row["type"],
        lane=row["lane"],
        parked=row["parked"],
        id=row["id"],
        attempts=row["attempts"],
    )


async def lock(connection: Connection, letter_id: int) -> bool:
    """Hold this letter until the transaction ends; whether it is still there."""
    return bool(await connection.fetchval("SELECT true FROM dead_letters WHERE id = $1 FOR UPDATE", letter_id))


async def failed_again(connection: Connection, letter_id: int, error: str) -> None:
    """The replay failed too: the letter stays, with the new error, until someone asks again."""
    await connection.execute(
        "UPDATE dead_letters SET error = $2, attempts = attempts + 1, tried_at = now(), parked = false, "
        "replay_asked = NULL WHERE id = $1",
        letter_id,
        clean(error, ERROR_CHARACTERS_MAX),
    )


async def close(connection: Connection, letter_id: int, outcome: str, reason: str | None) -> bool:
    """Take a letter away and remember what became of it; whether it was there.

    The first that waits behind it in its lane is asked to be tried, in the same transaction: a crash between the two
    would leave a lane closed that nobody opens.
    """
    gone = await connection.fetchrow(
        "WITH gone AS (DELETE FROM dead_letters WHERE id = $1 RETURNING *), kept AS ("
        'INSERT INTO dead_letter_history (letter_id, handler, topic, partition, "offset", message_id, outcome, reason) '
        'SELECT id, handler, topic, partition, "offset", message_id, $2, $3 FROM gone) SELECT topic, lane FROM gone',
        letter_id,
        outcome,
        clean(reason, ERROR_CHARACTERS_MAX),
    )
    if gone is None:
        return False
    if gone["lane"] is not None:
        await connection.execute(
            "UPDATE dead_letters SET parked = false, replay_asked = now(), note = $3 WHERE parked AND id = "
            "(SELECT id FROM dead_letters WHERE topic = $1 AND lane = $2 ORDER BY id LIMIT 1)",
            gone["topic"],
            gone["lane"],
            "what it waited for is done with",
        )
    return True


async def ask_replay(connection: Connection, letter_id: int, reason: str) -> bool:
    """Ask the owner of its partition to try a letter again; whether there is such a letter that may be asked for."""
    result = await connection.execute(
        "UPDATE dead_letters SET replay_asked = now(), note = $2 WHERE id = $1 AND NOT parked",
        letter_id,
        clean(reason, ERROR_CHARACTERS_MAX),
    )
    return result.endswith("1")


async def discard(connection: Connection, letter_id: int, reason: str) -> bool:
    """Give a letter up; the first that waits behind it in its lane is asked to be tried. Whether there was one."""
    async with connection.transaction():
        return await close(connection, letter_id, "discarded", reason)


async def purge(connection: Connection) -> int:
    """Give up the letters whose term has passed; how many. What waits behind one is tried first, then has its term."""
    rows = await connection.fetch(
        "SELECT id FROM dead_letters WHERE keep_until < now() AND NOT parked AND replay_asked IS NULL ORDER BY id"
    )
    for row in rows:
        await discard(connection, row["id"], "its term has passed")
    return len(rows)


async def keep(connection: Connection, letter_id: int, days: int, reason: str) -> bool:
    """Keep a letter for so many days from now; whether there is such a letter."""
    result = await connection.execute(
        "UPDATE dead_letters SET keep_until = now() + $2 * interval '1 day', note = $3 WHERE id = $1",
        letter_id,
        days,
        clean(reason, ERROR_CHARACTERS_MAX),
    )
    return result.endswith("1")
