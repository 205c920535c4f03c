"""What participants are told of their enrolment: exactly what its newest state says, each thing once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from notifications.domain.contact import AGE_MAX, Contact, Wish, settled
from spn.decision import Decision, Moment, unchanged

if TYPE_CHECKING:
    from notifications.events_in import Enrolment

PURPOSE_OF_STATUS = {
    "accepted": "accepted",
    "waiting": "waitlisted",
    "offered": "seat-offered",
    "declined": "offer-declined",
    "lapsed": "offer-lapsed",
    "left": "left",
    "withdrawn": "withdrawn",
}
TAKEN_OVER = "substituted-in"
HANDED_OVER = "substituted-out"


def settle_enrolment(
    contact: Contact, enrolment: Enrolment, at: Moment, *, age_max: timedelta = AGE_MAX
) -> Decision[Contact]:
    """Tell this person what the enrolment's newest state means for them.

    Promises nothing about order: an older state than the one known changes nothing, and what was not yet sent of an
    older state is superseded.
    """
    thread = contact.thread(str(enrolment.enrolment_id))
    if at.sequence <= thread.sequence:
        return unchanged(contact)
    wishes = tuple(_wishes(contact.person_id, enrolment))
    return Decision(settled(contact, replace(thread, sequence=at.sequence), wishes, at, age_max))


def _wishes(person_id: UUID, enrolment: Enrolment) -> Iterator[Wish]:
    """The versions come from the state itself, not from a sequence: the same state asks for the same message again."""
    former = enrolment.former_participant_ids
    if person_id == enrolment.participant_id:
        purpose = PURPOSE_OF_STATUS.get(enrolment.status)
        if purpose == "accepted" and former:
            yield Wish(TAKEN_OVER, len(former), _details("accepted", enrolment))
        elif purpose:
            yield Wish(purpose, 1, _details(purpose, enrolment))
    elif person_id in former:
        place = max(n for n, person in enumerate(former, start=1) if person == person_id)
        yield Wish(HANDED_OVER, place, _details(HANDED_OVER, enrolment))


def _details(purpose: str, enrolment: Enrolment) -> dict[str, Any]:
    """What the mail says: only what it needs, so that nothing else of the enrolment makes it another mail."""
    said: dict[str, Any] = {
        "title_nl": enrolment.edition_title_nl,
        "title_en": enrolment.edition_title_en,
        "number": str(enrolment.number),
    }
    if purpose in ("accepted", "seat-offered"):
        said |= {"starts_on": enrolment.starts_on.isoformat(), "ends_on": enrolment.ends_on.isoformat()}
    if purpose == "waitlisted":
        said["position"] = enrolment.position
    if purpose == "seat-offered" and enrolment.offer_expires_at:
        said["deadline"] = enrolment.offer_expires_at.isoformat()
    if purpose == "withdrawn":
        lines = [line for payer in enrolment.payers for line in payer.lines]
        said |= {
            "currency": enrolment.currency,
            "price_cents": sum(line.unit_price_cents for line in lines),
            "owed_cents": sum(line.owed_cents for line in lines),
        }
    return said
