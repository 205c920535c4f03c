"""The personal page: how an enrolment stands, what may be done about it, and one's own data."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import ValidationError

from enrolment.commands import AcceptOffer, DeclineOffer, LeaveList, SendLink, WithdrawEnrolment
from enrolment.commands.enrolments import EnrolmentCommand
from enrolment.links import claim_of
from enrolment.pages import conditions
from enrolment.pages.addresses import action_called
from enrolment.pages.mistakes import mistakes_of
from enrolment.pages.outcome import outcome
from enrolment.pages.own_data import own_data
from enrolment.pages.reading import OwnEnrolment, enrolment_now, own_enrolment
from enrolment.pages.visit import Visit, see_other
from spn.browsers import PAGE_HEADERS
from spn.messaging.edge import KeyReusedError
from spn.messaging.policies import Connection

_COMMANDS: Final[dict[str, type[EnrolmentCommand]]] = {
    "accept": AcceptOffer,
    "decline": DeclineOffer,
    "leave": LeaveList,
    "withdraw": WithdrawEnrolment,
}
_POSSIBLE: Final = {
    "offered": ("accept", "decline"),
    "waiting": ("leave",),
    "requested": ("leave",),
    "accepted": ("withdraw",),
}
_HEADERS: Final = {"x-robots-tag": "noindex, nofollow"}


async def show(visit: Visit) -> Response:
    """How it stands."""
    own = await _own(visit)
    return await _expired(visit) if own is None else _page(visit, own)


async def confirm(visit: Visit) -> Response:
    """What an action means, before the click. Accepting needs no second look: its price is beside the button."""
    own, action = await _own(visit), action_called(visit.part("action"), visit.words.language)
    if own is None:
        return await _expired(visit)
    if action is None or action == "accept" or action not in possible(visit, own):
        return see_other(visit.to("personal", code=visit.part("code")))
    return _confirm(visit, own, action)


async def act(visit: Visit) -> Response:
    """Do it, once per form. What the person saw before the click still has to be so."""
    sent = dict(await visit.form())
    own, action = await _own(visit), action_called(visit.part("action"), visit.words.language)
    if action == "fresh":
        return await _fresh(visit, sent)
    if own is None:
        return await _expired(visit)
    if action not in _COMMANDS:
        return visit.message(404, "problem.not_found")
    ticket = visit.desk.tickets.taken(sent.get("ticket", ""), _purpose(visit, action))
    if ticket is None or not own.is_participant:
        return _page(visit, own, status=422, notice="personal.notice_old")
    if action == "withdraw" and ticket.shown != _percent(visit, own):
        return _confirm(visit, own, action, status=422, notice="personal.notice_changed")
    return await _submit(visit, own, action, ticket.key, sent.get("reason", ""))


async def answer(visit: Visit) -> Response:
    """What came of it."""
    own, name, code = await _own(visit), visit.part("name"), visit.part("code")
    if own is None:
        return await _expired(visit)
    command_id = visit.desk.tickets.answered(name, _hashed(code))
    if command_id is None:
        return visit.message(404, "problem.not_found")
    switch = visit.elsewhere("personal_answer", code=code, name=name)
    return await outcome(
        visit, command_id, switch=switch, back=visit.to("personal", code=code), back_key="to_enrolment"
    )


async def export(visit: Visit) -> Response:
    """One's own data as a file."""
    own = await _own(visit)
    if own is None:
        return await _expired(visit)
    named = {"content-disposition": 'attachment; filename="lerend-netwerk.json"'}
    return JSONResponse(own_data(own), headers={**PAGE_HEADERS, **_HEADERS, **named})


def possible(visit: Visit, own: OwnEnrolment) -> tuple[str, ...]:
    """What this person may do now. An offer whose time is over can only lapse."""
    overdue = own.enrolment.is_overdue(visit.desk.clock.now())
    return _POSSIBLE.get(own.enrolment.status, ()) if own.is_participant and not overdue else ()


