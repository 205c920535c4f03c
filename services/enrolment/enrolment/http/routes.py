"""GET routes of enrolment: editions, enrolments, guests, history, and the export as CSV."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import Path, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel

from enrolment.domain.enrolment import Status
from enrolment.http import export, reading, shapes
from spn.problems import problem_response
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
Number = Annotated[str, Query(alias="cursor", pattern=r"^[0-9]{0,15}$", description="``next`` of the page before.")]
_MISSING: dict[int | str, dict[str, Any]] = {404: {"description": "There is none of this name (problem+json)."}}


def resources(service: Service) -> GuardedRouter:
    """The routes over the database of this service."""
    router = GuardedRouter(prefix="/v1", tags=["enrolment"])
    _editions(router, service.pool)
    _enrolments(router, service.pool)
    return router


def _editions(router: GuardedRouter, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    @router.get("/editions")
    @may(*READERS)
    async def list_editions(
        state: shapes.EditionState | None = None,
        cursor: Annotated[str, Query(max_length=60)] = "",
        limit: Most = 50,
    ) -> shapes.Page[shapes.EditionSummary]:
        """Editions by their ids, a page at a time."""
        async with pool.acquire() as connection:
            return await reading.editions(connection, cursor, state, limit)

    @router.get("/editions/{edition_id}", response_model=shapes.EditionView, responses=_MISSING)
    @may(*READERS)
    async def show_edition(edition_id: EditionId) -> Response:
        """An edition and how it stands. Its ETag is what ``If-Match`` holds a command about it against."""
        async with pool.acquire() as connection:
            found = await reading.edition(connection, edition_id)
        return _tagged(found, found.revision) if found else _missing("edition")

    @router.get("/editions/{edition_id}/guests")
    @may(*READERS)
    async def list_guests(
        edition_id: EditionId, who: Who, cursor: UUID = NOBODY, limit: Most = 100
    ) -> shapes.Page[shapes.GuestView]:
        """Who is or was invited to a theme; an adviser sees those of the own region."""
        async with pool.acquire() as connection:
            return await reading.guests(connection, edition_id, cursor, _region(who), limit)


def _enrolments(router: GuardedRouter, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    @router.get("/editions/{edition_id}/enrolments")
    @may(*READERS)
    async def list_enrolments(
        edition_id: EditionId,
        who: Who,
        status: Annotated[list[Status] | None, Query(description="Of these statuses; all without.")] = None,
        cursor: Number = "0",
        limit: Most = 100,
    ) -> shapes.Page[shapes.EnrolmentView]:
        """Enrolments by their numbers, a page at a time; an adviser sees those of the own region."""
        wanted = reading.Wanted(int(cursor or 0), status or (), _region(who), limit)
        async with pool.acquire() as connection:
            page = await reading.enrolments(connection, edition_id, wanted)
        return page.model_copy(update={"items": tuple(_for(who, one) for one in page.items)})

    @router.get("/editions/{edition_id}/enrolments.csv", response_class=StreamingResponse)
    @may(Role.ORGANISER, Role.FINANCE)
    async def export_enrolments(edition_id: EditionId, who: Who) -> StreamingResponse:
        """All enrolments as CSV (RFC 4180, UTF-8)."""
        headers = {"content-disposition": f'attachment; filename="{edition_id}.csv"'}
        rows = _all_as_csv(pool, edition_id, _region(who))
        return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers=headers)

    @router.get("/enrolments/{enrolment_id}", response_model=shapes.EnrolmentView, responses=_MISSING)
    @may(*READERS)
    async def show_enrolment(enrolment_id: UUID, who: Who) -> Response:
        """One enrolment. Its ETag is what ``If-Match`` holds a command about it against."""
        async with pool.acquire() as connection:
            found = await reading.enrolment(connection, enrolment_id)
        if found is None or not who.may_see(found.library.poi):
            return _missing("enrolment")
        return _tagged(_for(who, found), found.entry)

    @router.get("/enrolments/{enrolment_id}/history")
    @may(*HISTORIANS)
    async def show_history(
        enrolment_id: UUID, cursor: Number = "0", limit: Most = 100
    ) -> shapes.Page[shapes.EntryView]:
        """What happened to it: who, what, when and why."""
        async with pool.acquire() as connection:
            return await reading.history(connection, enrolment_id, int(cursor or 0), limit)


async def _all_as_csv(pool: asyncpg.Pool[asyncpg.Record], edition_id: str, poi: str | None) -> AsyncIterator[str]:
    """A page at a time, each on a connection of its own: a slow reader holds none."""
    yield export.heading()
    after: str | None = "0"
    while after is not None:
        async with pool.acquire() as connection:
            page = await reading.enrolments(connection, edition_id, reading.Wanted(int(after), (), poi, PAGE_MAX))
        yield export.lines(page.items)
        after = page.next


def _region(who: Principal) -> str | None:
    """The region that somebody's sight ends at: an adviser without one sees nothing."""
    return None if who.may_see(None) else who.poi or ""


def _for(who: Principal, one: shapes.EnrolmentView) -> shapes.EnrolmentView:
    """Why somebody wants to take part or goes is for organisers; others need not know."""
    if who.roles & {Role.ORGANISER, Role.AUDITOR}:
        return one
    return one.model_copy(update={"motivation": None, "withdrawal_reason": None})


def _tagged(found: BaseModel, revision: int) -> Response:
    """With the revision that a change is held against. It covers what is decided, not ranks and counts: no cache."""
    return JSONResponse(found.model_dump(mode="json"), headers={"etag": f'"{revision}"', "cache-control": "no-store"})


def _missing(what: str) -> Response:
    return problem_response(404, f"unknown-{what}", f"There is no such {what}")
