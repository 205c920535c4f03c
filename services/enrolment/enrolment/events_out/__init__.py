"""The events enrolment owns, and which of them tell a fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from enrolment.domain import facts
from enrolment.events_out import models, types
from enrolment.events_out.fill import (
    cancelled_edition,
    edition,
    enrolment,
    guest,
    organisation,
    partner_edition,
    partner_enrolment,
    person,
)
from enrolment.events_out.receipts import receipt
from enrolment.events_out.types import EVENTS
from enrolment.links import Links
from spn.messaging.contract import EventType, Outgoing
from spn.messaging.policies import AnsweredCommand

__all__ = ["EVENTS", "OWNER", "answer", "tell"]

OWNER = "enrolment"

_FROM_THE_FIRST: Mapping[type[facts.EnrolmentFact], EventType[models.Enrolment]] = {
    facts.Accepted: types.ENROLMENT_ACCEPTED,
    facts.Waitlisted: types.ENROLMENT_WAITLISTED,
    facts.SeatOffered: types.SEAT_OFFERED,
    facts.OfferDeclined: types.OFFER_DECLINED,
    facts.OfferLapsed: types.OFFER_LAPSED,
    facts.Left: types.ENROLMENT_LEFT,
    facts.Withdrawn: types.ENROLMENT_WITHDRAWN,
    facts.Substituted: types.ENROLMENT_SUBSTITUTED,
}
_LATER: Mapping[type[facts.EnrolmentFact], EventType[models.LaterEnrolment]] = {
    facts.Requested: types.ENROLMENT_REQUESTED,
    facts.Rejected: types.ENROLMENT_REJECTED,
    facts.Reordered: types.ENROLMENT_REORDERED,
    facts.OfferExtended: types.OFFER_EXTENDED,
    facts.Closed: types.ENROLMENT_CLOSED,
    facts.Corrected: types.ENROLMENT_CORRECTED,
    facts.Completed: types.ENROLMENT_COMPLETED,
    facts.SecondYearStarted: types.SECOND_YEAR_STARTED,
    facts.CommitmentEnded: types.COMMITMENT_ENDED,
    facts.LinkSent: types.LINK_SENT,
}
_OF_GUESTS: Mapping[type[facts.GuestFact], EventType[models.Guest]] = {
    facts.GuestInvited: types.GUEST_INVITED,
    facts.GuestConfirmed: types.GUEST_CONFIRMED,
    facts.GuestDeclined: types.GUEST_DECLINED,
    facts.GuestEnded: types.GUEST_ENDED,
}


def tell(fact: object, links: Links | None = None) -> Iterable[Outgoing]:
    """The events that tell a fact of the domain; with ``links``, people find their own pages by them."""
    match fact:
        case facts.EnrolmentFact():
            yield _of_enrolment(fact, links)
            yield from _to_partners(fact)
        case facts.GuestFact():
            yield _OF_GUESTS[type(fact)](guest(fact, links))
        case facts.PersonRegistered() | facts.PersonCorrected():
            event = types.PERSON_REGISTERED if isinstance(fact, facts.PersonRegistered) else types.PERSON_CORRECTED
            yield event(person(fact.person))
        case facts.OrganisationRegistered(one):
            yield types.ORGANISATION_REGISTERED(organisation(one))
        case facts.OrganisationChanged(one):
            yield types.ORGANISATION_CHANGED(organisation(one))
        case facts.PersonErased(person_id):
            yield types.PERSON_ERASED(models.ErasedPerson(person_id=person_id))
        case facts.ErasureReceipt():
            yield types.ERASURE_RECEIPT(receipt(fact))
        case _:
            yield from _of_edition(fact)


def _of_edition(fact: object) -> Iterable[Outgoing]:
    match fact:
        case facts.EditionPublished(terms):
            yield types.EDITION_PUBLISHED(edition(terms, "published"))
            yield types.PARTNER_EDITION_PUBLISHED(partner_edition(terms))
        case facts.EditionOpened(terms):
            yield types.EDITION_OPENED(edition(terms, "open"))
        case facts.EditionClosed(terms):
            yield types.EDITION_CLOSED(edition(terms, "closed"))
        case facts.EditionAmended(terms, state):
            yield types.EDITION_AMENDED(edition(terms, state))
            yield types.PARTNER_EDITION_AMENDED(partner_edition(terms))
        case facts.EditionCancelled(terms):
            yield types.EDITION_CANCELLED(cancelled_edition(terms))
            yield types.PARTNER_EDITION_CANCELLED(partner_edition(terms))
        case _:
            raise TypeError(f"no event tells the fact {type(fact).__name__}")


def _of_enrolment(fact: facts.EnrolmentFact, links: Links | None) -> Outgoing:
    first = _FROM_THE_FIRST.get(type(fact))
    if first:
        return first(enrolment(fact, models.Enrolment, links))
    return _LATER[type(fact)](enrolment(fact, models.LaterEnrolment, links))


def _to_partners(fact: facts.EnrolmentFact) -> Iterable[Outgoing]:
    """Partners hear of seats that are certain, and of those only when they are given up."""
    if isinstance(fact, facts.Accepted):
        yield types.PARTNER_CONFIRMED(partner_enrolment(fact, "accepted"))
    elif isinstance(fact, facts.Withdrawn):
        yield types.PARTNER_ENDED(partner_enrolment(fact, "withdrawn"))


def answer(answered: AnsweredCommand) -> Outgoing:
    """The event that tells the answer of a command; its key is the command's, whatever that was."""
    said = answered.answer
    data = models.CommandAnswered(
        command_id=UUID(answered.command_id),
        command_type=answered.command_type,
        outcome=said.outcome,
        code=said.code,
        sentence_nl=said.nl,
        sentence_en=said.en,
        edition_id=None if answered.command_type.startswith("person.") else answered.key or None,
        subject_id=said.subject,
        state=said.state,
    )
    return replace(types.COMMAND_ANSWERED(data), key=answered.key)
