"""All pages and their handlers. The one place where the router is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from fastapi import Response

from enrolment.links import Links
from enrolment.pages import calendar_file, coach, enrol, guest, needs, personal, reflection, track
from enrolment.pages.addresses import ADDRESSES, ASSETS
from enrolment.pages.own_forms import FORMS
from enrolment.pages.rendering import Pages
from enrolment.pages.tickets import Tickets
from enrolment.pages.visit import Desk, Handler, Visit, endpoint
from enrolment.pages.words import LANGUAGES
from spn.rights.marks import link, public
from spn.rights.routing import GuardedRouter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spn.http_edge import SharedEdge
    from spn.service import Service

HANDLERS: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", "form", enrol.show),
    ("POST", "form", enrol.send),
    ("GET", "answer", enrol.answer),
    ("GET", "personal", personal.show),
    ("GET", "personal_data", personal.export),
    ("GET", "personal_calendar", calendar_file.show),
    ("GET", "personal_answer", personal.answer),
    ("GET", "personal_needs", needs.show),
    ("POST", "personal_needs", needs.save),
    *(("GET", form.page, form.show) for form in FORMS),
    *(("POST", form.page, form.send) for form in FORMS),
    ("GET", "personal_track", track.show),
    ("GET", "personal_part", reflection.show),
    ("POST", "personal_part", reflection.save),
    ("GET", "personal_action", personal.confirm),
    ("POST", "personal_action", personal.act),
    ("GET", "coach", coach.show),
    ("GET", "guest", guest.show),
    ("GET", "guest_answer", guest.answer),
    ("POST", "guest_action", guest.act),
)
"""Method, page, handler. The actions come after what has an address of its own: it would be an action's."""
_BEHIND_LINKS: Final = ("personal", "coach", "guest")


def page_routes(
    secrets: Sequence[str], shared: SharedEdge, *, public_url: str | None = None, contact: str | None = None
) -> Callable[[Service], GuardedRouter]:
    """The pages of a service. Without a secret to sign with there are none."""

    def routes(service: Service) -> GuardedRouter:
        if not secrets:
            return GuardedRouter()
        links = Links(secrets, public_url or "")
        desk = Desk(shared.of(service), service.clock, Tickets(secrets), Pages(contact), links, public_url)
        return page_router(desk)

    return routes


def page_router(desk: Desk) -> GuardedRouter:
    """Every page in every language, and the files they refer to. All of it is public: a link is its own key."""
    router = GuardedRouter(include_in_schema=False)
    for language in LANGUAGES:
        for method, name, handler in HANDLERS:
            mark = link if name.startswith(_BEHIND_LINKS) else public
            answer = mark(endpoint(desk, language, handler, Visit))
            router.add_api_route(ADDRESSES[name][language], answer, methods=[method], name=f"{name}.{language}")

    @router.get(ASSETS)
    @public
    async def asset(name: str) -> Response:
        return desk.pages.asset(name)

    return router
