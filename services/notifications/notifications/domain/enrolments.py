"""What people are told of an enrolment: exactly what its newest state says, each thing once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from notifications.domain.contact import Contact, Wish
from notifications.domain.telling import AGE_MAX, newest
from spn.decision import Decision, Moment, unchanged

if TYPE_CHECKING:
    from notifications.events_in import Enrolment

PURPOSE_OF_STATUS = {
    "requested": "requested",
    "rejected": "rejected",
    "closed": "closed",
    "accepted": "accepted",
    "waiting": "waitlisted",
    "offered": "seat-offered",
    "declined": "offer-declined",
    "lapsed": "offer-lapsed",
    "left": "left",
    "withdrawn": "withdrawn",
}
TAKEN_OVER = "substituted-in"
SEAL_CHARACTERS = 16
"""As much of a seal as somebody types over: 64 bits."""
HANDED_OVER = "substituted-out"
ASKED_FOR = "requested-for-other"
"""Said once, whatever becomes of it: what follows is between the programme and the participant."""


def settle_enrolment(
    contact: Contact, enrolment: Enrolment, at: Moment, *, age_max: timedelta = AGE_MAX
) -> Decision[Contact]:
    """Tell this person what the enrolment's newest state means for them.

    Promises nothing about order: an older state than the one known changes nothing, and what was not yet sent of an
    older state is superseded.
    """
    about = str(enrolment.enrolment_id)
    if at.sequence <= contact.thread(about).sequence:
        return unchanged(contact)
    purpose = _purpose(contact.person_id, enrolment)
    wanted = Wish(purpose, at.sequence, _details(purpose, enrolment)) if purpose else None
    return Decision(newest(contact, about, wanted, at, age_max))


def _purpose(person_id: UUID, enrolment: Enrolment) -> str | None:
    former = enrolment.former_participant_ids
    if person_id == enrolment.participant_id:
        taken_over = enrolment.status == "accepted" and former
        return TAKEN_OVER if taken_over else PURPOSE_OF_STATUS.get(enrolment.status)
    if person_id in former:
        return HANDED_OVER
    return ASKED_FOR if person_id == enrolment.requester_id else None


def _details(purpose: str, enrolment: Enrolment) -> dict[str, Any]:
    """What the mail says: only what it needs, so that nothing else of the enrolment makes it another mail."""
    said: dict[str, Any] = {
        "title_nl": enrolment.edition_title_nl,
        "title_en": enrolment.edition_title_en,
        "number": str(enrolment.number),
    }
    if enrolment.link_nl and purpose not in (HANDED_OVER, ASKED_FOR):
        said |= {"link_nl": enrolment.link_nl, "link_en": enrolment.link_en}
    if purpose in ("accepted", TAKEN_OVER, "seat-offered"):
        said |= {"starts_on": enrolment.starts_on.isoformat(), "ends_on": enrolment.ends_on.isoformat()}
    if purpose == "waitlisted":
        said["position"] = enrolment.position
        if enrolment.journal_entry and enrolment.journal_seal:
            said["proof"] = f"{enrolment.journal_entry}:{enrolment.journal_seal[:SEAL_CHARACTERS]}"
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
