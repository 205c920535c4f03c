"""From the domain's words to the data of events."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal, TypeVar, cast

from enrolment.domain import enrolment as domain
from enrolment.domain import facts, parties
from enrolment.domain.facts import OpenOrNot
from enrolment.domain.terms import Terms
from enrolment.events_out import models
from enrolment.links import Links

E = TypeVar("E", models.Enrolment, models.LaterEnrolment)


def edition(terms: Terms, state: OpenOrNot) -> models.Edition:
    """An edition in this state."""
    return models.Edition.model_validate({**asdict(terms), "state": state})


def cancelled_edition(terms: Terms) -> models.CancelledEdition:
    """An edition that will not take place."""
    return models.CancelledEdition.model_validate({**asdict(terms), "state": "cancelled"})


def partner_edition(terms: Terms) -> models.PartnerEdition:
    """What partners are told of an edition."""
    return models.PartnerEdition(
        edition_id=terms.edition_id,
        title_nl=terms.title_nl,
        title_en=terms.title_en,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        seats=terms.seats,
    )


def person(one: parties.Person) -> models.Person:
    """A person as known now."""
    return models.Person(person_id=one.person_id, name=one.name, email=one.email, language=one.language)


def organisation(one: parties.Organisation) -> models.Organisation:
    """An organisation as known now."""
    # The fields have the same names there.
    return models.Organisation.model_validate(one, from_attributes=True)


def enrolment(fact: facts.EnrolmentFact, model: type[E], links: Links | None = None) -> E:
    """An enrolment after a fact."""
    terms, one = fact.terms, fact.enrolment
    link = (
        links.addresses("enrolment", one.enrolment_id, one.participant_id, one.link_version, fact.at) if links else None
    )
    return model(
        enrolment_id=one.enrolment_id,
        edition_id=one.edition_id,
        edition_title_nl=terms.title_nl,
        edition_title_en=terms.title_en,
        number=one.number,
        status=cast("Any", one.status),  # the model has the statuses that the facts told with it can have
        participant_id=one.participant_id,
        former_participant_ids=one.former_participant_ids,
        organisation_id=one.organisation_id,
        requested_at=one.requested_at,
        position=fact.position,
        offer_expires_at=one.offer_expires_at,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        currency=terms.currency,
        payers=tuple(_payer(payer) for payer in one.payers),
        requester_id=one.requester_id,
        commitment=one.commitment,
        commitment_ends_on=one.commitment_ends_on,
        journal_entry=fact.entry.number,
        journal_seal=fact.entry.seal,
        link_nl=link.nl if link else None,
        link_en=link.en if link else None,
    )


def guest(fact: facts.GuestFact, links: Links | None = None) -> models.Guest:
    """A guest after a fact."""
    terms, one = fact.terms, fact.guest
    theme = terms.theme(one.theme_id)
    link = links.addresses("guest", one.guest_id, one.person_id, 0, fact.at) if links else None
    return models.Guest(
        guest_id=one.guest_id,
        edition_id=one.edition_id,
        edition_title_nl=terms.title_nl,
        edition_title_en=terms.title_en,
        enrolment_id=one.enrolment_id,
        organisation_id=one.organisation_id,
        theme_id=cast("models.ThemeId", one.theme_id),
        theme_title_nl=theme.title_nl if theme else one.theme_id,
        theme_title_en=theme.title_en if theme else one.theme_id,
        person_id=one.person_id,
        status=one.status,
        expires_at=one.expires_at,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        link_nl=link.nl if link else None,
        link_en=link.en if link else None,
    )


def partner_enrolment(fact: facts.EnrolmentFact, status: Literal["accepted", "withdrawn"]) -> models.PartnerEnrolment:
    """What partners are told of an enrolment."""
    one = fact.enrolment
    return models.PartnerEnrolment(
        edition_id=one.edition_id,
        enrolment_id=one.enrolment_id,
        organisation_id=one.organisation_id,
        status=status,
        at=fact.at,
        journal_entry=fact.entry.number,
        journal_seal=fact.entry.seal,
    )


def _payer(payer: domain.Payer) -> models.Payer:
    return models.Payer(
        organisation_id=payer.organisation_id,
        contact_id=payer.contact_id,
        reference=payer.reference,
        lines=tuple(
            models.AgreedLine(
                line_id=line.line_id,
                description_nl=line.description_nl,
                description_en=line.description_en,
                nature=line.nature,
                unit_price_cents=line.unit_price_cents,
                owed_cents=line.owed_cents,
            )
            for line in payer.lines
        ),
    )
