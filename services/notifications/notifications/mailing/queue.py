"""What the mailer needs of the database. Messages change only under the lock of their contact, as in every decision.

A step of a mailer holds its messages by a lease: a token and an instant, in rows, so no lock is held while the network
is waited for. Whoever writes a message looks for its own token first: a decision that superseded the message, or made
it say something else, has taken the token away. Instants here are real time, the database's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from notifications.domain import ADDRESS_CHANGED, Addressed, Attempt, Cause, Conclusion, Edition, Entry
from notifications.rendering import Draft
from spn.messaging.policies import Connection

# What can be sent: its address is known, and the titles and the PDF that it needs are here.
SENDABLE = """
CASE m.purpose WHEN 'address-changed' THEN c.email_before ELSE c.email END IS NOT NULL
AND (m.edition_id IS NULL OR EXISTS (SELECT FROM editions e WHERE e.edition_id = m.edition_id AND e.sequence > 0))
AND (m.document IS NULL OR EXISTS (SELECT FROM documents d WHERE d.sha256 = m.document AND d.content IS NOT NULL))
"""

# One at a time per thread, the oldest first: so calendar mails leave in the order of their SEQUENCE.
_CLAIM = f"""
WITH ready AS (
    SELECT m.id FROM messages m JOIN contacts c USING (person_id)
    WHERE m.state = 'waiting' AND m.next_try_at <= now() AND (m.claimed_until IS NULL OR m.claimed_until < now())
    AND {SENDABLE} AND NOT EXISTS (
        SELECT FROM messages o WHERE o.person_id = m.person_id AND o.about = m.about
        AND (o.state = 'sending' OR (o.state = 'waiting' AND o.ordinal < m.ordinal)))
    ORDER BY m.ordinal LIMIT $2 FOR UPDATE OF c, m SKIP LOCKED
)
UPDATE messages m SET claimed_by = $1, claimed_until = now() + $3 FROM ready WHERE m.id = ready.id RETURNING m.id
"""  # noqa: S608 - no value in it

_HELD = """
SELECT m.*, c.name, c.email, c.email_before, c.language, c.sequence AS person_sequence,
       e.sequence AS edition_sequence, e.title_nl, e.title_en, e.themes,
       mails.content AS mail, CASE WHEN mails.content IS NULL THEN d.content END AS pdf
FROM messages m JOIN contacts c USING (person_id) LEFT JOIN editions e USING (edition_id)
LEFT JOIN documents d ON d.sha256 = m.document
LEFT JOIN mails ON mails.message_id = m.id AND mails.person_sequence = c.sequence
WHERE m.id = ANY($1) AND (m.document IS NULL OR d.content IS NOT NULL OR mails.content IS NOT NULL)
ORDER BY m.ordinal
"""

_LAPSE = """
WITH lapsed AS (
    SELECT m.id FROM messages m JOIN contacts c USING (person_id)
    WHERE m.state = 'sending' AND m.claimed_until < now() FOR UPDATE OF c, m SKIP LOCKED
)
UPDATE messages m SET state = 'unknown', changed_at = now() FROM lapsed WHERE m.id = lapsed.id RETURNING m.id
"""

_STORE = """
INSERT INTO mails (message_id, person_sequence, content)
SELECT m.id, r.person_sequence, r.content
FROM unnest($2::uuid[], $3::bigint[], $4::bytea[]) AS r(id, person_sequence, content) JOIN messages m USING (id)
WHERE m.claimed_by = $1 AND m.state = 'waiting'
ON CONFLICT (message_id) DO UPDATE SET person_sequence = EXCLUDED.person_sequence, content = EXCLUDED.content
"""

_BEGIN = """
UPDATE messages SET state = 'sending', attempts = attempts + 1, first_tried_at = COALESCE(first_tried_at, now()),
       claimed_until = now() + $3, changed_at = now()
WHERE id = $1 AND claimed_by = $2 AND state = 'waiting'
"""

_BEGUN = """
SELECT attempts, first_tried_at, unwanted, now() AS at FROM messages
WHERE id = $1 AND claimed_by = $2 AND state IN ('sending', 'unknown')
"""

_CONCLUDE = """
WITH message AS (
    UPDATE messages SET state = $2, code = $3, next_try_at = COALESCE($4, next_try_at), unwanted = false,
           claimed_by = NULL, claimed_until = NULL, changed_at = now()
    WHERE id = $1 RETURNING id, state
)
DELETE FROM mails USING message WHERE message_id = message.id AND message.state NOT IN ('waiting', 'unknown')
"""

# It is kept while a mail may still have to go there.
_FORGET_ADDRESS = """
UPDATE contacts c SET email_before = NULL WHERE person_id = $1 AND NOT EXISTS (
    SELECT FROM messages m WHERE m.person_id = c.person_id AND m.about = 'address'
    AND m.purpose = 'address-changed' AND m.state IN ('waiting', 'sending', 'unknown'))