async def _own(visit: Visit) -> OwnEnrolment | None:
    """Whose page it is, while the link holds."""
    found = await _opened(visit)
    return found.own if found and found.holds else None


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a code of ours opens, or did as long as it held."""

    own: OwnEnrolment
    holds: bool


async def _opened(visit: Visit) -> _Opened | None:
    """What the code of the address stands for; None when we never made it."""
    claim = claim_of(visit.part("code"))
    if claim is None or claim.kind != "enrolment":
        return None

    async def read(connection: Connection) -> _Opened | None:
        enrolment = await enrolment_now(connection, claim.subject)
        people = (enrolment.participant_id, *enrolment.former_participant_ids) if enrolment else ()
        whose = [person for person in people if visit.desk.links.is_of(claim, person)]
        own = await own_enrolment(connection, enrolment, whose[0]) if enrolment and whose else None
        if own is None:
            return None
        return _Opened(own, claim.version == own.enrolment.link_version and not claim.is_over(datetime.now(UTC)))

    return await visit.desk.read(read)


async def _fresh(visit: Visit, sent: dict[str, str]) -> Response:
    """A fresh link for whom this code was made for, by mail alone."""
    opened = await _opened(visit)
    ticket = visit.desk.tickets.taken(sent.get("ticket", ""), _purpose(visit, "fresh"))
    if opened is None or ticket is None or not opened.own.is_participant:
        return await _expired(visit)
    one = opened.own.enrolment
    command = SendLink(edition_id=one.edition_id, enrolment_id=one.enrolment_id, by="participant")
    with contextlib.suppress(KeyReusedError):
        await visit.desk.edge.submit(command, f"page:{ticket.key}", None)
    return visit.message(202, "personal.fresh")


async def _submit(visit: Visit, own: OwnEnrolment, action: str, key: str, reason: str) -> Response:
    given: dict[str, Any] = {
        "edition_id": own.enrolment.edition_id,
        "enrolment_id": own.enrolment.enrolment_id,
        "by": "participant",
    }
    if action == "withdraw" and reason.strip():
        given["reason"] = reason
    try:
        command = _COMMANDS[action].model_validate(given)
    except ValidationError as error:
        (mistake, *_) = mistakes_of(error)
        said = visit.words(f"error.{mistake.reason}", most=mistake.most)
        return _confirm(visit, own, action, status=422, reason=reason, error=said)
    try:
        submitted = await visit.desk.edge.submit(command, f"page:{key}", None)
    except KeyReusedError:
        return _page(visit, own, status=422, notice="personal.notice_old")
    code = visit.part("code")
    name = visit.desk.tickets.answer(_hashed(code), submitted.command_id)
    return see_other(visit.to("personal_answer", code=code, name=name))


def _page(visit: Visit, own: OwnEnrolment, *, status: int = 200, notice: str | None = None) -> HTMLResponse:
    code, can = visit.part("code"), possible(visit, own)
    tickets = {action: visit.desk.tickets.form(_purpose(visit, action)) for action in can if action == "accept"}
    overdue = own.enrolment.is_overdue(visit.desk.clock.now())
    switch = visit.elsewhere("personal", code=code)
    return _shown(visit, "personal", own, switch, status, notice=notice, can=can, tickets=tickets, overdue=overdue)


def _confirm(visit: Visit, own: OwnEnrolment, action: str, *, status: int = 200, **more: Any) -> HTMLResponse:
    shown = _percent(visit, own) if action == "withdraw" else 0
    switch = visit.elsewhere("personal_action", code=visit.part("code"), action=action)
    more = {
        "notice": None,
        "reason": "",
        "error": None,
        "cost": conditions.cost_now(own.edition.terms, own.enrolment, visit.desk.clock.now()),
        "ticket": visit.desk.tickets.form(_purpose(visit, action), shown),
        **more,
    }
    return _shown(visit, "confirm", own, switch, status, action=action, **more)


def _shown(visit: Visit, template: str, own: OwnEnrolment, switch: str, status: int, **more: Any) -> HTMLResponse:
    terms = own.edition.terms
    return visit.page(
        template,
        switch=switch,
        status=status,
        headers=_HEADERS,
        code=visit.part("code"),
        own=own,
        terms=terms,
        edition_title=visit.words.either(terms.title_nl, terms.title_en),
        **more,
    )


def _percent(visit: Visit, own: OwnEnrolment) -> int:
    return own.enrolment.percent_owed(own.edition.terms, visit.desk.clock.now())


async def _expired(visit: Visit) -> HTMLResponse:
    """The link opens nothing. Who has one that did may have a fresh one, by mail to the address that is known."""
    opened = await _opened(visit)
    if opened is None or not opened.own.is_participant:
        return visit.message(404, "personal.expired")
    code = visit.part("code")
    switch = visit.elsewhere("personal", code=code)
    ticket = visit.desk.tickets.form(_purpose(visit, "fresh"))
    return visit.page("expired", switch=switch, status=404, headers=_HEADERS, code=code, ticket=ticket)


def _purpose(visit: Visit, action: str) -> str:
    return f"{action}/{_hashed(visit.part('code'))}"


def _hashed(code: str) -> str:
    """A code inside a ticket: a ticket may be read by whoever sees it."""
    return hashlib.sha256(code.encode()).hexdigest()
