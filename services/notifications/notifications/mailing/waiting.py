"""What is not sent, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from notifications.mailing.queue import SENDABLE
from spn.messaging.policies import Connection

log = structlog.get_logger("mailer")

_WAITING = f"""
SELECT count(*) FILTER (WHERE m.state = 'sending' OR (m.state = 'waiting' AND {SENDABLE})) AS sendable,
       count(*) FILTER (WHERE m.state = 'waiting' AND c.email IS NULL) AS address,
       count(*) FILTER (WHERE m.state = 'waiting' AND m.edition_id IS NOT NULL AND e.sequence IS NULL) AS edition,
       count(*) FILTER (WHERE m.state = 'waiting' AND m.document IS NOT NULL AND d.content IS NULL) AS document,
       (SELECT count(*) FROM messages WHERE state = 'unknown') AS unknown
FROM messages m JOIN contacts c USING (person_id)
LEFT JOIN editions e ON e.edition_id = m.edition_id AND e.sequence > 0
LEFT JOIN documents d ON d.sha256 = m.document
WHERE m.state IN ('waiting', 'sending')
"""  # noqa: S608 - no value in it


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many messages can be sent or are being sent, how many wait and for what, how many are in doubt."""

    sendable: int = 0
    address: int = 0
    edition: int = 0
    document: int = 0
    unknown: int = 0


async def waiting(connection: Connection) -> Waiting:
    """What is not sent. One that waits for two things counts twice."""
    row = await connection.fetchrow(_WAITING)
    assert row is not None
    return Waiting(**row)


async def pending(connection: Connection) -> int:
    """Mails that can be sent and are not, those put off after a failure too; not those that wait for something."""
    return (await waiting(connection)).sendable


class Watch:
    """One line in the log whenever what waits for others, or is in doubt, changes."""

    def __init__(self) -> None:
        self._told = Waiting()

    async def look(self, connection: Connection) -> None:
        """Count, and tell if it is another count."""
        now = replace(await waiting(connection), sendable=0)
        if now != self._told:
            log.info(
                "mails_waiting",
                for_address=now.address,
                for_edition=now.edition,
                for_document=now.document,
                unknown=now.unknown,
            )
        self._told = now
