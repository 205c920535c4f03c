"""What a coach reads of a participant's learning track, by a link that the participant gives away."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.responses import Response

from enrolment.links import claim_of
from enrolment.pages.opened import shown_page
from enrolment.pages.reading import OwnEnrolment, enrolment_now, own_enrolment
from enrolment.pages.track import parts_of, shared_by_part, writable
from enrolment.pages.visit import Visit
from enrolment.reflections import Shared, for_coach
from spn.messaging.policies import Connection


@dataclass(frozen=True, slots=True)
class _Read:
    own: OwnEnrolment
    shared: list[Shared]


async def show(visit: Visit) -> Response:
    """What is shared with the coach, and nothing else of the enrolment."""
    found = await _read(visit)
    if found is None or not writable(visit, found.own):
        return visit.message(404, "coach.expired")
    switch = visit.elsewhere("coach", code=visit.part("code"))
    parts = shared_by_part(parts_of(found.own.edition.terms, visit.words), found.shared)
    return shown_page(visit, "coach", found.own, switch, parts=parts)


async def _read(visit: Visit) -> _Read | None:
    claim, now = claim_of(visit.part("code")), visit.desk.clock.now()
    if claim is None or claim.kind != "coach" or claim.is_over(now):
        return None

    async def read(connection: Connection) -> _Read | None:
        one = await enrolment_now(connection, claim.subject)
        if one is None or claim.version != one.link_version or not visit.desk.links.is_of(claim, one.participant_id):
            return None
        own = await own_enrolment(connection, one, one.participant_id)
        shared = await for_coach(connection, one.enrolment_id, one.participant_id, now)
        return _Read(own, list(shared)) if own else None

    return await visit.desk.read(read)
