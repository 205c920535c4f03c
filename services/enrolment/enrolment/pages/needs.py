"""The page on which participants change or delete what they said for themselves; and how the form keeps it.

No command carries any of it, so this is the one page that writes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi.responses import HTMLResponse, Response

from enrolment import needs
from enrolment.domain.terms import Terms
from enrolment.needs import KEEPING, KINDS, SPECIAL, Kind, Whose
from enrolment.pages.form import fields
from enrolment.pages.form.fields import Field
from enrolment.pages.form.own_words import needs_in
from enrolment.pages.form.sheet import Values
from enrolment.pages.mistakes import Mistake
from enrolment.pages.opened import expired, own_of, purpose, shown_page
from enrolment.pages.putting import NotPutError, putting
from enrolment.pages.reading import OwnEnrolment
from enrolment.pages.sentences import said
from enrolment.pages.visit import Visit, see_other
from spn.messaging.edge import Beside
from spn.messaging.policies import Connection

_FIELDS: Mapping[Kind, Field] = {"goals": fields.GOALS, "diet": fields.DIET, "access": fields.ACCESS}
_PURPOSE = "needs"


def beside(visit: Visit, terms: Terms, texts: Mapping[Kind, str]) -> Beside | None:
    """What is stored with a request, under the id that its enrolment will have."""
    if not texts:
        return None
    now = visit.desk.clock.now()

    async def store(connection: Connection, command_id: UUID) -> None:
        await needs.put(connection, needs.enrolment_of(command_id), None, needs.given(terms, texts, now), now)

    return Beside(visit.desk.tickets.mark(json.dumps(texts, sort_keys=True).encode()), store)


async def show(visit: Visit) -> Response:
    """What there is, to be changed."""
    own = await own_of(visit)
    if own is None:
        return await expired(visit)
    if not changeable(visit, own):
        return see_other(visit.to("personal", code=visit.part("code")))
    values = {f"needs.{need.kind}": need.text for need in own.needs}
    consented = {fields.CONSENT.name: "yes"} if any(need.consent_at for need in own.needs) else {}
    return _page(visit, own, {**values, **consented})


async def save(visit: Visit) -> Response:
    """Keep what was sent and nothing else: what is emptied is deleted."""
    sent = dict(reversed(await visit.form()))
    own = await own_of(visit)
    if own is None:
        return await expired(visit)
    kinds = changeable(visit, own)
    if not kinds:
        return see_other(visit.to("personal", code=visit.part("code")))
    values = {} if sent.get("do") == "delete" else {f.name: sent.get(f.name, "") for f in _fields(kinds)}
    if visit.desk.tickets.taken(sent.get("ticket", ""), purpose(visit, _PURPOSE)) is None:
        return _page(visit, own, values, status=422, notice="form.notice_old")
    texts, mistakes = needs_in(values)
    if mistakes:
        return _page(visit, own, values, mistakes, status=422)
    try:
        with putting():
            kept = await visit.desk.read(lambda connection: _kept(connection, own, texts, visit.desk.clock.now()))
    except NotPutError as error:
        return _page(visit, own, values, **error.page("personal.notice_", sent["ticket"]))
    return see_other(visit.to("personal", code=visit.part("code")) + "#needs") if kept else await expired(visit)


def changeable(visit: Visit, own: OwnEnrolment) -> tuple[Kind, ...]:
    """What this person may say now: what the edition asks, or what is there, until the day on which it is deleted."""
    if not own.is_participant or own.enrolment.status not in KEEPING:
        return ()
    today, there = visit.desk.clock.now(), {need.kind for need in own.needs}
    asked = [kind for kind in KINDS if kind in own.edition.terms.asks or kind in there]
    return tuple(kind for kind in asked if today < needs.deleted_at(own.edition.terms, kind))


async def _kept(connection: Connection, own: OwnEnrolment, texts: Mapping[Kind, str], now: datetime) -> bool:
    given = needs.given(own.edition.terms, texts, now)
    async with connection.transaction():
        one = own.enrolment
        whose = Whose(one.enrolment_id, own.person.person_id, one.link_version)
        return await needs.changed(connection, whose, given, now)


def _fields(kinds: Sequence[Kind]) -> tuple[Field, ...]:
    found = tuple(_FIELDS[kind] for kind in kinds)
    return (*found, fields.CONSENT) if SPECIAL & set(kinds) else found


def _page(
    visit: Visit,
    own: OwnEnrolment,
    values: Values,
    mistakes: Sequence[Mistake] = (),
    *,
    notice: str | None = None,
    ticket: str | None = None,
    **more: Any,
) -> HTMLResponse:
    shown = _fields(changeable(visit, own))
    switch = visit.elsewhere("personal_needs", code=visit.part("code"))
    return shown_page(
        visit,
        "needs",
        own,
        switch,
        shown=shown,
        values=values,
        errors=said(shown, mistakes, visit.words),
        notice=notice,
        ticket=ticket or visit.desk.tickets.form(purpose(visit, _PURPOSE)),
        **more,
    )
