"""What billing reads of others: the few fields it needs, all else is ignored."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from spn.messaging.contract import Reading

Cents = Annotated[int, Field(ge=0, le=100_000_000)]
Id = Annotated[str, Field(min_length=1, max_length=100)]


class EnrolmentLine(BaseModel):
    """What a payer owes for one line of the price, VAT excluded, now."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    line_id: Id
    description_nl: str
    description_en: str
    nature: str
    unit_price_cents: Cents
    owed_cents: Cents


class EnrolmentPayer(BaseModel):
    """Who pays which part, and who gets the papers."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    organisation_id: Id
    contact_id: UUID
    reference: str | None = None
    lines: tuple[EnrolmentLine, ...]


class Enrolment(Reading):
    """An enrolment after any fact: what is agreed and owed. Who takes part does not matter here."""

    topic: ClassVar[str] = "spn.enrolment.events"
    types: ClassVar[tuple[str, ...]] = (
        "enrolment.accepted.v1",
        "enrolment.waitlisted.v1",
        "enrolment.seat-offered.v1",
        "enrolment.offer-declined.v1",
        "enrolment.offer-lapsed.v1",
        "enrolment.left.v1",
        "enrolment.withdrawn.v1",
        "enrolment.substituted.v1",
        "enrolment.requested.v1",
        "enrolment.rejected.v1",
        "enrolment.reordered.v1",
        "enrolment.offer-extended.v1",
        "enrolment.closed.v1",
        "enrolment.corrected.v1",
        "enrolment.completed.v1",
        "enrolment.second-year-started.v1",
        "enrolment.commitment-ended.v1",
        "enrolment.link-sent.v1",
    )

    enrolment_id: UUID
    edition_id: Id
    edition_title_nl: str
    edition_title_en: str
    number: int
    starts_on: date
    ends_on: date
    currency: Literal["EUR"]
    payers: tuple[EnrolmentPayer, ...]


class Organisation(Reading):
    """A possible payer, as it must be named on an invoice."""

    topic: ClassVar[str] = "spn.enrolment.organisations"
    types: ClassVar[tuple[str, ...]] = ("organisation.registered.v1", "organisation.changed.v1")

    organisation_id: Id
    legal_name: Annotated[str, Field(min_length=1)]
    kvk: str | None = None
    oin: str | None = None
    street: Annotated[str, Field(min_length=1)]
    postcode: str
    city: str
    country: str


class Person(Reading):
    """A person who may be a payer's contact: only the language; no name is read, so none is kept."""

    topic: ClassVar[str] = "spn.enrolment.people"
    types: ClassVar[tuple[str, ...]] = ("person.registered.v1", "person.corrected.v1")

    person_id: UUID
    language: Literal["nl", "en"]
