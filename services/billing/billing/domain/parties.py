"""Who is written on a document: organisations with their address, and the language of a contact. No names of people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from billing.domain.account import Language
from spn.decision import Decision, Moment, unchanged

if TYPE_CHECKING:
    from billing.events_in import Organisation, Person


@dataclass(frozen=True, slots=True)
class Address:
    """An organisation as the law wants it on an invoice: full legal name and street address."""

    legal_name: str
    street: str
    postcode: str
    city: str
    country: str
    kvk: str | None
    oin: str | None


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells and is paid, as the law wants it on an invoice."""

    legal_name: str
    street: str
    postcode: str
    city: str
    country: str
    kvk: str
    vat_id: str
    iban: str
    email: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """A payer by its id. Without an address nothing can be issued to it yet."""

    organisation_id: str
    sequence: int = 0
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Who gets a payer's papers: only the language is kept. Without it nothing can be written yet."""

    person_id: UUID
    sequence: int = 0
    language: Language | None = None


def note_organisation(buyer: Buyer, organisation: Organisation, at: Moment) -> Decision[Buyer]:
    """Keep the newest address; documents that have their number stay as they are."""
    if at.sequence <= buyer.sequence:
        return unchanged(buyer)
    address = Address(
        legal_name=organisation.legal_name,
        street=organisation.street,
        postcode=organisation.postcode,
        city=organisation.city,
        country=organisation.country,
        kvk=organisation.kvk,
        oin=organisation.oin,
    )
    return Decision(replace(buyer, sequence=at.sequence, address=address))


def note_person(contact: Contact, person: Person, at: Moment) -> Decision[Contact]:
    """Keep the newest language of a person who is, or may become, a payer's contact."""
    if at.sequence <= contact.sequence:
        return unchanged(contact)
    return Decision(replace(contact, sequence=at.sequence, language=person.language))
