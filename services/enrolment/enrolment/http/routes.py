"""GET routes of enrolment: editions, enrolments, guests, history, and the export as CSV."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from enrolment.domain.enrolment import Status
from enrolment.http import reading, shapes
from enrolment.http.csv_answer import CsvResponse, csv_of
from spn.admitted import LATER, admitted, read
from spn.http_edge import SharedEdge
from spn.messaging.edge import Edge
from spn.messaging.policies import Connection
from spn.problems import ProblemError, problems_by_status
from spn.rights.gate import Who
from spn.rights.marks import may
from spn.rights.roles import Principal, Role
from spn.rights.routing import GuardedRouter
from spn.service import Service

READERS = (Role.ORGANISER, Role.PLATFORM, Role.FINANCE, Role.AUDITOR, Role.ADVISER)
HISTORIANS = (Role.ORGANISER, Role.AUDITOR)
"""Reasons are words about people: for who decides, and for who audits."""
PAGE_MAX = 200
NOBODY = UUID(int=0)

EditionId = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Most = Annotated[int, Query(alias="limit", ge=1, le=PAGE_MAX)]
_NEXT = "`next` of the page before."
Number = Annotated[str, Query(alias="cursor", pattern=r"^[0-9]{0,15}$", description=_NEXT)]
EditionCursor = Annotated[str, Query(alias="cursor", pattern=r"^[a-z0-9-]{0,60}$", description=_NEXT)]
GuestCursor = Annotated[UUID, Query(alias="cursor", description=_NEXT)]
_SAID = problems_by_status({404: "There is none of this name.", **LATER})
_ETAG = {"description": "What `If-Match` holds a command about it against.", "schema": {"type": "string"}}
_TAGGED: dict[int | str, dict[str, Any]] = {**_SAID, 200: {"headers": {"ETag": _ETAG}}}

T = TypeVar("T", bound=BaseModel)


def resources(shared: SharedEdge) -> Callable[[Service], GuardedRouter]:
    """The routes over the database of a service, within the limits of its edge."""
    return lambda service: resource_router(shared.of(service))


def resource_router(edge: Edge) -> GuardedRouter:
    """The routes, for whichever application."""
    router, desk = GuardedRouter(prefix="/v1", tags=["enrolment"]), _Desk(edge)
    _editions(router, desk)
    _enrolments(router, desk)
    return router


@dataclass(frozen=True, slots=True)
class _Desk:
    """Reads in turn, and shows what was found."""

    edge: Edge

    async def show(
        self,
        work: Callable[[Connection], Awaitable[T | None]],
        what: str,
        revision: Callable[[T], int] | None = None,
    ) -> Response:
        """What was read, with its revision as its ETag where it has one; a problem where there is none."""

        async def shown() -> Response:
            found = await read(self.edge, work)
            if found is None:
                raise ProblemError(404, f"unknown-{what}", f"There is no such {what}")
            # The revision covers what is decided, not ranks and counts: it is for If-Match, not for caches.
            headers = {} if revision is None else {"etag": f'"{revision(found)}"'}
            return JSONResponse(found.model_dump(mode="json"), headers=headers)

        return await admitted(self.edge, shown)


def _editions(router: GuardedRouter, desk: _Desk) -> None:
    @router.get("/editions", response_model=shapes.Page[shapes.EditionSummary], responses=_SAID)
    @may(*READERS)
    async def list_editions(
        state: shapes.EditionState | None = None, cursor: EditionCursor = "", limit: Most = 50
    ) -> Response:
        """Editions by their ids, a page at a time."""
        return await desk.show(lambda connection: reading.editions(connection, cursor, state, limit), "edition")

    @router.get("/editions/{edition_id}", response_model=shapes.EditionView, responses=_TAGGED)
    @may(*READERS)
    async def show_edition(edition_id: EditionId) -> Response:
        """An edition and how it stands. Its ETag is what `If-Match` holds a command about it against."""
        return await desk.show(lambda connection: reading.edition(connection, edition_id), "edition", _revision)

    @router.get("/editions/{edition_id}/guests", response_model=shapes.Page[shapes.GuestView], responses=_SAID)
    @may(*READERS)
    async def list_guests(edition_id: EditionId, who: Who, cursor: GuestCursor = NOBODY, limit: Most = 100) -> Response:
        """Who is or was invited to a theme; an adviser sees those of the own region."""
        wanted = reading.WantedGuests(edition_id, cursor, _region(who), limit)
        return await desk.show(lambda connection: reading.guests(connection, wanted), "edition")


def _enrolments(router: GuardedRouter, desk: _Desk) -> None:
    @router.get("/editions/{edition_id}/enrolments", response_model=shapes.Page[shapes.EnrolmentView], responses=_SAID)
    @may(*READERS)
    async def list_enrolments(
        edition_id: EditionId,
        who: Who,
        status: Annotated[list[Status] | None, Query(description="Of these statuses; all without.")] = None,
        cursor: Number = "0",
        limit: Most = 100,
    ) -> Response:
        """Enrolments by their numbers, a page at a time; an adviser sees those of the own region."""
        wanted = reading.Wanted(edition_id, int(cursor or 0), tuple(status or ()), _region(who), limit)

        async def page(connection: Connection) -> shapes.Page[shapes.EnrolmentView] | None:
            found = await reading.enrolments(connection, wanted)
            return found and found.model_copy(update={"items": tuple(_for(who, one) for one in found.items)})

        return await desk.show(page, "edition")

    @router.get("/editions/{edition_id}/enrolments.csv", response_class=CsvResponse, responses=_SAID)
    @may(Role.ORGANISER, Role.FINANCE)
    async def export_enrolments(edition_id: EditionId, who: Who) -> Response:
        """All enrolments as CSV (RFC 4180, UTF-8 with a mark). A cell that a spreadsheet would execute gets a `'`."""
        wanted = reading.Wanted(edition_id, poi=_region(who), most=PAGE_MAX)
        return await admitted(desk.edge, lambda: csv_of(desk.edge, wanted))

    @router.get("/enrolments/{enrolment_id}", response_model=shapes.EnrolmentView, responses=_TAGGED)
    @may(*READERS)
    async def show_enrolment(enrolment_id: UUID, who: Who) -> Response:
        """One enrolment. Its ETag is what `If-Match` holds a command about it against."""

        async def one(connection: Connection) -> shapes.EnrolmentView | None:
            found = await reading.enrolment(connection, enrolment_id)
            return _for(who, found) if found and who.may_see(found.library.poi) else None

        return await desk.show(one, "enrolment", _entry)

    @router.get("/enrolments/{enrolment_id}/history", response_model=shapes.Page[shapes.EntryView], responses=_SAID)
    @may(*HISTORIANS)
    async def show_history(enrolment_id: UUID, cursor: Number = "0", limit: Most = 100) -> Response:
        """What happened to it: who, what, when and why."""
        after = int(cursor or 0)
        return await desk.show(lambda connection: reading.history(connection, enrolment_id, after, limit), "enrolment")


def _revision(edition: shapes.EditionView) -> int:
    return edition.revision


def _entry(enrolment: shapes.EnrolmentView) -> int:
    return enrolment.entry


def _region(who: Principal) -> str | None:
    """The region that somebody's sight ends at: an adviser without one sees nothing."""
    return None if who.may_see(None) else who.poi or ""


def _for(who: Principal, one: shapes.EnrolmentView) -> shapes.EnrolmentView:
    """Why somebody wants to take part or goes is for organisers; others need not know."""
    if who.roles & {Role.ORGANISER, Role.AUDITOR}:
        return one
    return one.model_copy(update={"motivation": None, "withdrawal_reason": None})
