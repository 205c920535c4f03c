"""The page of an invitation: a guest says whether they come, without an account."""

from __future__ import annotations

from typing import Any, Final

from fastapi.responses import HTMLResponse, Response

from enrolment.commands import ConfirmGuest, DeclineGuest
from enrolment.links import claim_of
from enrolment.pages.addresses import action_called
from enrolment.pages.opened import hashed, lead_to_answer, purpose, shown_page
from enrolment.pages.outcome import always, outcome
from enrolment.pages.putting import NotPutError
from enrolment.pages.reading import OwnInvitation, own_invitation
from enrolment.pages.sessions import by_theme
from enrolment.pages.visit import Visit
from spn.messaging.policies import Connection

_COMMANDS: Final[dict[str, type[ConfirmGuest | DeclineGuest]]] = {"come": ConfirmGuest, "stay": DeclineGuest}
_POSSIBLE: Final = {"invited": ("come", "stay"), "confirmed": ("stay",)}


async def show(visit: Visit) -> Response:
    """What the invitation is for, and the answer to it."""
    own = await _own(visit)
    return visit.message(404, "guest.expired") if own is None else _page(visit, own)


async def act(visit: Visit) -> Response:
    """Say yes or no, once per form."""
    sent = dict(await visit.form())
    own, action = await _own(visit), action_called(visit.part("action"), visit.words.language)
    if own is None:
        return visit.message(404, "guest.expired")
    if action not in _COMMANDS:
        return visit.message(404, "problem.not_found")
    ticket = visit.desk.tickets.taken(sent.get("ticket", ""), purpose(visit, f"guest/{action}"))
    if ticket is None:
        return _page(visit, own, status=422, notice="personal.notice_old")
    command = _COMMANDS[action](edition_id=own.guest.edition_id, guest_id=own.guest.guest_id, by="guest")
    try:
        return await lead_to_answer(visit, command, ticket.key, "guest_answer")
    except NotPutError as error:
        return _page(visit, own, **error.page("personal.notice_", sent["ticket"]))


async def answer(visit: Visit) -> Response:
    """What came of it."""
    own, name, code = await _own(visit), visit.part("name"), visit.part("code")
    command_id = visit.desk.tickets.answered(name, hashed(code)) if own else None
    if command_id is None:
        return visit.message(404, "problem.not_found")
    switch = visit.elsewhere("guest_answer", code=code, name=name)
    return await outcome(visit, command_id, switch=switch, back=always(visit.to("guest", code=code), "to_invitation"))


async def _own(visit: Visit) -> OwnInvitation | None:
    """Whose page it is. Who has answered sees it, and may stay away after all, until the edition is over."""
    claim, now = claim_of(visit.part("code")), visit.desk.clock.now()
    if claim is None or claim.kind != "guest":
        return None

    async def read(connection: Connection) -> OwnInvitation | None:
        found = await own_invitation(connection, claim.subject)
        if found is None or found.person.is_erased or not visit.desk.links.is_of(claim, found.guest.person_id):
            return None
        answered = found.guest.status in ("confirmed", "declined") and now < found.edition.terms.ends_at
        return found if answered or not claim.is_over(now) else None

    return await visit.desk.read(read)


def _page(visit: Visit, own: OwnInvitation, *, notice: str | None = None, **more: Any) -> HTMLResponse:
    overdue = own.guest.is_overdue(visit.desk.clock.now())
    can = () if overdue else _POSSIBLE.get(own.guest.status, ())
    theme = own.edition.terms.theme(own.guest.theme_id)
    welcome = not overdue and own.guest.status in _POSSIBLE
    return shown_page(
        visit,
        "guest",
        own,
        visit.elsewhere("guest", code=visit.part("code")),
        can=can,
        tickets={action: visit.desk.tickets.form(purpose(visit, f"guest/{action}")) for action in can},
        shown="lapsed" if overdue else own.guest.status,
        notice=notice,
        sessions=by_theme(own.sessions if welcome else (), own.edition.terms, visit.words),
        calendar=None,
        theme=visit.words.either(theme.title_nl, theme.title_en) if theme else own.guest.theme_id,
        **more,
    )
