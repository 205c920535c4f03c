"""The personal page: how an enrolment stands, what may be done about it, and one's own data."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import ValidationError

from enrolment.commands import AcceptOffer, DeclineOffer, LeaveList, SendLink, WithdrawEnrolment
from enrolment.commands.enrolments import EnrolmentCommand
from enrolment.pages import conditions, substitute
from enrolment.pages.addresses import action_called
from enrolment.pages.mistakes import mistakes_of
from enrolment.pages.needs import changeable
from enrolment.pages.opened import (
    HEADERS,
    expired,
    hashed,
    lasting_of,
    lead_to_answer,
    may_be_sent,
    opened,
    own_of,
    purpose,
    shown_page,
)
from enrolment.pages.outcome import outcome
from enrolment.pages.own_data import own_data
from enrolment.pages.own_form import about
from enrolment.pages.own_forms import FORMS
from enrolment.pages.putting import NotPutError
from enrolment.pages.reading import OwnEnrolment
from enrolment.pages.sessions import by_theme
from enrolment.pages.track import writable
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
_RETRACTED: Final = {"list-left": "answer.retracted", "already-left": "answer.retracted"}
"""What an answer says instead where people are chosen from requests: most of them never were on a waiting list."""


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
    return await _submit(visit, own, action, ticket.key, sent)


async def answer(visit: Visit) -> Response:
    """What came of it."""
    own, name, code = await own_of(visit), visit.part("name"), visit.part("code")
    lasting = visit.desk.tickets.answered(name, lasting_of(code))
    if own is None and lasting is None:
        return await expired(visit)
    command_id = lasting or visit.desk.tickets.answered(name, hashed(code))
    if command_id is None:
        return visit.message(404, "problem.not_found")
    switch = visit.elsewhere("personal_answer", code=code, name=name)

    async def back() -> tuple[str, str] | None:
        """What came of it may have ended the link; then its page is the way to a fresh one."""
        now, page = await opened(visit), visit.to("personal", code=code)
        if lasting:
            return (page, "to_fresh_link") if now and not now.holds and may_be_sent(now) else None
        return page, "to_enrolment"

    own_words = _RETRACTED if own and own.edition.terms.selection else {}
    return await outcome(visit, command_id, switch=switch, back=back, own_words=own_words)


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
    if found is None or ticket is None or not may_be_sent(found):
        return await expired(visit)
    one = found.own.enrolment
    command = SendLink(edition_id=one.edition_id, enrolment_id=one.enrolment_id, by="participant")
    with contextlib.suppress(KeyReusedError):
        await visit.desk.edge.submit(command, f"page:{ticket.key}", None)
    return visit.message(202, "personal.fresh")


async def _submit(visit: Visit, own: OwnEnrolment, action: str, key: str, sent: Mapping[str, str]) -> Response:
    given = dict(about(own))
    reason, again = sent.get("reason", ""), partial(_page, visit, own)
    if action == "withdraw":
        again = partial(_confirm, visit, own, action, reason=reason)
        given |= {"reason": reason} if reason.strip() else {}
    try:
        command = _COMMANDS[action].model_validate(given)
        return await lead_to_answer(visit, command, key, "personal_answer")
    except ValidationError as error:
        (mistake, *_) = mistakes_of(error)
        return again(status=422, error=visit.words(f"error.{mistake.reason}", most=mistake.most))
    except NotPutError as error:
        return again(**error.page("personal.notice_", sent["ticket"]))


def _page(visit: Visit, own: OwnEnrolment, *, notice: str | None = None, **more: Any) -> HTMLResponse:
    code, can = visit.part("code"), possible(visit, own)
    overdue = own.enrolment.is_overdue(visit.desk.clock.now())
    tickets = {action: visit.desk.tickets.form(purpose(visit, action)) for action in can if action == "accept"}
    return shown_page(
        visit,
        "personal",
        own,
        visit.elsewhere("personal", code=code),
        notice=notice,
        can=can,
        named={action: _named(own, action) for action in can},
        tickets=tickets,
        overdue=overdue,
        standing=_standing(own, overdue=overdue),
        changeable=changeable(visit, own),
        has_track=writable(visit, own),
        sessions=by_theme(own.sessions, own.edition.terms, visit.words),
        calendar=visit.to("personal_calendar", code=code) if own.sessions else None,
        forms=[form for form in FORMS if form.may(visit, own)],
        **more,
    )


def _confirm(
    visit: Visit, own: OwnEnrolment, action: str, *, reason: str = "", ticket: str | None = None, **more: Any
) -> HTMLResponse:
    shown = _percent(visit, own) if action == "withdraw" else 0
    switch = visit.elsewhere("personal_action", code=visit.part("code"), action=action)
    more = {
        "notice": None,
        "error": None,
        "cost": conditions.cost_now(own.edition.terms, own.enrolment, visit.desk.clock.now()),
        "ticket": ticket or visit.desk.tickets.form(purpose(visit, action), shown),
        "handing_over": substitute.FORM.may(visit, own),
        **more,
    }
    return shown_page(visit, "confirm", own, switch, action=action, named=_named(own, action), reason=reason, **more)


def _standing(own: OwnEnrolment, *, overdue: bool) -> str:
    """What the sentences on how it stands are called. Where people are chosen from requests, few were on a list."""
    if overdue:
        return "lapsed"
    if own.is_called_off:
        return "cancelled"
    status = own.enrolment.status
    return "retracted" if status == "left" and own.edition.terms.selection else status


def _named(own: OwnEnrolment, action: str) -> str:
    """What the words call an action. Who still waits for a choice takes a request back, and leaves no list."""
    return "retract" if action == "leave" and own.enrolment.status == "requested" else action


def _percent(visit: Visit, own: OwnEnrolment) -> int:
    return own.enrolment.percent_owed(own.edition.terms, visit.desk.clock.now())
