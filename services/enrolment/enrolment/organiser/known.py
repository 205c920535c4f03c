"""What is known of an enrolment, as the fields of a form that begins with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from enrolment.domain.corrections import price_of
from enrolment.domain.enrolment import Payer
from enrolment.domain.parties import Organisation
from enrolment.domain.terms import ALL_PERCENT, Line, part_of
from enrolment.organiser.shapes import WholeEnrolment
from enrolment.pages.details import details_of
from enrolment.pages.form import fields
from enrolment.pages.form.sheet import Sheet, Values
from enrolment.pages.words import LANGUAGES, Words

_ADDRESS: Final = ("legal_name", "street", "postcode", "city")
_REGION: Final = ("province", "poi", "holiday_region")


def participant(one: WholeEnrolment) -> Values:
    """Who takes part."""
    return details_of(one.participant)


def library(one: WholeEnrolment) -> Values:
    """The library, with all that it was ever told of."""
    known = {f"library.{name}": getattr(one.library, name) or "" for name in _REGION}
    return {**_organisation("library", one.library), **known}


def sheet(one: WholeEnrolment, further: int) -> Sheet:
    """The form of who pays: as an edition of the price that was agreed, with a language for each contact."""
    return Sheet(replace(one.edition.terms, lines=_price(one), languages=LANGUAGES), further)


def payers(one: WholeEnrolment, words: Words) -> Values:
    """Who pays, and what part. Of a contact who was erased nothing is known."""
    first, *along = one.enrolment.payers
    found = {**library(one), **_invoice("payer", one, first), "payer.kind": "library"}
    if first.organisation_id != one.enrolment.organisation_id:
        organisation = _organisation("payer.organisation", one.organisations[first.organisation_id])
        found |= {**organisation, "payer.kind": fields.OTHER}
    for index, payer in enumerate(along):
        place = f"further_payers.{index}"
        found |= _organisation(f"{place}.organisation", one.organisations[payer.organisation_id])
        found |= {**_invoice(place, one, payer), **_share(place, one, payer, words)}
    return found


def mark(*parts: object) -> str:
    """A mark that tells this from anything else: what a ticket is held against."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _price(one: WholeEnrolment) -> tuple[Line, ...]:
    lines = price_of(one.enrolment)
    return tuple(Line(n.line_id, n.description_nl, n.description_en, n.nature, n.unit_price_cents) for n in lines)


def _organisation(place: str, known: Organisation) -> dict[str, str]:
    found = {f"{place}.{name}": getattr(known, name) for name in _ADDRESS}
    return {**found, f"{place}.number": known.kvk or known.oin or ""}


def _invoice(place: str, one: WholeEnrolment, payer: Payer) -> Mapping[str, str]:
    contact = one.people.get(payer.contact_id)
    known = contact if contact and not contact.is_erased else None
    return {
        f"{place}.contact_name": known.name if known else "",
        f"{place}.contact_email": known.email if known else "",
        f"{place}.language": known.language if known else LANGUAGES[0],
        f"{place}.reference": payer.reference or "",
    }


def _share(place: str, one: WholeEnrolment, payer: Payer, words: Words) -> Mapping[str, str]:
    """The part as somebody would type it to get just these lines: a percentage if it is one, else an amount."""
    paid = {line.line_id: line.unit_price_cents for line in payer.lines}
    for percent in range(1, ALL_PERCENT):
        if all(part_of(line.unit_price_cents, percent) == paid.get(line.line_id, 0) for line in _price(one)):
            return {f"{place}.share.kind": "percent", f"{place}.share.value": str(percent)}
    euros, cents = divmod(sum(paid.values()), 100)
    amount = f"{euros}{words.either(',', '.')}{cents:02}"
    return {f"{place}.share.kind": fields.EUROS, f"{place}.share.value": amount}
