"""Personal links: an unguessable code stands for one person in one enrolment, until it expires or is revoked.

Only the hash of a code is kept, so that a copy of the database opens nobody's page; finding it by that hash tells a
guesser nothing, however long it takes. Terms are real time: no driven clock makes a link live longer.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from spn.messaging.policies import Connection

CODE_BYTES: Final = 32
LIVES: Final = timedelta(days=14)
KEPT: Final = timedelta(days=30)
"""How long one that expired is kept: until then it is told apart from one that never was."""
PARTICIPANT: Final = "participant"
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Link:
    """What a code stands for."""

    enrolment_id: UUID
    person_id: UUID
    purpose: str


async def issue(
    connection: Connection, enrolment_id: UUID, person_id: UUID, purpose: str = PARTICIPANT, lives: timedelta = LIVES
) -> str:
    """A fresh code of 256 random bits; it is known to nobody but who gets it from here.

    :raises asyncpg.ForeignKeyViolationError: there is no such enrolment or person.
    """
    code = secrets.token_urlsafe(CODE_BYTES)
    await connection.execute("DELETE FROM links WHERE expires_at < now() - $1::interval", KEPT)
    await connection.execute(
        "INSERT INTO links (code_sha256, enrolment_id, person_id, purpose, expires_at) "
        "VALUES ($1, $2, $3, $4, now() + $5::interval)",
        _hashed(code),
        enrolment_id,
        person_id,
        purpose,
        lives,
    )
    return code


async def issue_to_participant(connection: Connection, enrolment_id: UUID, lives: timedelta = LIVES) -> str | None:
    """A fresh code for whoever takes part now; None when there is no such enrolment."""
    person_id = await connection.fetchval("SELECT participant_id FROM enrolments WHERE enrolment_id = $1", enrolment_id)
    return await issue(connection, enrolment_id, person_id, lives=lives) if person_id else None


async def find(connection: Connection, code: str, purpose: str = PARTICIPANT) -> Link | None:
    """What a code stands for; None when it is unknown, expired, revoked, or for something else.

    The first time it is found is kept: an organiser sees whether a link was ever opened.
    """
    if not _CODE.fullmatch(code):
        return None
    row = await connection.fetchrow(
        "SELECT code_sha256, enrolment_id, person_id, purpose, used_at FROM links "
        "WHERE code_sha256 = $1 AND purpose = $2 AND expires_at > now() AND revoked_at IS NULL",
        _hashed(code),
        purpose,
    )
    if row is None:
        return None
    if row["used_at"] is None:
        await connection.execute("UPDATE links SET used_at = now() WHERE code_sha256 = $1", row["code_sha256"])
    return Link(row["enrolment_id"], row["person_id"], row["purpose"])


async def revoke(connection: Connection, enrolment_id: UUID, person_id: UUID | None = None) -> int:
    """End every link to an enrolment, or one person's; how many it were."""
    ended = await connection.fetch(
        "UPDATE links SET revoked_at = now() WHERE enrolment_id = $1 AND ($2::uuid IS NULL OR person_id = $2) "
        "AND revoked_at IS NULL RETURNING 1",
        enrolment_id,
        person_id,
    )
    return len(ended)


def _hashed(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