"""

_RELEASE = """
WITH mine AS (
    SELECT m.id FROM messages m JOIN contacts c USING (person_id)
    WHERE m.state = 'waiting' AND m.claimed_by = $1 FOR UPDATE OF c, m SKIP LOCKED
)
UPDATE messages m SET claimed_by = NULL, claimed_until = NULL FROM mine WHERE m.id = mine.id
"""


@dataclass(frozen=True, slots=True)
class Job:
    """A message held by a lease. ``mail``: its stored bytes, if it was written before."""

    token: UUID
    addressed: Addressed
    draft: Draft
    person_sequence: int
    cause: Cause | None
    mail: bytes | None = field(repr=False)

    @property
    def id(self) -> UUID:
        return self.addressed.message_id


async def claim(connection: Connection, token: UUID, limit: int, lease: timedelta) -> list[Job]:
    """Take the oldest messages that can be sent and nobody holds. Nobody waits for anybody here.

    What their mails need is read after their contacts are locked, so that it is what counts now.
    """
    async with connection.transaction():
        taken = [row["id"] for row in await connection.fetch(_CLAIM, token, limit, lease)]
        return [_job(row, token) for row in await connection.fetch(_HELD, taken)] if taken else []


async def lapse(connection: Connection) -> list[UUID]:
    """Messages whose mailer died while the server had them: nobody knows whether they were taken."""
    return [row["id"] for row in await connection.fetch(_LAPSE)]


async def store(connection: Connection, jobs: Sequence[Job], mails: Mapping[UUID, bytes]) -> None:
    """Keep the bytes of mails, in an open transaction, unless their message was changed in the meantime."""
    written = [job for job in jobs if job.id in mails]
    if written:
        await lock(connection, [job.addressed.person_id for job in written])
        sequences = [job.person_sequence for job in written]
        contents = [mails[job.id] for job in written]
        await connection.execute(_STORE, written[0].token, [job.id for job in written], sequences, contents)


async def lock(connection: Connection, people: Sequence[UUID]) -> None:
    """Lock these contacts until the transaction ends, in the order in which everyone locks them."""
    await connection.execute("SELECT FROM contacts WHERE person_id = ANY($1) ORDER BY person_id FOR UPDATE", people)


async def begin(connection: Connection, job: Job, lease: timedelta) -> bool:
    """Mark the message as being with the server; no, if it is no longer held, or no longer to be sent."""
    return bool(await connection.execute(_BEGIN, job.id, job.token, lease) == "UPDATE 1")


async def begun(connection: Connection, job: Job) -> tuple[Attempt, datetime] | None:
    """The attempt that was begun, and the time; nothing, if others have decided on the message since."""
    row = await connection.fetchrow(_BEGUN, job.id, job.token)
    if row is None:
        return None
    return Attempt(job.addressed, row["attempts"], row["first_tried_at"], row["unwanted"]), row["at"]


async def conclude(connection: Connection, job: Job, conclusion: Conclusion) -> None:
    """Write down what became of the message; the mail itself goes unless it is needed again."""
    await connection.execute(_CONCLUDE, job.id, conclusion.state, conclusion.code, conclusion.next_try_at)
    if job.draft.purpose == ADDRESS_CHANGED:
        await connection.execute(_FORGET_ADDRESS, job.addressed.person_id)


async def release(connection: Connection, token: UUID) -> None:
    """Let go of what was held and not begun. What somebody else has locked lapses by itself."""
    await connection.execute(_RELEASE, token)


def _job(row: asyncpg.Record, token: UUID) -> Job:
    entry = Entry(row["uid"], row["sequence"], row["says"]) if row["uid"] else None
    draft = Draft(
        message_id=row["id"],
        purpose=row["purpose"],
        details=json.loads(row["details"]),
        entry=entry,
        name=row["name"],
        email=row["email_before"] if row["purpose"] == ADDRESS_CHANGED else row["email"],
        language=row["language"],
        edition=_edition(row) if row["edition_id"] else None,
        pdf=row["pdf"],
    )
    addressed = Addressed(row["person_id"], row["id"], row["purpose"], row["about"], row["version"], entry)
    cause = Cause(row["cause"], row["correlation_id"], row["traceparent"]) if row["cause"] else None
    return Job(token, addressed, draft, row["person_sequence"], cause, row["mail"])


def _edition(row: asyncpg.Record) -> Edition:
    themes = {theme: (titles[0], titles[1]) for theme, titles in json.loads(row["themes"]).items()}
    return Edition(row["edition_id"], row["edition_sequence"], row["title_nl"], row["title_en"], themes)
