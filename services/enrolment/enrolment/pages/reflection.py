"""The page on which participants write a part of their learning track and say who sees it.

No command carries any of it: like that of the needs, this page writes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ValidationError

from enrolment import reflections
from enrolment.commands.fields import Essay
from enrolment.needs import deleted_at, deleted_on
from enrolment.pages.form.document import lines_of
from enrolment.pages.form.fields import Field
from enrolment.pages.form.sheet import Values
from enrolment.pages.mistakes import Mistake, mistakes_of
from enrolment.pages.opened import expired, own_of, purpose, shown_page
from enrolment.pages.putting import NotPutError, putting
from enrolment.pages.reading import OwnEnrolment
from enrolment.pages.sentences import said
from enrolment.pages.track import Part, parts_of, writable
from enrolment.pages.visit import Visit, see_other
from enrolment.reflections import SHARINGS, Reflection, Sharing
from spn.messaging.policies import Connection

FIELDS: Final = (
    Field("text", "paragraph", False, said="reflection.text", rows=10),
    Field("shared_with", "radio", choices=SHARINGS, said="reflection.shared_with"),
)

_CHANGED: Final = "reflection.notice_changed"
_NEW: Final = {"shared_with": "nobody"}


class _Typed(BaseModel):
    """What is typed of a part."""

    text: Essay | None = None
    shared_with: Sharing


async def show(visit: Visit) -> Response:
    """What is there, to be changed."""
    own = await own_of(visit)
    if own is None:
        return await expired(visit)
    part = _part(visit, own)
    if part is None:
        return see_other(visit.to("personal_track", code=visit.part("code")))
    found = own.reflections.get(part.name)
    return _page(visit, own, part, {"text": found.text, "shared_with": found.shared_with} if found else _NEW)


async def save(visit: Visit) -> Response:
    """Keep what was sent in the place of what the page showed; what is emptied is deleted."""
    sent = dict(reversed(await visit.form()))
    own = await own_of(visit)
    if own is None:
        return await expired(visit)
    part = _part(visit, own)
    if part is None:
        return see_other(visit.to("personal_track", code=visit.part("code")))
    values, shown = {field.name: sent.get(field.name, "") for field in FIELDS}, sent.get("ticket", "")
    ticket = visit.desk.tickets.taken(shown, _purpose(visit, part))
    if ticket is None:
        return _page(visit, own, part, values, status=422, notice="form.notice_old")
    try:
        typed = _typed(values)
    except ValidationError as error:
        return _page(visit, own, part, values, tuple(mistakes_of(error)), status=422, ticket=shown)
    return await _kept(
        visit, own, part, typed, ticket.shown, again=lambda **more: _page(visit, own, part, values, **more)
    )


def _typed(values: Values) -> _Typed:
    text = lines_of(values["text"].strip())
    return _Typed.model_validate({"text": text or None, "shared_with": values["shared_with"]})


async def _kept(
    visit: Visit, own: OwnEnrolment, part: Part, typed: _Typed, before: int, *, again: Callable[..., HTMLResponse]
) -> Response:
    one, until = own.enrolment, deleted_at(own.edition.terms, "goals")
    written = Reflection(part.name, typed.text or "", typed.shared_with, until)

    async def keep(connection: Connection) -> bool:
        async with connection.transaction():
            return await reflections.changed(connection, one.enrolment_id, one.participant_id, written, before)

    try:
        with putting():
            kept = await visit.desk.read(keep)
    except NotPutError as error:
        return again(**error.page("personal.notice_", ""))
    if not kept:
        return again(status=422, notice=_CHANGED)
    return see_other(visit.to("personal_track", code=visit.part("code")) + f"#{part.nl}")


def _part(visit: Visit, own: OwnEnrolment) -> Part | None:
    """The part of the address, while this person may write it."""
    if not writable(visit, own):
        return None
    word = visit.part("part")
    return next((part for part in parts_of(own.edition.terms, visit.words) if word in (part.nl, part.en)), None)


def _purpose(visit: Visit, part: Part) -> str:
    return purpose(visit, f"reflection/{part.name}")


def _page(
    visit: Visit,
    own: OwnEnrolment,
    part: Part,
    values: Values,
    mistakes: tuple[Mistake, ...] = (),
    *,
    notice: str | None = None,
    ticket: str | None = None,
    **more: Any,
) -> HTMLResponse:
    there = own.reflections.get(part.name)
    return shown_page(
        visit,
        "reflection",
        own,
        visit.elsewhere("personal_part", code=visit.part("code"), part=part.other(visit.words.language)),
        part=part,
        fields=FIELDS,
        values=values,
        errors=said(FIELDS, mistakes, visit.words),
        notice=notice,
        there=there if notice == _CHANGED else None,
        ticket=ticket or visit.desk.tickets.form(_purpose(visit, part), there.stake if there else 0),
        deleted=deleted_on(own.edition.terms, "goals"),
        **more,
    )
