"""A small season to tell of: people by number, one edition, its days, invoices."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from notifications.events_in import (
    Account,
    EditionTold,
    Enrolment,
    FailedMessage,
    Guest,
    LinkSent,
    Person,
    SentMessage,
    Session,
    StoredDocument,
)

EDITION = "lerend-netwerk-2027"
NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
URL = "https://lerend-netwerk.example"
PDF = b"%PDF-1.7 stands for an invoice"
PDF_NAME = hashlib.sha256(PDF).hexdigest()
NAMES = ("Ineke van 't Hoff", "Jan-Willem de Groot", "Zoë van der Bergé", "Noor O'Brien & Zn <noor>", "Łukasz 't Hart")


def person_id(number: int) -> UUID:
    """The person of this number."""
    return uuid5(NAMESPACE_URL, f"person {number}")


def enrolment_id(number: int) -> UUID:
    """The enrolment of this number."""
    return UUID(int=number)


def person(number: int, **changes: Any) -> Person:
    """Who they are; the odd ones read Dutch."""
    return Person(
        **{
            "person_id": person_id(number),
            "name": NAMES[number % len(NAMES)],
            "email": f"person-{number}@bieb.example",
            "language": "nl" if number % 2 else "en",
            **changes,
        }
    )


def enrolment(number: int, status: str = "accepted", **changes: Any) -> Enrolment:
    """An enrolment as it is told, of the person with the same number unless named."""
    owed = {"accepted": 500_000, "withdrawn": 125_000}.get(status, 0)
    return Enrolment.model_validate(
        {
            "enrolment_id": enrolment_id(number),
            "edition_title_nl": "Lerend netwerk 2027",
            "edition_title_en": "Learning network 2027",
            "number": 40 + number,
            "status": status,
            "participant_id": person_id(number),
            "former_participant_ids": [],
            "position": 3 if status == "waiting" else None,
            "offer_expires_at": NOW + 2 * DAY if status == "offered" else None,
            "starts_on": "2027-03-01",
            "ends_on": "2027-10-08",
            "currency": "EUR",
            "payers": [{"lines": [{"unit_price_cents": 500_000, "owed_cents": owed}]}],
            **changes,
        }
    )


def link_sent(number: int, entry: int = 12, **changes: Any) -> LinkSent:
    """A fresh personal link for the person with the same number."""
    data = enrolment(number).model_dump() | {
        "journal_entry": entry,
        "link_nl": f"{URL}/mijn/x",
        "link_en": f"{URL}/en/my/x",
    }
    return LinkSent.model_validate({**data, **changes})


def guest(number: int, status: str = "invited", **changes: Any) -> Guest:
    """An invitation of the person with this number to one theme."""
    return Guest.model_validate(
        {
            "guest_id": enrolment_id(number),
            "edition_title_nl": "Lerend netwerk 2027",
            "edition_title_en": "Learning network 2027",
            "theme_title_nl": "Verhalend leiderschap",
            "theme_title_en": "Narrative leadership",
            "person_id": person_id(number),
            "status": status,
            "expires_at": NOW + 14 * DAY if status == "invited" else None,
            "starts_on": "2027-03-01",
            "ends_on": "2027-10-08",
            "link_nl": f"{URL}/uitnodiging/x",
            "link_en": f"{URL}/en/invitation/x",
            **changes,
        }
    )


def session(sequence: int, confirmed: Sequence[int] = (), withdrawn: Sequence[int] = (), **changes: Any) -> Session:
    """The first day as it is told: who is expected and who no longer is."""
    attendees = [(n, "confirmed") for n in confirmed] + [(n, "withdrawn") for n in withdrawn]
    starts_at = changes.pop("starts_at", NOW + 28 * DAY)
    return Session.model_validate(
        {
            "session_id": "dag-1",
            "edition_id": EDITION,
            "theme_id": "changing",
            "title_nl": "Veranderend leiderschap, dag 1",
            "title_en": "Leading change, day 1",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=6, minutes=30),
            "venue": "Bibliotheek Neude, Utrecht",
            "status": "planned",
            "sequence": sequence,
            "attendees": [{"person_id": str(person_id(n)), "status": status} for n, status in attendees],
            **changes,
        }
    )


def document(contact: int, number: str = "LN-2027-0001", kind: str = "invoice", **changes: Any) -> dict[str, Any]:
    """An invoice to the contact of this number."""
    return {
        "number": number,
        "kind": kind,
        "contact_id": person_id(contact),
        "issued_on": date(2027, 2, 1),
        "due_on": date(2027, 3, 3) if kind == "invoice" else None,
        "refers_to": None if kind == "invoice" else "LN-2027-0001",
        "total_excl_cents": 500_000,
        "vat_cents": 21_000,
        "total_cents": 521_000,
        "sha256": PDF_NAME,
        **changes,
    }


def account(*documents: dict[str, Any]) -> Account:
    """What billing tells of an enrolment."""
    return Account.model_validate({"edition_id": EDITION, "currency": "EUR", "documents": documents})


def pdf(content: bytes = PDF) -> StoredDocument:
    """The bytes of a document, as they come from the topic."""
    return StoredDocument(content=content, sha256=hashlib.sha256(content).hexdigest())


def edition(**changes: Any) -> EditionTold:
    """The edition's titles."""
    return EditionTold.model_validate(
        {
            "edition_id": EDITION,
            "title_nl": "Lerend netwerk 2027",
            "title_en": "Learning network 2027",
            "themes": [
                {"theme_id": "changing", "title_nl": "Veranderend leiderschap", "title_en": "Leading change"},
                {"theme_id": "personal", "title_nl": "Persoonlijk leiderschap", "title_en": "Personal leadership"},
            ],
            **changes,
        }
    )


def sent(number: int, purpose: str, about: object, version: int = 1, **calendar: Any) -> SentMessage:
    """What our own topic remembers of a message."""
    return SentMessage(person_id=person_id(number), purpose=purpose, about=str(about), version=version, **calendar)


def failed(number: int, purpose: str, about: object, version: int = 1) -> FailedMessage:
    """What our own topic remembers of a message that could not be sent."""
    return FailedMessage(person_id=person_id(number), purpose=purpose, about=str(about), version=version)
