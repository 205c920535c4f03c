"""The personal learning track: progress on one's goals and reflections on each theme. On no topic, like the needs.

Each is shared by its owner with nobody, with the coach, or with the cohort and the coach. All of it is deleted at the
end of the two years, or as soon as the enrolment ends otherwise.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias, get_args
from uuid import UUID

from enrolment.needs import GIVERS, KEEPING, Whose, is_still_theirs
from spn.messaging.policies import Connection

Sharing: TypeAlias = Literal["nobody", "coach", "cohort"]
Came: TypeAlias = Literal["kept", "changed", "gone"]
"""What came of writing: kept, changed by another window meanwhile, or not theirs any more."""
SHARINGS: Final[tuple[Sharing, ...]] = get_args(Sharing)
GOALS: Final = "goals"
THEME: Final = "theme:"
"""How the part of a theme begins."""
TAKING_PART: Final = ("accepted", "completed")
"""Who has a learning track."""

_OWN: Final = """
    SELECT part, text, shared_with, delete_after FROM reflections
    WHERE enrolment_id = $1 AND person_id = $2 ORDER BY part"""
_PUT: Final = """
    INSERT INTO reflections (enrolment_id, person_id, part, text, shared_with, delete_after)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (enrolment_id, person_id, part) DO UPDATE
    SET text = EXCLUDED.text, shared_with = EXCLUDED.shared_with, delete_after = EXCLUDED.delete_after"""
_DROP: Final = "DELETE FROM reflections WHERE enrolment_id = $1 AND person_id = $2 AND part = $3"
_SHARED: Final = f"""
    SELECT p.name, r.part, r.text, n.text AS goals
    FROM reflections r
    JOIN enrolments e ON e.enrolment_id = r.enrolment_id AND e.participant_id = r.person_id
    JOIN people p ON p.person_id = r.person_id
    LEFT JOIN needs n ON n.enrolment_id = r.enrolment_id AND n.kind = 'goals' AND r.part = 'goals' AND {GIVERS}
        AND n.delete_after > $1
    WHERE e.status = ANY($2) AND e.commitment IS DISTINCT FROM 'left-early' AND r.delete_after > $1
        AND r.shared_with = ANY($3) AND (r.text <> '' OR n.text IS NOT NULL)"""  # noqa: S608 - no input in it
_OF_COHORT: Final = f"{_SHARED} AND e.edition_id = $4 AND r.person_id <> $5 ORDER BY p.name, p.person_id, r.part"
_FOR_COACH: Final = f"{_SHARED} AND e.enrolment_id = $4 AND r.person_id = $5 ORDER BY r.part"
_SWEEP: Final = """
    DELETE FROM reflections r WHERE r.delete_after <= $1 OR EXISTS (
        SELECT FROM enrolments e
        WHERE e.enrolment_id = r.enrolment_id AND e.status <> ALL($2)
    )"""


@dataclass(frozen=True, slots=True)
class Reflection:
    """A part of somebody's learning track, as its owner sees it."""

    part: str
    text: str
    shared_with: Sharing
    delete_after: datetime

    @property
    def stake(self) -> int:
        """Tells what is written from what was, so that nothing is overwritten unseen."""
        return zlib.crc32(f"{self.shared_with}\n{self.text}".encode())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep. Goals may be shared without a word on their progress."""
        return not self.text and (self.part != GOALS or self.shared_with == "nobody")


@dataclass(frozen=True, slots=True)
class Shared:
    """A part of the learning track of somebody who shares it. ``goals``: what they wanted, beside the progress."""

    name: str
    part: str
    text: str
    goals: str | None


async def reflections_of(connection: Connection, enrolment_id: UUID, person_id: UUID) -> Mapping[str, Reflection]:
    """All that this person wrote, by its part."""
    rows = await connection.fetch(_OWN, enrolment_id, person_id)
    return {row["part"]: Reflection(**row) for row in rows}


async def changed(connection: Connection, whose: Whose, reflection: Reflection, before: int) -> Came:
    """Keep it in the place of what had this ``stake``, 0 for nothing, in the transaction that is open.

    An emptied one goes. The same sent again is kept already.
    """
    if not await is_still_theirs(connection, whose, TAKING_PART):
        return "gone"
    enrolment_id, person_id, _ = whose
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 7))", f"{enrolment_id}/{person_id}")
    found = (await reflections_of(connection, enrolment_id, person_id)).get(reflection.part)
    there = found.stake if found else 0
    if there == (0 if reflection.is_empty else reflection.stake):
        return "kept"
    if there != before:
        return "changed"
    if reflection.is_empty:
        await connection.execute(_DROP, enrolment_id, person_id, reflection.part)
    else:
        given = (reflection.part, reflection.text, reflection.shared_with, reflection.delete_after)
        await connection.execute(_PUT, enrolment_id, person_id, *given)
    return "kept"


async def of_cohort(connection: Connection, edition_id: str, person_id: UUID, now: datetime) -> Sequence[Shared]:
    """What the others who take part share with everybody in the edition."""
    rows = await connection.fetch(_OF_COHORT, now, TAKING_PART, ["cohort"], edition_id, person_id)
    return [Shared(**row) for row in rows]


async def for_coach(connection: Connection, enrolment_id: UUID, person_id: UUID, now: datetime) -> Sequence[Shared]:
    """What this participant shares with the coach, be it with the cohort too."""
    rows = await connection.fetch(_FOR_COACH, now, TAKING_PART, ["coach", "cohort"], enrolment_id, person_id)
    return [Shared(**row) for row in rows]


async def sweep(connection: Connection, now: datetime) -> int:
    """Delete whatever there is no use for any more; how many it were."""
    done: str = await connection.execute(_SWEEP, now, KEEPING)
    return int(done.removeprefix("DELETE "))
