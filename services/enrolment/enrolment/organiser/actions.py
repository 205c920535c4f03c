"""An action of an organiser: what will follow is said first, then it goes onto the log, held against what was seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi.responses import Response
from starlette.datastructures import FormData

from enrolment.organiser import consequences, edition, enrolment, known, possible
from enrolment.organiser.addresses import OFFICE
from enrolment.organiser.filled import Errors, command_of, taken
from enrolment.organiser.sending import send
from enrolment.organiser.shapes import WholeEdition, WholeEnrolment
from enrolment.organiser.visit import OfficeVisit, text_in
from enrolment.pages.putting import NotPutError
from enrolment.pages.visit import see_other
from spn.messaging.contract import Command


def _action(visit: OfficeVisit) -> str:
    return OFFICE.action_called(visit.part("action"), visit.words.language) or ""


async def confirm_edition(visit: OfficeVisit) -> Response:
    """What an action means for an edition, before the click."""
    whole, name = await edition.of(visit), _action(visit)
    if whole is None or name not in possible.EDITION_ACTIONS:
        return visit.message(404, "problem.not_found")
    if name not in possible.of_edition(whole.edition, visit.desk.clock.now()):
        return see_other(visit.to("edition", edition_id=whole.edition.terms.edition_id))
    return _confirm_edition(visit, whole, name)


async def act_on_edition(visit: OfficeVisit) -> Response:
    """Do it, once per form, if the edition still is as it was seen."""
    form, whole, name = await visit.sent(), await edition.of(visit), _action(visit)
    if whole is None or name not in possible.EDITION_ACTIONS:
        return visit.message(404, "problem.not_found")
    action, edition_id = possible.EDITION_ACTIONS[name], whole.edition.terms.edition_id

    def given(seen: int) -> dict[str, Any]:
        return {"edition_id": edition_id, "if_revision": seen if action.is_held else None}

    again = partial(_confirm_edition, visit, whole, name)
    return await _done(visit, form, Doing(action, f"{name}/{edition_id}", given, f"edition/{edition_id}", again))


def _confirm_edition(visit: OfficeVisit, whole: WholeEdition, name: str, **more: Any) -> Response:
    found, now = whole.edition, visit.desk.clock.now()
    where = {"edition_id": found.terms.edition_id, "action": name}
    context = {
        "switch": visit.elsewhere("edition_action", **where),
        "place": visit.to("edition_action", **where),
        "back": visit.to("edition", edition_id=found.terms.edition_id),
        "about": visit.words.either(found.terms.title_nl, found.terms.title_en),
        "follows": consequences.of_edition(name, found, whole.counts, now, visit.words),
        "action": possible.EDITION_ACTIONS[name],
        "name": f"edition_{name}",
    }
    fresh = visit.desk.tickets.form(f"{name}/{found.terms.edition_id}", found.revision)
    return _confirm(visit, context, fresh, **more)


async def confirm_enrolment(visit: OfficeVisit) -> Response:
    """What an action means for an enrolment, and for others, before the click."""
    one, name = await enrolment.of(visit), _action(visit)
    if one is None or name not in possible.ACTIONS:
        return visit.message(404, "problem.not_found")
    if name not in possible.of_enrolment(one, visit.desk.clock.now()):
        return see_other(visit.to("enrolment", enrolment_id=str(one.enrolment.enrolment_id)))
    values = known.participant(one) if name == "correct" else {}
    return _confirm_enrolment(visit, one, name, values=values)


async def act_on_enrolment(visit: OfficeVisit) -> Response:
    """Do it, once per form, if the enrolment still is as it was seen."""
    form, one, name = await visit.sent(), await enrolment.of(visit), _action(visit)
    if one is None or name not in possible.ACTIONS:
        return visit.message(404, "problem.not_found")
    action, found = possible.ACTIONS[name], one.enrolment

    def given(seen: int) -> dict[str, Any]:
        return {"edition_id": found.edition_id, "enrolment_id": found.enrolment_id, "if_entry": seen}

    again, subject = partial(_confirm_enrolment, visit, one, name), f"enrolment/{found.enrolment_id}"
    return await _done(visit, form, Doing(action, _purpose(visit, one, name), given, subject, again))


def _confirm_enrolment(visit: OfficeVisit, one: WholeEnrolment, name: str, **more: Any) -> Response:
    found, terms = one.enrolment, one.edition.terms
    where = {"enrolment_id": str(found.enrolment_id), "action": name}
    context = {
        "switch": visit.elsewhere("enrolment_action", **where),
        "place": visit.to("enrolment_action", **where),
        "back": visit.to("enrolment", enrolment_id=str(found.enrolment_id)),
        "about": f"{one.participant.name}, {visit.words.either(terms.title_nl, terms.title_en)}",
        "follows": consequences.of_enrolment(name, one, visit.desk.clock.now(), visit.words),
        "action": possible.ACTIONS[name],
        "name": name,
    }
    return _confirm(visit, context, visit.desk.tickets.form(_purpose(visit, one, name), found.entry), **more)


@dataclass(frozen=True, slots=True)
class Doing:
    """An action on the way to the log.

    ``given``: what its command says besides the fields, from what the ticket says was seen. ``subject``: as ``send``
    has it. ``again``: the page before the click, once more.
    """

    action: possible.Action | possible.EditionAction
    purpose: str
    given: Callable[[int], dict[str, Any]]
    subject: str
    again: Callable[..., Response]


async def _done(visit: OfficeVisit, form: FormData, doing: Doing) -> Response:
    """The way to the answer; or the form once more, with what is wrong and everything that was typed."""
    action = doing.action
    values, shown = taken(form, action.fields), text_in(form, "ticket")
    again = partial(doing.again, values=values)
    ticket = visit.desk.tickets.taken(shown, doing.purpose)
    if ticket is None:
        return again(status=422, notice="notice.old")
    given = {**doing.given(ticket.shown), "by": visit.by}
    made = command_of(action.command, action.fields, values, given, visit.words)
    if not isinstance(made, Command):
        return again(errors=made, ticket=shown, status=422)
    try:
        return await send(visit, made, ticket.key, doing.subject)
    except NotPutError as error:
        return again(**error.page("notice.", shown))


def _purpose(visit: OfficeVisit, one: WholeEnrolment, name: str) -> str:
    """What a ticket is for. One to withdraw holds what that costs: when it costs something else, it is shown anew."""
    purpose = f"{name}/{one.enrolment.enrolment_id}"
    if name == "withdraw":
        return f"{purpose}/{one.enrolment.percent_owed(one.edition.terms, visit.desk.clock.now())}"
    return purpose


def _confirm(
    visit: OfficeVisit,
    context: Mapping[str, Any],
    fresh: str,
    *,
    values: Mapping[str, str] | None = None,
    errors: Errors | None = None,
    ticket: str | None = None,
    **more: Any,
) -> Response:
    values = {"participant.language": "nl", **(values or {})}
    shown = {"notice": None, "values": values, "errors": errors or {}, "ticket": ticket or fresh, **context, **more}
    return visit.page("organiser/confirm", **shown)
