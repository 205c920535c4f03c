"""What participants say for themselves: goals, and dietary and access needs. In a table of its own, on no topic.

Diet and access are special personal data (GDPR, article 9): kept by consent, deleted 30 days after the edition's last
day. Goals are confidential from the employer who pays: deleted at the end of the two years. Both go as soon as the
enrolment ends otherwise, or is somebody else's. Organisers get counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias, get_args
from uuid import UUID, uuid5

from enrolment.domain.calendar import start_of
from enrolment.domain.terms import COMMITMENT_YEARS, Terms
from spn.messaging.policies import Connection

Kind: TypeAlias = Literal["goals", "diet", "access"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
SPECIAL: Final[frozenset[Kind]] = frozenset({"diet", "access"})
"""Kept by consent only."""
KEPT_AFTER_END: Final = timedelta(days=30)
KEPT_UNDECIDED: Final = timedelta(days=1)

GIVERS = "coalesce(n.person_id = e.participant_id, e.former_participant_ids = '{}')"
"""Whether who gave it is who takes part. With the request it was the first one, who nobody has replaced then."""
_PUT = """
    INSERT INTO needs (enrolment_id, kind, text, person_id, consent_at, delete_after, created_at)
    SELECT $1, given.kind, given.text, $2, given.consent_at, given.delete_after, $3
    FROM unnest($4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[])
        AS given (kind, text, consent_at, delete_after)
    ON CONFLICT (enrolment_id, kind) DO UPDATE SET text = EXCLUDED.text, person_id = EXCLUDED.person_id,
        consent_at = EXCLUDED.consent_at, delete_after = EXCLUDED.delete_after, created_at = EXCLUDED.created_at"""
_OF = f"""
    SELECT n.kind, n.text, n.consent_at, n.delete_after
    FROM needs n JOIN enrolments e USING (enrolment_id)
    WHERE n.enrolment_id = $1 AND e.participant_id = $2 AND e.status = ANY($3) AND {GIVERS}"""  # noqa: S608 - no input in it
_STILL_THEIRS = """
    SELECT true FROM enrolments
    WHERE enrolment_id = $1 AND participant_id = $2 AND link_version = $3 AND status = ANY($4) FOR SHARE"""
"""An erasure leaves all of this but the version, which it raises."""
_COUNTS = f"""
    SELECT n.kind, count(*) AS people
    FROM needs n JOIN enrolments e USING (enrolment_id)
    WHERE e.edition_id = $1 AND e.status = ANY($2) AND n.kind = ANY($3) AND {GIVERS}
    GROUP BY n.kind"""  # noqa: S608 - no input in it
_SWEEP = f"""
    DELETE FROM needs n WHERE n.delete_after <= $1
    OR (n.created_at <= $2 AND NOT EXISTS (SELECT FROM enrolments e WHERE e.enrolment_id = n.enrolment_id))
    OR EXISTS (
        SELECT FROM enrolments e
        WHERE e.enrolment_id = n.enrolment_id AND NOT (e.status = ANY($3) AND {GIVERS})
    )"""  # noqa: S608 - no input in it

KEEPING: Final = ("requested", "waiting", "offered", "accepted", "completed")
"""The states of an enrolment in which there is a use for them."""
_COMING: Final = ("accepted", "completed")


class Whose(NamedTuple):
    """Who writes: a person in an enrolment, as long as links of this version open it."""

    enrolment_id: UUID
    person_id: UUID
    link_version: int


@dataclass(frozen=True, slots=True)
class Need:
    """One of them, as its owner sees it. ``delete_after`` is what was promised when it was given."""

    kind: Kind
    text: str
    consent_at: datetime | None
    delete_after: datetime


def enrolment_of(command_id: UUID) -> UUID:
    """The enrolment that this request will be, if it becomes one: the id that its decision makes."""
    return uuid5(command_id, "enrolment")


def deleted_on(terms: Terms, kind: Kind) -> date:
    """The day on which it is deleted at the latest, in Amsterdam."""
    return terms.ends_on + KEPT_AFTER_END if kind in SPECIAL else terms.years_after_start(COMMITMENT_YEARS)


def deleted_at(terms: Terms, kind: Kind) -> datetime:
    """The first instant of that day."""
    return start_of(deleted_on(terms, kind))


def given(terms: Terms, texts: Mapping[Kind, str], now: datetime) -> list[Need]:
    """What somebody gave at this moment, with consent to what needs it."""
    consents = {kind: now if kind in SPECIAL else None for kind in texts}
    return [Need(k, text, consents[k], deleted_at(terms, k)) for k, text in texts.items()]


async def put(
    connection: Connection, enrolment_id: UUID, person_id: UUID | None, needs: Sequence[Need], now: datetime
) -> None:
    """Keep these. Without a person they are of who takes part first."""
    columns = zip(*((n.kind, n.text, n.consent_at, n.delete_after) for n in needs), strict=True)
    if needs:
        await connection.execute(_PUT, enrolment_id, person_id, now, *(list(column) for column in columns))


async def is_still_theirs(connection: Connection, whose: Whose, statuses: Sequence[str]) -> bool:
    """Whether they may write by this link, which nothing changes before the transaction that is open has ended."""
    return bool(await connection.fetchval(_STILL_THEIRS, *whose, statuses))


async def changed(connection: Connection, whose: Whose, needs: Sequence[Need], now: datetime) -> bool:
    """Keep these and nothing else of the enrolment, in the transaction that is open.

    False, and nothing is changed: it is not, or no longer, this person's, or the link is no more.
    """
    if not await is_still_theirs(connection, whose, KEEPING):
        return False
    enrolment_id, person_id, _ = whose
    kinds = [need.kind for need in needs]
    await connection.execute("DELETE FROM needs WHERE enrolment_id = $1 AND kind <> ALL($2)", enrolment_id, kinds)
    await put(connection, enrolment_id, person_id, needs, now)
    return True


async def needs_of(connection: Connection, enrolment_id: UUID, person_id: UUID) -> tuple[Need, ...]:
    """What this person gave, while they take part."""
    found = {row["kind"]: Need(**row) for row in await connection.fetch(_OF, enrolment_id, person_id, KEEPING)}
    return tuple(found[kind] for kind in KINDS if kind in found)


async def counts(connection: Connection, edition_id: str) -> Mapping[Kind, int]:
    """How many of those who have a seat gave a dietary or an access need: all that organisers get."""
    rows = await connection.fetch(_COUNTS, edition_id, _COMING, sorted(SPECIAL))
    found = {row["kind"]: row["people"] for row in rows}
    return {kind: found.get(kind, 0) for kind in KINDS if kind in SPECIAL}


async def sweep(connection: Connection, now: datetime) -> int:
    """Delete whatever there is no use for any more; how many it were."""
    done: str = await connection.execute(_SWEEP, now, now - KEPT_UNDECIDED, KEEPING)
    return int(done.removeprefix("DELETE "))
