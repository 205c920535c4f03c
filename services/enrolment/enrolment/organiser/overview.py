"""The page that organisers begin with: every edition and how it stands."""

from __future__ import annotations

from fastapi.responses import Response

from enrolment.organiser import reading
from enrolment.organiser.visit import OfficeVisit


async def show(visit: OfficeVisit) -> Response:
    """All editions, the newest first."""
    editions = await visit.desk.read(reading.editions)
    now = visit.desk.clock.now()
    return visit.page("organiser/overview", switch=visit.elsewhere("home"), editions=editions, now=now)
