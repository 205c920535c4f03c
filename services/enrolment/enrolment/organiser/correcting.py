"""Correcting what was agreed: a form that begins with what is known, and says what follows from what stands in it.

Its ticket is held against both. Was something else known when it was made, or does something else follow from what was
typed since, then that is shown first and nothing happens.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from fastapi.responses import Response
from pydantic import ValidationError

from enrolment.commands import CorrectEnrolment
from enrolment.organiser import enrolment, possible
from enrolment.organiser.sending import send
from enrolment.organiser.shapes import WholeEnrolment
from enrolment.organiser.visit import OfficeVisit
from enrolment.pages.form.document import lines_of
from enrolment.pages.form.fields import Field
from enrolment.pages.form.making import in_order
from enrolment.pages.form.sheet import Values
from enrolment.pages.mistakes import Mistake, mistakes_of
from enrolment.pages.putting import NotPutError
from enrolment.pages.sentences import said
from enrolment.pages.visit import see_other
from enrolment.pages.words import Words

Pairs: TypeAlias = Sequence[tuple[str, str]]
Begun: TypeAlias = Callable[[WholeEnrolment, Words], "Filled"]
Sent: TypeAlias = Callable[[WholeEnrolment, Pairs, Words], "Filled"]


@dataclass(frozen=True, slots=True)
class Filled:
    """A form of a correction, as far as it is filled in.

    ``document``: its part of the command. ``wrong``: what the command's own form does not say. ``held``: a mark of what
    is known and of what follows. ``is_unfolding``: it was sent to be shown again, with more fields or fewer.
    """

    action: str
    fields: tuple[Field, ...]
    values: Values
    document: Mapping[str, Any]
    wrong: tuple[Mistake, ...]
    held: str
    follows: Sequence[str]
    more: Mapping[str, Any] = field(default_factory=dict)
    is_unfolding: bool = False


def showing(action: str, begun: Begun) -> Callable[[OfficeVisit], Awaitable[Response]]:
    """The page with what is known, where a correction makes sense."""

    async def show(visit: OfficeVisit) -> Response:
        one = await enrolment.of(visit)
        if one is None:
            return visit.message(404, "problem.not_found")
        if action not in possible.of_enrolment(one, visit.desk.clock.now()):
            return see_other(visit.to("enrolment", enrolment_id=str(one.enrolment.enrolment_id)))
        return _page(visit, one, begun(one, visit.words))

    return show


def sending(sent: Sent) -> Callable[[OfficeVisit], Awaitable[Response]]:
    """Put it on the log, once per form, if what was shown still is so; or show it again with all that was typed."""

    async def send_(visit: OfficeVisit) -> Response:
        form, one = await visit.sent(), await enrolment.of(visit)
        if one is None:
            return visit.message(404, "problem.not_found")
        pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        filled = sent(one, pairs, visit.words)
        return _page(visit, one, filled) if filled.is_unfolding else await _done(visit, one, filled, dict(pairs))

    return send_


async def _done(visit: OfficeVisit, one: WholeEnrolment, filled: Filled, pairs: Mapping[str, str]) -> Response:
    shown = pairs.get("ticket", "")
    ticket = visit.desk.tickets.taken(shown, _purpose(one, filled))
    made = _command(visit, one, filled, ticket.shown if ticket else 0)
    if not isinstance(made, CorrectEnrolment):
        return _page(visit, one, filled, status=422, errors=said(filled.fields, made, visit.words), ticket=shown)
    if ticket is None:
        return _page(visit, one, filled, status=422, notice="notice.follows")
    try:
        return await send(visit, made, ticket.key, f"enrolment/{one.enrolment.enrolment_id}")
    except NotPutError as error:
        return _page(visit, one, filled, **error.page("notice.", shown))


def _command(
    visit: OfficeVisit, one: WholeEnrolment, filled: Filled, seen: int
) -> CorrectEnrolment | tuple[Mistake, ...]:
    """The command, or everything that keeps it from being one."""
    found = one.enrolment
    given = {"edition_id": found.edition_id, "enrolment_id": found.enrolment_id, "if_entry": seen, "by": visit.by}
    reason = lines_of(filled.values.get("reason", "")).strip()
    document = {**filled.document, **({"reason": reason} if reason else {}), **given}
    try:
        command = CorrectEnrolment.model_validate(document)
    except ValidationError as error:
        mistakes = in_order(filled.fields, (*filled.wrong, *mistakes_of(error)))
        assert mistakes, "what is refused is no field of this form"
        return mistakes
    return in_order(filled.fields, filled.wrong) or command


def _purpose(one: WholeEnrolment, filled: Filled) -> str:
    return f"{filled.action}/{one.enrolment.enrolment_id}/{filled.held}"


def _page(
    visit: OfficeVisit,
    one: WholeEnrolment,
    filled: Filled,
    *,
    errors: Mapping[str, str] | None = None,
    ticket: str | None = None,
    notice: str | None = None,
    **more: Any,
) -> Response:
    found, terms, tickets = one.enrolment, one.edition.terms, visit.desk.tickets
    where = {"enrolment_id": str(found.enrolment_id), "action": filled.action}
    purpose = _purpose(one, filled)
    kept = ticket if ticket and tickets.taken(ticket, purpose) else None
    return visit.page(
        f"organiser/{filled.action}",
        switch=visit.elsewhere("enrolment_action", **where),
        place=visit.to("enrolment_action", **where),
        back=visit.to("enrolment", enrolment_id=str(found.enrolment_id)),
        about=f"{one.participant.name}, {visit.words.either(terms.title_nl, terms.title_en)}",
        follows=filled.follows,
        name=filled.action,
        fields=filled.fields,
        values=filled.values,
        errors=errors or {},
        notice=notice,
        ticket=kept or tickets.form(purpose, found.entry),
        **filled.more,
        **more,
    )
