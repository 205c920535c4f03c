"""The form page of an edition: a countdown, the form, or that it is over; and what came of sending it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from fastapi.responses import HTMLResponse, Response

from enrolment.pages.addresses import address
from enrolment.pages.form import fields, payers
from enrolment.pages.form.making import Asked, asked_of
from enrolment.pages.form.sheet import Sheet, Values, sheet_of, taken
from enrolment.pages.mistakes import Mistake
from enrolment.pages.needs import beside
from enrolment.pages.outcome import always, outcome
from enrolment.pages.putting import NotPutError, put
from enrolment.pages.reading import EditionNow, edition_now
from enrolment.pages.sentences import said
from enrolment.pages.visit import Visit, see_other

REFRESH_SECONDS_MAX = 3_600
"""A page that waits for the opening refreshes itself when that is no further off."""
SPREAD_SECONDS = 3
_NAME = re.compile(r"[a-z0-9-]{1,60}")


async def show(visit: Visit) -> Response:
    """The page as it is now."""
    edition = await _edition(visit)
    if edition is None:
        return visit.message(404, "problem.not_found")
    if visit.words.language not in (offered := edition.terms.languages):
        return see_other(address("form", offered[0], edition_id=edition.terms.edition_id))
    now = visit.desk.clock.now()
    match edition.stage(now):
        case "before":
            return _before(visit, edition, now)
        case "closed":
            early = now < edition.terms.closes_at
            return _page(visit, "closed", edition, early=early)
        case "cancelled":
            return _page(visit, "cancelled", edition)
        case _:
            return _blank(visit, edition)


async def send(visit: Visit) -> Response:
    """Put the request on the log, once per form; or show the form again with everything that was typed.

    Whether it comes in time is not decided here: its place in the log does that.
    """
    pairs = await visit.form()
    edition = await _edition(visit)
    if edition is None:
        return visit.message(404, "problem.not_found")
    sheet, sent = sheet_of(edition.terms, pairs), dict(pairs)
    values, shown = taken(sheet, pairs), sent.get("ticket", "")
    ticket = visit.desk.tickets.taken(shown, _purpose(edition))
    if unfolded := payers.unfolded(sheet, values, sent.get("do", "")):
        return _form(visit, edition, *unfolded, ticket=shown if ticket else None)
    if ticket is None:
        return _form(visit, edition, sheet, values, status=422, notice="form.notice_old")
    asked = asked_of(sheet, values)
    if not isinstance(asked, Asked):
        return _form(visit, edition, sheet, values, asked, status=422, ticket=shown)
    again = partial(_form, visit, edition, sheet, values)
    return await _submit(visit, edition, asked, again, key=ticket.key, shown=shown)


async def _submit(
    visit: Visit, edition: EditionNow, asked: Asked, again: Callable[..., HTMLResponse], *, key: str, shown: str
) -> Response:
    """Put it on the log; whatever keeps it from there, nothing that was typed is lost."""
    try:
        submitted = await put(visit, asked.command, key, beside(visit, edition.terms, asked.needs))
    except NotPutError as error:
        return again(**error.page("form.notice_", shown))
    name = visit.desk.tickets.answer(_purpose(edition), submitted.command_id)
    return see_other(visit.to("answer", edition_id=edition.terms.edition_id, name=name))


async def answer(visit: Visit) -> Response:
    """What came of it, as soon as that is known."""
    edition, name = await _edition(visit), visit.part("name")
    command_id = visit.desk.tickets.answered(name, _purpose(edition)) if edition else None
    if edition is None or command_id is None:
        return visit.message(404, "problem.not_found")
    where = {"edition_id": edition.terms.edition_id, "name": name}
    back = always(visit.to("form", edition_id=edition.terms.edition_id), "to_form")
    return await outcome(visit, command_id, switch=_switch(visit, edition, "answer", **where), back=back)


async def _edition(visit: Visit) -> EditionNow | None:
    edition_id = visit.part("edition_id")
    if not _NAME.fullmatch(edition_id):
        return None
    return await visit.desk.read(lambda connection: edition_now(connection, edition_id))


def _switch(visit: Visit, edition: EditionNow, page: str, **parts: str) -> str | None:
    """The page in the other language, where the edition offers both."""
    return visit.elsewhere(page, **parts) if len(edition.terms.languages) > 1 else None


def _purpose(edition: EditionNow) -> str:
    return f"edition/{edition.terms.edition_id}"


def _page(visit: Visit, template: str, edition: EditionNow, **more: Any) -> HTMLResponse:
    words, terms = visit.words, edition.terms
    return visit.page(
        template,
        switch=_switch(visit, edition, "form", edition_id=terms.edition_id),
        edition=edition,
        terms=terms,
        edition_title=words.either(terms.title_nl, terms.title_en),
        **more,
    )


def _before(visit: Visit, edition: EditionNow, now: datetime) -> HTMLResponse:
    opens = edition.terms.opens_at
    seconds = max(int((opens - now).total_seconds()), 0)
    headers = {}
    if seconds <= REFRESH_SECONDS_MAX:
        # Not all in the same second: the page that is asked for then is the form.
        headers["refresh"] = str(seconds + 1 + random.randrange(SPREAD_SECONDS))  # noqa: S311 - spreads load only
    return _page(visit, "before", edition, now=now, remaining=visit.words.duration(seconds), headers=headers)


def _blank(visit: Visit, edition: EditionNow) -> HTMLResponse:
    """The form as nobody has filled it in yet."""
    sheet = Sheet(edition.terms)

    def rendered(ticket: str) -> bytes:
        return bytes(_form(visit, edition, sheet, sheet.fresh(visit.words.language), ticket=ticket).body)

    shown = (visit.words.language, edition.terms, edition.is_full, edition.waiting)
    form = visit.desk.blanks.copy(shown, visit.desk.tickets.form(_purpose(edition)), rendered)
    # Not "no-store": who comes back to it by the browser's button finds what was typed.
    return visit.desk.pages.made(form, visit.words, headers={"cache-control": "private, no-cache"})


def _form(
    visit: Visit,
    edition: EditionNow,
    sheet: Sheet,
    values: Values,
    mistakes: tuple[Mistake, ...] = (),
    *,
    status: int = 200,
    ticket: str | None = None,
    notice: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    return _page(
        visit,
        "form",
        edition,
        status=status,
        headers=headers,
        fields=fields,
        sheet=sheet,
        values=values,
        split=payers.split_of(sheet, values),
        errors=said(sheet.fields, mistakes, visit.words),
        ticket=ticket or visit.desk.tickets.form(_purpose(edition)),
        notice=notice,
    )
