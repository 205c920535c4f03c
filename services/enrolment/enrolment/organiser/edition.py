"""The page of an edition: how it stands, what is pending and until when, and everybody in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi.responses import Response

from enrolment.domain.terms import Theme
from enrolment.organiser import possible, reading
from enrolment.organiser.shapes import Coming, GuestRow, Listed, WholeEdition
from enrolment.organiser.visit import OfficeVisit

NAME: Final = re.compile(r"[a-z0-9-]{1,60}")


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that waits, and until when. ``key`` names its sentence."""

    key: str
    until: datetime
    one: Listed | None = None
    guest: GuestRow | None = None


async def show(visit: OfficeVisit) -> Response:
    """The page as it is now; of the own region where somebody's sight ends there."""
    whole = await of(visit)
    if whole is None:
        return visit.message(404, "problem.not_found")
    now, terms = visit.desk.clock.now(), whole.edition.terms
    return visit.page(
        "organiser/edition",
        switch=visit.elsewhere("edition", edition_id=terms.edition_id),
        whole=whole,
        edition=whole.edition,
        terms=terms,
        now=now,
        can=possible.of_edition(whole.edition, now) if visit.may_act else (),
        pending=pending(whole, now),
        themes=list(themes(whole)),
        most=reading.ROWS_MAX,
    )


async def of(visit: OfficeVisit) -> WholeEdition | None:
    """The edition that the address names, as far as it is theirs to see."""
    edition_id = visit.part("edition_id")
    if not NAME.fullmatch(edition_id):
        return None
    return await visit.desk.read(lambda connection: reading.whole_edition(connection, edition_id, visit.region))


def pending(whole: WholeEdition, now: datetime) -> Sequence[Pending]:
    """What has an end that is still to come, or that nothing has followed from yet; the nearest first."""
    return sorted(_pending(whole, now), key=lambda one: one.until)


def _pending(whole: WholeEdition, now: datetime) -> Iterator[Pending]:
    edition, terms = whole.edition, whole.edition.terms
    if edition.state == "published":
        yield Pending("opens", terms.opens_at)
    if edition.state in ("published", "open"):
        yield Pending("closes", terms.closes_at)
    if edition.state != "cancelled" and now < terms.starts_at:
        yield Pending("starts", terms.starts_at)
    for one in whole.of("offered"):
        if one.offer_expires_at:
            yield Pending("offer", one.offer_expires_at, one=one)
    for guest in whole.guests:
        if guest.expires_at:
            yield Pending("invitation", guest.expires_at, guest=guest)


def themes(whole: WholeEdition) -> Iterator[tuple[Theme, Coming]]:
    """Who comes as a guest, per theme in its order and per library; a theme that may have guests and has none, too."""
    for theme in whole.edition.terms.themes:
        found = [coming for coming in whole.coming if coming.theme_id == theme.theme_id]
        if not found and theme.guests_per_library:
            found = [Coming(theme.theme_id, None)]
        yield from ((theme, coming) for coming in found)
