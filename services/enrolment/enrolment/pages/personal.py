"""The personal page: how an enrolment stands, what may be done about it, and one's own data."""

from __future__ import annotations

import contextlib
from typing import Any, Final

from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import ValidationError

from enrolment.commands import AcceptOffer, DeclineOffer, LeaveList, SendLink, WithdrawEnrolment
from enrolment.commands.enrolments import EnrolmentCommand
from enrolment.pages import conditions
from enrolment.pages.addresses import action_called
from enrolment.pages.guests import themes_of
from enrolment.pages.mistakes import mistakes_of
from enrolment.pages.needs import changeable
from enrolment.pages.opened import HEADERS, expired, hashed, opened, own_of, purpose, put, shown_page
from enrolment.pages.outcome import outcome
from enrolment.pages.own_data import own_data
from enrolment.pages.reading import OwnEnrolment
from enrolment.pages.visit import Visit, see_other
from spn.browsers import PAGE_HEADERS
from spn.messaging.edge import KeyReusedError

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


async def show(visit: Visit) -> Response:
    """How it stands."""
    own = await own_of(visit)
    return await expired(visit) if own is None else _page(visit, own)


async def confirm(visit: Visit) -> Response:
    """What an action means, before the click. Accepting needs no second look: its price is beside the button."""
    own, action = await own_of(visit), action_called(visit.part("action"), visit.words.language)
    if own is None:
        return await expired(visit)
    if action is None or action == "accept" or action not in possible(visit, own):
        return see_other(visit.to("personal", code=visit.part("code")))
    return _confirm(visit, own, action)


async def act(visit: Visit) -> Response:
    """Do it, once per form. What the person saw before the click still has to be so."""
    sent = dict(await visit.form())
    own, action = await own_of(visit), action_called(visit.part("action"), visit.words.language)
    if action == "fresh":
        return await _fresh(visit, sent)
    if own is None:
        return await expired(visit)
    if action not in _COMMANDS:
        return visit.message(404, "problem.not_found")
    ticket = visit.desk.tickets.taken(sent.get("ticket", ""), purpose(visit, action))
    if ticket is None or not own.is_participant:
        return _page(visit, own, status=422, notice="personal.notice_old")
    if action == "withdraw" and ticket.shown != _percent(visit, own):
        return _confirm(visit, own, action, status=422, notice="personal.notice_changed")
    return await _submit(visit, own, action, ticket.key, sent.get("reason", ""))


async def answer(visit: Visit) -> Response:
    """What came of it."""
    own, name, code = await own_of(visit), visit.part("name"), visit.part("code")
    if own is None:
        return await expired(visit)
    command_id = visit.desk.tickets.answered(name, hashed(code))
    if command_id is None:
        return visit.message(404, "problem.not_found")
    switch = visit.elsewhere("personal_answer", code=code, name=name)
    return await outcome(
        visit, command_id, switch=switch, back=visit.to("personal", code=code), back_key="to_enrolment"
    )


async def export(visit: Visit) -> Response:
    """One's own data as a file."""
    own = await own_of(visit)
    if own is None:
        return await expired(visit)
    named = {"content-disposition": 'attachment; filename="lerend-netwerk.json"'}
    return JSONResponse(own_data(own), headers={**PAGE_HEADERS, **HEADERS, **named})


def possible(visit: Visit, own: OwnEnrolment) -> tuple[str, ...]:
    """What this person may do now. An offer whose time is over can only lapse."""
    overdue = own.enrolment.is_overdue(visit.desk.clock.now())
    return _POSSIBLE.get(own.enrolment.status, ()) if own.is_participant and not overdue else ()


async def _fresh(visit: Visit, sent: dict[str, str]) -> Response:
    """A fresh link for whom this code was made for, by mail alone."""
    found = await opened(visit)
    ticket = visit.desk.tickets.taken(sent.get("ticket", ""), purpose(visit, "fresh"))
    if found is None or ticket is None or not found.own.is_participant:
        return await expired(visit)
    one = found.own.enrolment
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
    sent = await put(visit, command, key, "personal_answer")
    return sent or _page(visit, own, status=422, notice="personal.notice_old")


def _page(visit: Visit, own: OwnEnrolment, *, status: int = 200, notice: str | None = None) -> HTMLResponse:
    code, can = visit.part("code"), possible(visit, own)
    tickets = {action: visit.desk.tickets.form(purpose(visit, action)) for action in can if action == "accept"}
    overdue = own.enrolment.is_overdue(visit.desk.clock.now())
    switch = visit.elsewhere("personal", code=code)
    return shown_page(
        visit,
        "personal",
        own,
        switch,
        status,
        notice=notice,
        can=can,
        tickets=tickets,
        overdue=overdue,
        changeable=changeable(visit, own),
        inviting=bool(themes_of(visit, own)),
    )


def _confirm(visit: Visit, own: OwnEnrolment, action: str, *, status: int = 200, **more: Any) -> HTMLResponse:
    shown = _percent(visit, own) if action == "withdraw" else 0
    switch = visit.elsewhere("personal_action", code=visit.part("code"), action=action)
    more = {
        "notice": None,
        "reason": "",
        "error": None,
        "cost": conditions.cost_now(own.edition.terms, own.enrolment, visit.desk.clock.now()),
        "ticket": visit.desk.tickets.form(purpose(visit, action), shown),
        **more,
    }
    return shown_page(visit, "confirm", own, switch, status, action=action, **more)


def _percent(visit: Visit, own: OwnEnrolment) -> int:
    return own.enrolment.percent_owed(own.edition.terms, visit.desk.clock.now())
