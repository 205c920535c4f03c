"""The page on which participants write a part of their learning track and say who sees it.

No command carries any of it: like that of the needs, this page writes.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ValidationError

from enrolment import reflections
from enrolment.commands.fields import Essay
from enrolment.needs import Whose, deleted_at, deleted_on
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
from enrolment.reflections import SHARINGS, Came, Reflection, Sharing
from spn.messaging.policies import Connection

FIELDS: Final = (
    Field("text", "paragraph", False, said="reflection.text", rows=10),
    Field("shared_with", "radio", choices=SHARINGS, said="reflection.shared_with"),
)

_NEW: Final = {"shared_with": "nobody"}


class _Typed(BaseModel):
    """What is typed of a part."""

    text: Essay | None = None
    shared_with: Sharing


async def show(visit: Visit) -> Response:
    """What is there, to be changed."""
    own, part = await _opened(visit)
    if own is None or part is None:
        return await _elsewhere(visit, own)
    found = own.reflections.get(part.name)
    values = {"text": found.text, "shared_with": found.shared_with} if found else _NEW
    return _page(visit, own, part=part, values=values)


async def save(visit: Visit) -> Response:
    """Keep what was sent in the place of what the page showed; what is emptied is deleted."""
    sent = dict(reversed(await visit.form()))
    own, part = await _opened(visit)
    if own is None or part is None:
        return await _elsewhere(visit, own)
    values, shown = {field.name: sent.get(field.name, "") for field in FIELDS}, sent.get("ticket", "")
    again = partial(_page, visit, part=part, values=values)
    ticket = visit.desk.tickets.taken(shown, _purpose(visit, part))
    if ticket is None:
        return again(own, status=422, notice="form.notice_old")
    try:
        typed = _typed(values)
    except ValidationError as error:
        return again(own, mistakes=tuple(mistakes_of(error)), status=422, ticket=shown)
    try:
        came = await _written(visit, own, part, typed, ticket.shown)
    except NotPutError as error:
        return again(own, **error.page("personal.notice_", shown))
    if came == "kept":
        return see_other(visit.to("personal_track", code=visit.part("code")) + f"#{part.nl}")
    now = await own_of(visit) if came == "changed" else None
    return again(now, status=422, notice="reflection.notice_changed") if now else await expired(visit)


def _typed(values: Values) -> _Typed:
    text = lines_of(values["text"].strip())
    return _Typed.model_validate({"text": text or None, "shared_with": values["shared_with"]})


async def _written(visit: Visit, own: OwnEnrolment, part: Part, typed: _Typed, before: int) -> Came:
    one, until = own.enrolment, deleted_at(own.edition.terms, "goals")
    written = Reflection(part.name, typed.text or "", typed.shared_with, until)
    whose = Whose(one.enrolment_id, one.participant_id, one.link_version)

    async def write(connection: Connection) -> Came:
        async with connection.transaction():
            return await reflections.changed(connection, whose, written, before)

    with putting():
        return await visit.desk.read(write)


async def _opened(visit: Visit) -> tuple[OwnEnrolment | None, Part | None]:
    """Whose page it is, and the part of the address while this person may write it."""
    own = await own_of(visit)
    if own is None or not writable(visit, own):
        return own, None
    parts, word = parts_of(own.edition.terms, visit.words), visit.part("part")
    return own, next((part for part in parts if word in (part.nl, part.en)), None)


async def _elsewhere(visit: Visit, own: OwnEnrolment | None) -> Response:
    return see_other(visit.to("personal_track", code=visit.part("code"))) if own else await expired(visit)


def _purpose(visit: Visit, part: Part) -> str:
    return purpose(visit, f"reflection/{part.name}")


def _page(
    visit: Visit,
    own: OwnEnrolment,
    *,
    part: Part,
    values: Values,
    mistakes: tuple[Mistake, ...] = (),
    notice: str | None = None,
    ticket: str | None = None,
    **more: Any,
) -> HTMLResponse:
    there = own.reflections.get(part.name)
    # A fresh ticket is one to overwrite what is there now: that has to be seen, where it is not what the fields hold.
    differs = there and (there.text, there.shared_with) != (lines_of(values.get("text", "")), values["shared_with"])
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
        there=there if differs and ticket is None else None,
        ticket=ticket or visit.desk.tickets.form(_purpose(visit, part), there.stake if there else 0),
        deleted=deleted_on(own.edition.terms, "goals"),
        **more,
    )
