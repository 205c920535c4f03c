"""The page of one enrolment: everything that is known of it, and its whole history."""

from __future__ import annotations

from uuid import UUID

from fastapi.responses import Response

from enrolment.organiser import possible, reading
from enrolment.organiser.consequences import agreed_cents
from enrolment.organiser.shapes import WholeEnrolment
from enrolment.organiser.visit import OfficeVisit


async def show(visit: OfficeVisit, *, status: int = 200, notice: str | None = None) -> Response:
    """The page as it is now. Who may not see the region is told that there is no such enrolment."""
    one = await of(visit)
    if one is None:
        return visit.message(404, "problem.not_found")
    return page(visit, one, status=status, notice=notice)


def page(visit: OfficeVisit, one: WholeEnrolment, *, status: int = 200, notice: str | None = None) -> Response:
    """The page of this enrolment."""
    now = visit.desk.clock.now()
    return visit.page(
        "organiser/enrolment",
        status=status,
        switch=visit.elsewhere("enrolment", enrolment_id=str(one.enrolment.enrolment_id)),
        notice=notice,
        one=one,
        enrolment=one.enrolment,
        terms=one.edition.terms,
        price_cents=agreed_cents(one),
        overdue=one.enrolment.is_overdue(now),
        can=possible.of_enrolment(one, now) if visit.may_act else (),
    )


async def of(visit: OfficeVisit) -> WholeEnrolment | None:
    """The enrolment that the address names, if it is theirs to see."""
    try:
        enrolment_id = UUID(visit.part("enrolment_id"))
    except ValueError:
        return None
    found = await visit.desk.read(lambda connection: reading.whole_enrolment(connection, enrolment_id))
    return found if found and visit.may_see(found.library.poi) else None
