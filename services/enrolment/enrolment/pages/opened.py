"""Whom a personal link opens an enrolment for, the frame of every page behind a link, and how one sends a command."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from fastapi.responses import HTMLResponse, RedirectResponse

from enrolment.links import claim_of
from enrolment.pages.putting import put
from enrolment.pages.reading import OwnEnrolment, OwnInvitation, enrolment_now, own_enrolment
from enrolment.pages.visit import Visit, see_other
from spn.messaging.contract import Command
from spn.messaging.policies import Connection

HEADERS: Final = {"x-robots-tag": "noindex, nofollow"}


async def own_of(visit: Visit) -> OwnEnrolment | None:
    """Whose page it is, while the link holds."""
    found = await opened(visit)
    return found.own if found and found.holds else None


@dataclass(frozen=True, slots=True)
class Opened:
    """What a code of ours opens, or did as long as it held."""

    own: OwnEnrolment
    holds: bool


async def opened(visit: Visit) -> Opened | None:
    """What the code of the address stands for; None when we never made it."""
    claim = claim_of(visit.part("code"))
    if claim is None or claim.kind != "enrolment":
        return None

    async def read(connection: Connection) -> Opened | None:
        enrolment = await enrolment_now(connection, claim.subject)
        people = (enrolment.participant_id, *enrolment.former_participant_ids) if enrolment else ()
        whose = [person for person in people if visit.desk.links.is_of(claim, person)]
        own = await own_enrolment(connection, enrolment, whose[0]) if enrolment and whose else None
        if own is None:
            return None
        current = claim.version == own.enrolment.link_version and not claim.is_over(visit.desk.clock.now())
        return Opened(own, current and not own.person.is_erased)

    return await visit.desk.read(read)


def shown_page(
    visit: Visit,
    template: str,
    own: OwnEnrolment | OwnInvitation,
    switch: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> HTMLResponse:
    """A page behind a link, in its frame."""
    terms = own.edition.terms
    return visit.page(
        template,
        switch=switch,
        status=status,
        headers={**HEADERS, **(headers or {})},
        code=visit.part("code"),
        own=own,
        terms=terms,
        edition_title=visit.words.either(terms.title_nl, terms.title_en),
        **more,
    )


async def lead_to_answer(
    visit: Visit, command: Command, key: str, answer: str, *, lasting: bool = False
) -> RedirectResponse:
    """Put it on the log, once per form, and lead to the page of its answer. ``lasting``: also when the link is no more.

    :raises NotPutError: it is not on the log.
    """
    return to_answer(visit, (await put(visit, command, key)).command_id, answer, lasting=lasting)


def to_answer(visit: Visit, command_id: UUID, answer: str, *, lasting: bool = False) -> RedirectResponse:
    """The way to the page of a command's answer."""
    code = visit.part("code")
    whose = lasting_of(code) if lasting else hashed(code)
    return see_other(visit.to(answer, code=code, name=visit.desk.tickets.answer(whose, command_id)))


def may_be_sent(found: Opened | None) -> bool:
    """Whether a fresh link can be asked for with this code, whether it still opens something or not."""
    return bool(found and found.own.is_participant and not found.own.person.is_erased)


async def expired(visit: Visit) -> HTMLResponse:
    """The link opens nothing. Who has one that did may have a fresh one, by mail to the address that is known."""
    found = await opened(visit)
    if not may_be_sent(found):
        return visit.message(404, "personal.expired")
    code = visit.part("code")
    switch = visit.elsewhere("personal", code=code)
    ticket = visit.desk.tickets.form(purpose(visit, "fresh"))
    return visit.page("expired", switch=switch, status=404, headers=HEADERS, code=code, ticket=ticket)


def purpose(visit: Visit, action: str) -> str:
    """What a ticket on a personal page is for."""
    return f"{action}/{hashed(visit.part('code'))}"


def lasting_of(code: str) -> str:
    """Whose answer it is that can be seen after the link is no more: what it brought about may have ended the link."""
    return f"lasting/{hashed(code)}"


def hashed(code: str) -> str:
    """A code inside a ticket: a ticket may be read by whoever sees it."""
    return hashlib.sha256(code.encode()).hexdigest()
