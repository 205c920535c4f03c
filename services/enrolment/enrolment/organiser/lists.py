"""The lists of an edition, a page each: by cursor, as the HTTP API has them, so that nothing moves under a reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from enrolment.organiser.shapes import Coming, Cut, Listed, PayerSum, Until
from spn.messaging.policies import Connection

ROWS_MAX: Final = 200
"""Of each list on a page."""


@dataclass(frozen=True, slots=True)
class List:
    """A list of an edition. ``rows`` gives each row its ``n`` (from 1, in order) and its ``cursor``.

    ``reached``: whether a row is among those up to the cursor ``$3``, told as text, be that row still there or not.
    """

    rows: str
    reached: str
    pattern: re.Pattern[str]
    made: type[Any]
    statuses: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()


_PAGE = """
    WITH list AS ({rows}), start AS (SELECT coalesce(max(n), 0) AS start FROM list WHERE {reached})
    SELECT start.start, (SELECT cursor FROM list WHERE n = start.start - $4) AS before, list.*
    FROM start LEFT JOIN list ON list.n > start.start ORDER BY list.n LIMIT $4 + 1"""
_ENROLMENTS = """
    SELECT e.enrolment_id, e.number, e.status, e.requested_at, e.offer_expires_at, e.motivation, e.commitment,
        e.commitment_ends_on, p.name, o.legal_name, o.city, o.poi, e.position, e.at AS cursor,
        row_number() OVER (ORDER BY e.at) AS n
    FROM (
        SELECT *, coalesce(place, number) AS at, CASE WHEN status = 'waiting' THEN
            row_number() OVER (PARTITION BY status ORDER BY coalesce(place, number)) END AS position
        FROM enrolments WHERE edition_id = $1 AND status = ANY($5)
    ) e
    JOIN people p ON p.person_id = e.participant_id
    JOIN organisations o USING (organisation_id)
    WHERE $2::text IS NULL OR o.poi = $2"""
_PAYERS = """
    SELECT o.organisation_id, o.legal_name, count(DISTINCT e.enrolment_id) AS seats,
        sum((line->>'unit_price_cents')::bigint)::bigint AS agreed_cents,
        sum((line->>'owed_cents')::bigint)::bigint AS owed_cents,
        sum(sum((line->>'unit_price_cents')::bigint)) OVER ()::bigint AS all_agreed_cents,
        sum(sum((line->>'owed_cents')::bigint)) OVER ()::bigint AS all_owed_cents,
        o.organisation_id AS cursor, row_number() OVER (ORDER BY o.legal_name, o.organisation_id) AS n
    FROM enrolments e
    JOIN organisations library ON library.organisation_id = e.organisation_id
    CROSS JOIN jsonb_array_elements(e.payers) payer
    CROSS JOIN jsonb_array_elements(payer->'lines') line
    JOIN organisations o ON o.organisation_id = payer->>'organisation_id'
    WHERE e.edition_id = $1 AND e.status = ANY($5) AND ($2::text IS NULL OR library.poi = $2)
    GROUP BY o.organisation_id, o.legal_name"""
_PENDING = """
    SELECT kind, until, name, enrolment_id, id, (extract(epoch FROM until) * 1000000)::bigint || '.' || id AS cursor,
        row_number() OVER (ORDER BY until, id) AS n
    FROM (
        SELECT 'offer' AS kind, e.offer_expires_at AS until, e.participant_id AS person_id, e.organisation_id,
            e.enrolment_id, e.enrolment_id AS id
        FROM enrolments e WHERE e.edition_id = $1 AND e.status = ANY($5) AND e.offer_expires_at IS NOT NULL
        UNION ALL
        SELECT 'invitation', g.expires_at, g.person_id, g.organisation_id, g.enrolment_id, g.guest_id
        FROM guests g WHERE g.edition_id = $1 AND g.status IN ('invited', 'confirmed') AND g.expires_at IS NOT NULL
    ) one
    JOIN people USING (person_id)
    JOIN organisations o USING (organisation_id)
    WHERE $2::text IS NULL OR o.poi = $2"""
_COMING = """
    SELECT g.theme_id, o.organisation_id, o.legal_name, count(*) FILTER (WHERE g.status = 'invited') AS invited,
        count(*) FILTER (WHERE g.status = 'confirmed') AS confirmed, o.organisation_id || '.' || g.theme_id AS cursor,
        row_number() OVER (ORDER BY o.legal_name, o.organisation_id, g.theme_id) AS n
    FROM guests g JOIN organisations o USING (organisation_id)
    WHERE g.edition_id = $1 AND g.status = ANY($5) AND ($2::text IS NULL OR o.poi = $2)
    GROUP BY g.theme_id, o.organisation_id, o.legal_name"""

_NAMED: Final = "(SELECT o.legal_name FROM organisations o WHERE o.organisation_id = {id_})"
_FIRST_PART: Final = "split_part($3::text, '.', 1)"
_NUMBER: Final = re.compile(r"[0-9]{1,15}")


def _enrolments(*statuses: str) -> List:
    return List(_ENROLMENTS, "cursor <= $3::text::bigint", _NUMBER, Listed, statuses)


LISTS: Final[Mapping[str, List]] = {
    "requested": _enrolments("requested"),
    "pending": List(
        _PENDING,
        "((extract(epoch FROM until) * 1000000)::bigint, id) "
        "<= (split_part($3::text, '.', 1)::bigint, split_part($3::text, '.', 2)::uuid)",
        re.compile(r"[0-9]{1,18}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        Until,
        ("offered",),
    ),
    "seated": _enrolments("accepted", "completed", "offered"),
    "line": _enrolments("waiting"),
    "guests": List(
        _COMING,
        "(legal_name, organisation_id, theme_id) "
        f"<= ({_NAMED.format(id_=_FIRST_PART)}, {_FIRST_PART}, split_part($3::text, '.', 2))",
        re.compile(r"[a-z0-9-]{1,60}\.[a-z0-9-]{1,60}"),
        Coming,
        ("invited", "confirmed"),
    ),
    "payers": List(
        _PAYERS,
        f"(legal_name, organisation_id) <= ({_NAMED.format(id_='$3::text')}, $3::text)",
        re.compile(r"[a-z0-9-]{1,60}"),
        PayerSum,
        ("accepted", "completed", "withdrawn"),
        ("all_agreed_cents", "all_owed_cents"),
    ),
    "ended": _enrolments("withdrawn", "rejected", "declined", "lapsed", "left", "closed"),
}
"""Each by the name of its section on the page. Each has its own end: a long line hides nobody who has a seat."""


async def page_of(connection: Connection, name: str, edition_id: str, poi: str | None, cursor: str) -> Cut[Any]:
    """What comes after the cursor in a list; of one region where one is given. What is no cursor is the beginning."""
    wanted = LISTS[name]
    after = cursor if wanted.pattern.fullmatch(cursor) else None
    query = _PAGE.format(rows=wanted.rows, reached=wanted.reached)
    found = await connection.fetch(query, edition_id, poi, after, ROWS_MAX, list(wanted.statuses))
    start, names = found[0]["start"], wanted.made.__dataclass_fields__
    rows = [row for row in found if row["n"] is not None]
    shown = [wanted.made(**{name: row[name] for name in names}) for row in rows[:ROWS_MAX]]
    return Cut(
        shown,
        start + 1,
        None if not start else str(found[0]["before"] or ""),
        str(rows[ROWS_MAX - 1]["cursor"]) if len(rows) > ROWS_MAX else None,
        {name: rows[0][name] for name in wanted.whole} if rows else None,
    )
