"""The page of an edition: how it stands, what is pending and until when, and everybody in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from fastapi.responses import Response

from enrolment.domain.terms import Theme
from enrolment.organiser import possible, reading
from enrolment.organiser.lists import LISTS, ROWS_MAX
from enrolment.organiser.shapes import Coming, Until, WholeEdition
from enrolment.organiser.visit import OfficeVisit

NO_CURSORS: Final[Mapping[str, str]] = MappingProxyType({})
NAME: Final = re.compile(r"[a-z0-9-]{1,60}")


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that waits, and until when. ``key`` names its sentence."""

    key: str
    until: datetime
    one: Until | None = None


async def show(visit: OfficeVisit) -> Response:
    """The page as it is now; of the own region where somebody's sight ends there."""
    cursors = {name: visit.request.query_params.get(name, "") for name in LISTS}
    whole = await of(visit, cursors)
    if whole is None:
        return visit.message(404, "problem.not_found")
    now, terms = visit.desk.clock.now(), whole.edition.terms
    return visit.page(
        "organiser/edition",
        switch=visit.elsewhere("edition", edition_id=terms.edition_id) + _asked(cursors),
        whole=whole,
        edition=whole.edition,
        terms=terms,
        now=now,
        can=possible.of_edition(whole.edition, now) if visit.may_act else (),
        pending=pending(whole, now),
        themes=list(themes(whole)),
        most=ROWS_MAX,
        beside=partial(_beside, visit.to("edition", edition_id=terms.edition_id), cursors),
    )


async def of(visit: OfficeVisit, cursors: Mapping[str, str] = NO_CURSORS) -> WholeEdition | None:
    """The edition that the address names, as far as it is theirs to see; of each list the page after its cursor."""
    edition_id = visit.part("edition_id")
    if not NAME.fullmatch(edition_id):
        return None
    return await visit.desk.read(
        lambda connection: reading.whole_edition(connection, edition_id, visit.region, cursors)
    )


def _beside(here: str, cursors: Mapping[str, str], name: str, cursor: str) -> str:
    """The address of another page of one list; all others stay where they are."""
    return f"{here}{_asked({**cursors, name: cursor})}#{name}"


def _asked(cursors: Mapping[str, str]) -> str:
    asked = urlencode({name: cursor for name, cursor in cursors.items() if cursor})
    return f"?{asked}" if asked else ""


def pending(whole: WholeEdition, now: datetime) -> Sequence[Pending]:
    """What has an end that is still to come, or that nothing has followed from yet; the nearest first."""
    return sorted(_pending(whole, now), key=lambda one: one.until)


def _pending(whole: WholeEdition, now: datetime) -> Iterator[Pending]:
    cut = whole.lists["pending"]
    if cut.before is None:
        yield from _course(whole, now)
    yield from (Pending(one.kind, one.until, one) for one in cut.rows)


def _course(whole: WholeEdition, now: datetime) -> Iterator[Pending]:
    """The edition's own: on the first page, however many offers and invitations there are."""
    edition, terms = whole.edition, whole.edition.terms
    if edition.state == "published":
        yield Pending("opens", terms.opens_at)
    if edition.state in ("published", "open"):
        yield Pending("closes", terms.closes_at)
    if edition.state != "cancelled" and now < terms.starts_at:
        yield Pending("starts", terms.starts_at)


def themes(whole: WholeEdition) -> Iterator[tuple[Theme, Coming]]:
    """Who comes as a guest, per theme in its order and per library; a theme that may have guests and has none, too."""
    for theme in whole.edition.terms.themes:
        cut = whole.lists["guests"]
        found = [coming for coming in cut.rows if coming.theme_id == theme.theme_id]
        if not found and theme.guests_per_library and cut.before is None and cut.after is None:
            found = [Coming(theme.theme_id, None)]
        yield from ((theme, coming) for coming in found)
