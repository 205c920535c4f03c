"""Stored instants that become messages when they are due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spn.decision import Deadline
from spn.messaging import ids
from spn.messaging.policies import Connection

DEADLINE_NAMESPACE = UUID("2b1c0c77-86a3-5d0b-b6b2-0f5b3c1d7a10")

Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that is due."""

    kind: str
    root: str
    subject: str
    due_at: datetime

    @property
    def id(self) -> UUID:
        """The id of the decision it becomes: the same at every try."""
        return ids.named(DEADLINE_NAMESPACE, f"{self.kind}\n{self.root}\n{self.subject}\n{self.due_at.timestamp():.6f}")


async def save(connection: Connection, deadlines: Mapping[Place, Deadline]) -> None:
    """Set and take away deadlines, at most two statements."""
    gone = sorted(place for place, d in deadlines.items() if d.at is None)
    fresh = sorted((place, d.at) for place, d in deadlines.items() if d.at is not None)
    if gone:
        await connection.execute(
            "DELETE FROM deadlines d USING unnest($1::text[], $2::text[], $3::text[]) AS g(kind, root, subject) "
            "WHERE (d.kind, d.root, d.subject) = (g.kind, g.root, g.subject)",
            *columns(gone),
        )
    if fresh:
        await connection.execute(
            "INSERT INTO deadlines (kind, root, subject, due_at) "
            "SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) "
            "ON CONFLICT (kind, root, subject) DO UPDATE SET due_at = EXCLUDED.due_at",
            *columns([place for place, _ in fresh]),
            [at for _, at in fresh],
        )


def columns(places: Sequence[Place]) -> tuple[list[str], list[str], list[str]]:
    """The three key columns of these places."""
    return [p[0] for p in places], [p[1] for p in places], [p[2] for p in places]


async def due(connection: Connection, now: datetime, kinds: Sequence[str], most: int) -> list[Due]:
    """The first ``most`` deadlines of these kinds that are due, oldest first. They are not taken yet."""
    rows = await connection.fetch(
        "SELECT kind, root, subject, due_at FROM deadlines WHERE due_at <= $1 AND kind = ANY($2) "
        "ORDER BY due_at, kind, root, subject LIMIT $3",
        now,
        list(kinds),
        most,
    )
    return [Due(*row) for row in rows]


async def take(connection: Connection, wanted: Sequence[Due]) -> list[Due]:
    """Take these deadlines away; those that were still there, in the order asked. The inbox of deadlines."""
    ordered = sorted(wanted, key=lambda d: (d.kind, d.root, d.subject))
    rows = await connection.fetch(
        "DELETE FROM deadlines d USING unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) "
        "AS g(kind, root, subject, due_at) "
        "WHERE (d.kind, d.root, d.subject, d.due_at) = (g.kind, g.root, g.subject, g.due_at) "
        "RETURNING d.kind, d.root, d.subject",
        *columns([(d.kind, d.root, d.subject) for d in ordered]),
        [d.due_at for d in ordered],
    )
    taken = {tuple(row) for row in rows}
    return [d for d in wanted if (d.kind, d.root, d.subject) in taken]
