"""An edition from data: a new one, or other terms for one that is there. Mistakes show by line, and nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from fastapi.responses import Response

from enrolment.commands import AmendEdition, PublishEdition, examples
from enrolment.document.writing import as_yaml
from enrolment.domain.editions import terms_of
from enrolment.organiser import consequences, edition, reading
from enrolment.organiser.changes import changes
from enrolment.organiser.drafts import Draft, made_of, reasoned, sent
from enrolment.organiser.sending import send as send_command
from enrolment.organiser.shapes import EditionRow
from enrolment.organiser.visit import OfficeVisit
from enrolment.pages.putting import NotPutError

PUBLISH: Final = "publish"
# Not "no-store": who comes back to it by the browser's button finds what was typed.
_KEPT: Final = {"cache-control": "private, no-cache"}
_EXAMPLE: Final = as_yaml(terms_of(PublishEdition.model_validate(examples.PUBLISH)))


async def show(visit: OfficeVisit) -> Response:
    """An empty form, or one with the terms of another edition to begin from."""
    text, asked = "", visit.request.query_params.get("from", "")
    if edition.NAME.fullmatch(asked):
        found = await visit.desk.read(lambda connection: reading.edition(connection, asked))
        text = as_yaml(found.terms) if found else ""
    return _form(visit, Draft(text, visit.desk.tickets.form(PUBLISH)), headers=_KEPT)


async def send(visit: OfficeVisit) -> Response:
    """Look it over; publish it once who sent it has seen what will follow."""
    draft = await sent(visit)
    ticket = visit.desk.tickets.taken(draft.ticket, PUBLISH)
    if ticket is None:
        return _form(visit, _anew(visit, draft), status=422, notice="notice.old")
    if draft.step == "edit":
        return _form(visit, draft)
    made = await made_of(draft, PublishEdition, by=visit.by)
    if isinstance(made, Draft):
        return _form(visit, made, status=422)
    if draft.step == "check":
        return _preview(visit, draft, made)
    return await _on_the_log(visit, draft, made, ticket.key)


async def show_amendment(visit: OfficeVisit) -> Response:
    """The form with the terms as they are."""
    found = await _edition(visit)
    if found is None:
        return visit.message(404, "problem.not_found")
    return _form(visit, _anew(visit, Draft(as_yaml(found.terms), ""), found), found, headers=_KEPT)


async def send_amendment(visit: OfficeVisit) -> Response:
    """Look it over and show what changes; amend once that was seen, if the edition still is as it was then."""
    draft, found = await sent(visit), await _edition(visit)
    if found is None:
        return visit.message(404, "problem.not_found")
    ticket = visit.desk.tickets.taken(draft.ticket, _purpose(found))
    if ticket is None:
        return _form(visit, _anew(visit, draft, found), found, status=422, notice="notice.old")
    if draft.step == "edit":
        return _form(visit, draft, found)
    reason, draft = reasoned(draft, visit)
    given = {"edition_id": found.terms.edition_id, "by": visit.by, "if_revision": ticket.shown, "reason": reason}
    made = await made_of(draft, AmendEdition, **given)
    if isinstance(made, Draft):
        return _form(visit, made, found, status=422)
    if draft.step == "check":
        return _preview(visit, draft, made, found)
    return await _on_the_log(visit, draft, made, ticket.key, found)


async def _on_the_log(
    visit: OfficeVisit, draft: Draft, made: PublishEdition | AmendEdition, key: str, found: EditionRow | None = None
) -> Response:
    try:
        return await send_command(visit, made, key, f"edition/{made.edition_id}")
    except NotPutError as error:
        page = error.page("notice.", draft.ticket)
        # Sent before with other answers: this is a form of its own from now on.
        again = draft if page.pop("ticket") else _anew(visit, draft, found)
        return _form(visit, again, found, **page)


async def _edition(visit: OfficeVisit) -> EditionRow | None:
    edition_id = visit.part("edition_id")
    if not edition.NAME.fullmatch(edition_id):
        return None
    return await visit.desk.read(lambda connection: reading.edition(connection, edition_id))


def _purpose(found: EditionRow | None) -> str:
    return f"amend/{found.terms.edition_id}" if found else PUBLISH


def _anew(visit: OfficeVisit, draft: Draft, found: EditionRow | None = None) -> Draft:
    """The draft with a ticket of its own, held against the edition as it is now."""
    ticket = visit.desk.tickets.form(_purpose(found), found.revision if found else 0)
    return replace(draft, ticket=ticket)


def _form(
    visit: OfficeVisit,
    draft: Draft,
    found: EditionRow | None = None,
    *,
    status: int = 200,
    notice: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return _page(visit, "organiser/document", draft, found, status=status, notice=notice, headers=headers)


def _preview(
    visit: OfficeVisit, draft: Draft, made: PublishEdition | AmendEdition, found: EditionRow | None = None
) -> Response:
    terms = terms_of(made)
    follows = consequences.of_amendment(found, terms, visit.words) if found else [visit.words("follow.publish")]
    differ = list(changes(found.terms, terms, visit.words)) if found else []
    return _page(visit, "organiser/preview", draft, found, terms=terms, follows=follows, changes=differ)


def _page(visit: OfficeVisit, template: str, draft: Draft, found: EditionRow | None, **more: Any) -> Response:
    page, where = ("amend", {"edition_id": found.terms.edition_id}) if found else ("new", {})
    return visit.page(
        template,
        switch=visit.elsewhere(page, **where),
        place=visit.to(page, **where),
        back=visit.to("edition", **where) if found else visit.to("home"),
        draft=draft,
        found=found,
        example=_EXAMPLE,
        **more,
    )
