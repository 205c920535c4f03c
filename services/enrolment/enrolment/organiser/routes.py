"""All pages of the organisers, their handlers, and for whom each is. The one place where the router is made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from fastapi import Response

from enrolment.links import Links
from enrolment.organiser import (
    actions,
    answers,
    correcting,
    edition,
    enrolment,
    entrance,
    erasing,
    library,
    new,
    overview,
    payers,
)
from enrolment.organiser.addresses import ADDRESSES, ASSETS, OFFICE, PACKAGE
from enrolment.organiser.visit import VIEWERS, OfficeVisit
from enrolment.pages.rendering import Pages
from enrolment.pages.tickets import Tickets
from enrolment.pages.visit import Desk, endpoint
from enrolment.pages.words import LANGUAGES
from spn.rights.marks import may, public
from spn.rights.roles import Role
from spn.rights.routing import GuardedRouter

if TYPE_CHECKING:
    from spn.http_edge import SharedEdge
    from spn.service import Service


Handler: TypeAlias = Callable[[OfficeVisit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """A page and its handler. Without ``roles`` it is for everybody."""

    method: str
    page: str
    handler: Handler
    roles: Sequence[Role]


_ACTORS: Final = (Role.ORGANISER,)
ROUTES: Final = (
    Route("GET", "login", entrance.show, ()),
    Route("GET", "home", overview.show, VIEWERS),
    Route("GET", "new", new.show, _ACTORS),
    Route("POST", "new", new.send, _ACTORS),
    Route("GET", "edition", edition.show, VIEWERS),
    Route("GET", "edition_answer", answers.of_edition, _ACTORS),
    Route("GET", "amend", new.show_amendment, _ACTORS),
    Route("POST", "amend", new.send_amendment, _ACTORS),
    Route("GET", "edition_action", actions.confirm_edition, _ACTORS),
    Route("POST", "edition_action", actions.act_on_edition, _ACTORS),
    Route("GET", "enrolment", enrolment.show, VIEWERS),
    Route("GET", "enrolment_answer", answers.of_enrolment, _ACTORS),
    Route("GET", "correct-library", correcting.showing(library.NAME, library.begun), _ACTORS),
    Route("POST", "correct-library", correcting.sending(library.sent), _ACTORS),
    Route("GET", "correct-payers", correcting.showing(payers.NAME, payers.begun), _ACTORS),
    Route("POST", "correct-payers", correcting.sending(payers.sent), _ACTORS),
    Route("GET", "enrolment_action", actions.confirm_enrolment, _ACTORS),
    Route("POST", "enrolment_action", actions.act_on_enrolment, _ACTORS),
    Route("GET", "person", erasing.show, _ACTORS),
    Route("POST", "person", erasing.erase, _ACTORS),
    Route("GET", "person_answer", answers.of_person, _ACTORS),
)
"""Amending, correcting and answers come before the actions: their address would be one."""


def organiser_routes(
    secrets: Sequence[str],
    shared: SharedEdge,
    *,
    public_url: str | None = None,
    contact: str | None = None,
    is_local: bool = False,
) -> Callable[[Service], GuardedRouter]:
    """The pages of a service. Without a secret to sign with there are none."""

    def routes(service: Service) -> GuardedRouter:
        if not secrets:
            return GuardedRouter()
        links = Links(secrets, public_url or "")
        desk = office_desk(Desk(shared.of(service), service.clock, Tickets(secrets), Pages(contact), links, public_url))
        return organiser_router(desk, is_local=is_local)

    return routes


def office_desk(desk: Desk) -> Desk:
    """The same desk with the organisers' own templates, words, files and addresses."""
    pages = Pages(desk.pages.contact, more=PACKAGE, assets=ASSETS, addresses=OFFICE)
    return Desk(desk.edge, desk.clock, desk.tickets, pages, desk.links, desk.public_url, OFFICE)


def organiser_router(desk: Desk, *, is_local: bool = False) -> GuardedRouter:
    """Every page in every language, and the files they refer to. ``is_local``: the page to log in says how, here."""
    kind = entrance.turning_away(desk)
    router = GuardedRouter(include_in_schema=False, route_class=kind)
    desk.pages.knows(is_local=is_local)

    @router.get(ASSETS)
    @public
    async def asset(name: str) -> Response:
        return desk.pages.asset(name)

    for language in LANGUAGES:
        for route in ROUTES:
            answer = endpoint(desk, language, route.handler, OfficeVisit)
            marked = may(*route.roles)(answer) if route.roles else public(answer)
            name = f"organiser.{route.page}.{language}"
            router.add_api_route(ADDRESSES[route.page][language], marked, methods=[route.method], name=name)
    return router
