"""What the tests of billing are made of: agreements, accounts, and the way of a message without a broker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4, uuid5

import asyncpg

from billing.domain.account import Account, Draft
from billing.domain.issue import Place, final_document, issue, next_place
from billing.domain.parties import Address, Seller
from billing.domain.settle import settle_account
from billing.domain.vat import VatTable
from billing.events_in import Enrolment, EnrolmentLine, EnrolmentPayer, Organisation, Person
from billing.policies import POLICIES
from billing.settings import LOCAL_SELLER
from billing.vat import load_table
from spn.decision import Moment
from spn.messaging.contract import Reading

NOW = datetime(2027, 1, 14, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
NAMESPACE = UUID("11111111-2222-3333-4444-555555555555")
ENROLMENT = uuid5(NAMESPACE, "enrolment")
LIBRARY = "kvk-41012345"
FUND = "kvk-27000001"
PRICES = {"course": 350_000, "coaching": 150_000, "reader": 12_500}
NATURES = {"course": "course", "coaching": "coaching", "reader": "materials"}
VAT: VatTable = load_table(crkbo=True)
SELLER = Seller(
    legal_name=str(LOCAL_SELLER["billing_seller_name"]),
    street="Voorbeeldstraat 1",
    postcode="1234 AB",
    city="Voorbeeldstad",
    country="NL",
    kvk="12345678",
    vat_id="NL000099998B57",
    iban="NL04VOOR0123456789",
    email="facturen@spn.example",
)
ADDRESS = Address(
    legal_name="Stichting Openbare Bibliotheek Rivierenland",
    street="Kerkstraat 12",
    postcode="4001 AB",
    city="Tiel",
    country="NL",
    kvk="41012345",
    oin=None,
)

Owed = Mapping[str, Mapping[str, int]]
"""Cents owed, by payer and line."""


def contact_of(organisation_id: str) -> UUID:
    return uuid5(NAMESPACE, organisation_id)


def enrolment(owed: Owed, *, enrolment_id: UUID = ENROLMENT, reference: str | None = "PO-118") -> Enrolment:
    """An enrolment of which this is owed now."""
    payers = tuple(
        EnrolmentPayer(
            organisation_id=payer,
            contact_id=contact_of(payer),
            reference=reference,
            lines=tuple(_line(line_id, cents) for line_id, cents in lines.items()),
        )
        for payer, lines in owed.items()
    )
    return Enrolment(
        enrolment_id=enrolment_id,
        edition_id="lerend-netwerk-2027",
        edition_title_nl="Lerend netwerk 2027",
        edition_title_en="Learning network 2027",
        number=17,
        starts_on=date(2027, 3, 3),
        ends_on=date(2027, 10, 7),
        currency="EUR",
        payers=payers,
    )


def _line(line_id: str, cents: int) -> EnrolmentLine:
    return EnrolmentLine(
        line_id=line_id,
        description_nl=f"Regel {line_id}",
        description_en=f"Line {line_id}",
        nature=NATURES[line_id],
        unit_price_cents=PRICES[line_id],
        owed_cents=cents,
    )


def organisation(organisation_id: str, address: Address = ADDRESS) -> Organisation:
    return Organisation(
        organisation_id=organisation_id,
        legal_name=address.legal_name,
        kvk=address.kvk,
        oin=address.oin,
        street=address.street,
        postcode=address.postcode,
        city=address.city,
        country=address.country,
    )


def person(organisation_id: str, language: str = "nl") -> Person:
    """The contact of that organisation."""
    return Person.model_validate({"person_id": contact_of(organisation_id), "language": language})


def at(sequence: int) -> Moment:
    return Moment(NOW, uuid4(), sequence)


def settled(account: Account, owed: Owed, sequence: int) -> Account:
    return settle_account(account, enrolment(owed, enrolment_id=account.enrolment_id), at(sequence)).state


def last_place(account: Account) -> Place | None:
    return Place("LN", 2027, len(account.documents), TODAY) if account.documents else None


def numbered(account: Account, draft: Draft, vat: VatTable = VAT) -> Account:
    """The account after this draft got its number."""
    place = next_place("LN", TODAY, last_place(account))
    document = final_document(account, draft, place, language="nl", vat=vat, payment_days=30)
    return issue(account, draft, replace(document, sha256=f"{place.ordinal:064x}")).state


def all_numbered(account: Account) -> Account:
    while account.drafts:
        account = numbered(account, account.drafts[0])
    return account


def balance(account: Account) -> dict[tuple[str, str], int]:
    """Invoiced minus credited, by payer and line; what is even is left out."""
    found: dict[tuple[str, str], int] = {}
    for document in account.documents:
        sign = 1 if document.kind == "invoice" else -1
        for line in document.lines:
            place = (document.organisation_id, line.item.line_id)
            found[place] = found.get(place, 0) + sign * line.amount_cents
    return {place: cents for place, cents in found.items() if cents}


def flat(owed: Owed) -> dict[tuple[str, str], int]:
    return {(payer, line): cents for payer, lines in owed.items() for line, cents in lines.items() if cents}


async def handle(pool: asyncpg.Pool[asyncpg.Record], message: Reading, moment: Moment) -> None:
    """The way of one message: load, decide, save, in one transaction; by the service's own map."""
    for policy in POLICIES.of(type(message).topic, type(message).types[0]):
        async with pool.acquire() as connection, connection.transaction():
            states = await policy.root.load(connection, list(policy.keys(message)))
            changes = [(state, policy.decide(state, message, moment).state) for state in states.values()]
            await policy.root.save(connection, changes)
