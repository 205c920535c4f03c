"""Erasing a person: everything that will follow is said first, and their address is typed to confirm it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from fastapi.responses import Response

from enrolment.commands import ErasePerson
from enrolment.domain.parties import normalised_email
from enrolment.events_out import receipts
from enrolment.organiser import aftermath, known, people
from enrolment.organiser.people import WholePerson
from enrolment.organiser.sending import send
from enrolment.organiser.visit import OfficeVisit, text_in
from enrolment.pages.form.fields import Field
from enrolment.pages.putting import NotPutError

CONFIRM: Final = Field("confirm", "email", autocomplete="off")


async def show(visit: OfficeVisit) -> Response:
    """What an erasure means, before the click; or how far it is, once it was asked."""
    found = await _person(visit)
    return visit.message(404, "problem.not_found") if found is None else _page(visit, found)


async def erase(visit: OfficeVisit) -> Response:
    """Ask for it, once per form, if everything that was said would still follow."""
    form, found = await visit.sent(), await _person(visit)
    if found is None:
        return visit.message(404, "problem.not_found")
    shown, typed = text_in(form, "ticket"), text_in(form, CONFIRM.name)
    if found.is_asked:
        return _page(visit, found)
    ticket = visit.desk.tickets.taken(shown, _purpose(visit, found))
    if ticket is None:
        return _page(visit, found, typed=typed, status=422, notice="notice.old")
    if normalised_email(typed) != found.person.email:
        error = visit.words(f"field.confirm.{'wrong' if typed.strip() else 'empty'}")
        return _page(visit, found, typed=typed, status=422, errors={CONFIRM.name: error}, ticket=shown)
    try:
        command = ErasePerson(person_id=found.person.person_id, by=visit.by)
        return await send(visit, command, ticket.key, f"person/{found.person.person_id}")
    except NotPutError as error:
        return _page(visit, found, typed=typed, **error.page("notice.", shown))


async def _person(visit: OfficeVisit) -> WholePerson | None:
    try:
        person_id = UUID(visit.part("person_id"))
    except ValueError:
        return None
    return await visit.desk.read(lambda connection: people.whole_person(connection, person_id))


def _purpose(visit: OfficeVisit, found: WholePerson) -> str:
    """A ticket holds everything that ends and what that costs: when it is something else, that is shown anew."""
    now = visit.desk.clock.now()
    live = [
        (one.enrolment.enrolment_id, one.enrolment.entry, one.enrolment.percent_owed(one.edition.terms, now))
        for one in found.live
    ]
    coming = [one.guest_id for one in found.coming]
    return f"erase/{found.person.person_id}/{known.mark(found.person.email, live, coming)}"


def _page(
    visit: OfficeVisit, found: WholePerson, *, typed: str = "", ticket: str | None = None, **more: Any
) -> Response:
    where = {"person_id": str(found.person.person_id)}
    kept = (receipts.ENROLMENTS, receipts.JOURNAL) if found.took_part else ()
    back = (
        visit.to("enrolment", enrolment_id=str(found.live[0].enrolment.enrolment_id))
        if found.live
        else visit.to("home")
    )
    shown = {"status": 200, "notice": None, "errors": {}, **more}
    return visit.page(
        "organiser/erase",
        switch=visit.elsewhere("person", **where),
        place=visit.to("person", **where),
        back=back,
        found=found,
        person=found.person,
        ends=list(aftermath.ends(found, visit.desk.clock.now(), visit.words)),
        goes=list(aftermath.goes(found, visit.words)),
        kept=[visit.words.either(one.why_nl, one.why_en) for one in (*kept, receipts.TOMBSTONE)],
        confirm=CONFIRM,
        values={CONFIRM.name: typed},
        ticket=ticket or visit.desk.tickets.form(_purpose(visit, found)),
        **shown,
    )
