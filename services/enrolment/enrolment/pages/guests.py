"""The page on which participants invite guests to a theme, and see who comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from enrolment.commands import InviteGuest
from enrolment.domain.terms import Theme
from enrolment.pages.form.fields import Field
from enrolment.pages.form.sheet import Values
from enrolment.pages.mistakes import Mistake, mistakes_of
from enrolment.pages.opened import expired, own_of, purpose, put, shown_page
from enrolment.pages.reading import OwnEnrolment
from enrolment.pages.sentences import said
from enrolment.pages.visit import Visit, see_other

THEME: Final = Field("theme_id", "select")
GUEST: Final = (
    Field("guest.name"),
    Field("guest.email", "email"),
    Field("guest.language", "radio", choices=("nl", "en")),
)
_PURPOSE: Final = "invite"


def themes_of(visit: Visit, own: OwnEnrolment) -> tuple[Theme, ...]:
    """The themes that this person may invite to now. Whether the quota has room is decided in the log."""
    terms = own.edition.terms
    if not own.is_participant or own.enrolment.status != "accepted" or visit.desk.clock.now() >= terms.ends_at:
        return ()
    return tuple(theme for theme in terms.themes if theme.guests_per_library)


async def show(visit: Visit) -> Response:
    """An empty invitation."""
    own = await own_of(visit)
    if own is None:
        return await expired(visit)
    if not themes_of(visit, own):
        return see_other(visit.to("personal", code=visit.part("code")))
    return _page(visit, own, {"guest.language": own.person.language})


async def invite(visit: Visit) -> Response:
    """Put the invitation on the log, once per form; or show it again with everything that was typed."""
    sent = dict(reversed(await visit.form()))
    own = await own_of(visit)
    if own is None:
        return await expired(visit)
    if not themes_of(visit, own):
        return see_other(visit.to("personal", code=visit.part("code")))
    values = {field.name: sent.get(field.name, "") for field in (THEME, *GUEST)}
    ticket = visit.desk.tickets.taken(sent.get("ticket", ""), purpose(visit, _PURPOSE))
    if ticket is None:
        return _page(visit, own, values, status=422, notice="form.notice_old")
    try:
        command = _command(own, values)
    except ValidationError as error:
        return _page(visit, own, values, tuple(mistakes_of(error)), status=422, ticket=sent["ticket"])
    put_on_log = await put(visit, command, ticket.key, "personal_answer")
    return put_on_log or _page(visit, own, values, status=422, notice="form.notice_sent")


def _command(own: OwnEnrolment, values: Values) -> InviteGuest:
    """What the form asks for; what was left empty is left out, so that it is said to be missing."""
    filled = {name: value for name, value in values.items() if value.strip()}
    guest = {field.name.partition(".")[2]: filled[field.name] for field in GUEST if field.name in filled}
    theme = {THEME.name: filled[THEME.name]} if THEME.name in filled else {}
    about = {"edition_id": own.enrolment.edition_id, "enrolment_id": own.enrolment.enrolment_id}
    return InviteGuest.model_validate({**about, **theme, "guest": guest, "by": "participant"})


def _page(
    visit: Visit,
    own: OwnEnrolment,
    values: Values,
    mistakes: Sequence[Mistake] = (),
    *,
    status: int = 200,
    notice: str | None = None,
    ticket: str | None = None,
) -> HTMLResponse:
    return shown_page(
        visit,
        "guests",
        own,
        visit.elsewhere("personal_guests", code=visit.part("code")),
        status,
        theme_field=THEME,
        guest_fields=GUEST,
        themes=themes_of(visit, own),
        values=values,
        errors=said((THEME, *GUEST), mistakes, visit.words),
        notice=notice,
        ticket=ticket or visit.desk.tickets.form(purpose(visit, _PURPOSE)),
    )
