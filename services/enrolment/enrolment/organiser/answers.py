"""What came of an organiser's action."""

from __future__ import annotations

from fastapi.responses import Response

from enrolment.organiser.visit import OfficeVisit
from enrolment.pages.outcome import always, outcome


async def of_edition(visit: OfficeVisit) -> Response:
    """The answer to a command about an edition."""
    return await _answer(visit, "edition")


async def of_enrolment(visit: OfficeVisit) -> Response:
    """The answer to a command about an enrolment."""
    return await _answer(visit, "enrolment")


async def of_person(visit: OfficeVisit) -> Response:
    """The answer to a command about a person."""
    return await _answer(visit, "person")


async def _answer(visit: OfficeVisit, kind: str) -> Response:
    id_, name = visit.part(f"{kind}_id"), visit.part("name")
    command_id = visit.desk.tickets.answered(name, f"{kind}/{id_}")
    if command_id is None:
        return visit.message(404, "problem.not_found")
    where = {f"{kind}_id": id_}
    switch, back = visit.elsewhere(f"{kind}_answer", name=name, **where), visit.to(kind, **where)
    return await outcome(visit, command_id, switch=switch, back=always(back, f"to_{kind}"))
