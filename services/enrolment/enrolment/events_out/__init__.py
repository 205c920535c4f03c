"""The events enrolment owns, and which of them tell a fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from enrolment.domain import facts
from enrolment.events_out import models, types
from enrolment.events_out.fill import edition, enrolment, organisation, partner_edition, partner_enrolment, person
from enrolment.events_out.types import EVENTS
from spn.messaging.contract import EventType, Outgoing
from spn.messaging.policies import AnsweredCommand

__all__ = ["EVENTS", "OWNER", "answer", "tell"]

OWNER = "enrolment"

_OF_ENROLMENTS: Mapping[type[facts.EnrolmentFact], EventType[models.Enrolment]] = {
    facts.Accepted: types.ENROLMENT_ACCEPTED,
    facts.Waitlisted: types.ENROLMENT_WAITLISTED,
    facts.SeatOffered: types.SEAT_OFFERED,
    facts.OfferDeclined: types.OFFER_DECLINED,
    facts.OfferLapsed: types.OFFER_LAPSED,
    facts.Left: types.ENROLMENT_LEFT,
    facts.Withdrawn: types.ENROLMENT_WITHDRAWN,
    facts.Substituted: types.ENROLMENT_SUBSTITUTED,
}


def tell(fact: object) -> Iterable[Outgoing]:
    """The events that tell a fact of the domain."""
    match fact:
        case facts.EnrolmentFact():
            yield _OF_ENROLMENTS[type(fact)](enrolment(fact))
            yield from _to_partners(fact)
        case facts.PersonRegistered(one):
            yield types.PERSON_REGISTERED(person(one))
        case facts.PersonCorrected(one):
            yield types.PERSON_CORRECTED(person(one))
        case facts.OrganisationRegistered(one):
            yield types.ORGANISATION_REGISTERED(organisation(one))
        case facts.OrganisationChanged(one):
            yield types.ORGANISATION_CHANGED(organisation(one))
        case facts.EditionPublished(terms):
            yield types.EDITION_PUBLISHED(edition(terms, "published"))
            yield types.PARTNER_EDITION_PUBLISHED(partner_edition(terms))
        case facts.EditionOpened(terms):
            yield types.EDITION_OPENED(edition(terms, "open"))
        case facts.EditionClosed(terms):
            yield types.EDITION_CLOSED(edition(terms, "closed"))
        case _:
            raise TypeError(f"no event tells the fact {type(fact).__name__}")


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
        edition_id=answered.key or None,
        subject_id=said.subject,
        state=said.state,
    )
    return replace(types.COMMAND_ANSWERED(data), key=answered.key)
