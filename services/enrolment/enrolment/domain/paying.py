"""Who pays for a seat, as a command names them, and what part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from enrolment.domain import introductions
from enrolment.domain.answers import of_edition
from enrolment.domain.enrolment import AgreedLine, Payer
from enrolment.domain.parties import Organisation, Person
from enrolment.domain.shares import Share, SharesExceedPriceError, split
from enrolment.domain.turn import Turn

if TYPE_CHECKING:
    from enrolment.commands import FurtherPayer, PayerDetails


def payers(
    turn: Turn,
    lines: Sequence[AgreedLine],
    library: Organisation,
    payer: PayerDetails,
    further: Sequence[FurtherPayer],
    *,
    participant: Person,
) -> tuple[Turn, tuple[Payer, ...]]:
    """All payers, each with its part of the lines: first who pays the rest, the organisation named or the library.

    A contact with the participant's address is the participant, under the name that is known.

    :raises Refused: there are more payers than the edition allows, or the shares are more than the price.
    """
    terms = turn.edition.terms
    if 1 + len(further) > terms.payers_max:
        raise of_edition.too_many_payers(terms)
    try:
        parts = split(lines, [Share(one.share.percent, one.share.amount_cents) for one in further])
    except SharesExceedPriceError:
        raise of_edition.shares_exceed_price(terms) from None
    found: list[Payer] = []
    for one, part in zip((payer, *further), parts, strict=True):
        turn, organisation = _organisation(turn, one, library)
        turn, contact = _contact(turn, one, participant)
        found.append(Payer(organisation.organisation_id, contact.person_id, one.reference, part))
    return turn, tuple(found)


def _organisation(turn: Turn, one: PayerDetails, library: Organisation) -> tuple[Turn, Organisation]:
    """The organisation named, else the library. What is said of the library counts for itself as payer."""
    named = one.organisation
    if named is None or named.organisation_id == library.organisation_id:
        return turn, library
    return introductions.organisation(turn, named)


def _contact(turn: Turn, one: PayerDetails, participant: Person) -> tuple[Turn, Person]:
    if one.contact_email == participant.email:
        return turn, participant
    return introductions.person(turn, one.contact, f"contact {one.contact_email}")
