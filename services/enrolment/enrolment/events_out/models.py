"""The data of each event, as others read it. Money in integer cents, VAT excluded; instants in UTC."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from spn.decision import Outcome
from spn.messaging.contract import Data


class Theme(Data):
    """One of the themes of an edition."""

    theme_id: Literal["changing", "directing", "direction-giving", "narrative", "personal"]
    title_nl: str
    title_en: str


class PriceLine(Data):
    """One line of the price of a seat."""

    line_id: str
    description_nl: str
    description_en: str
    nature: Literal["course", "coaching", "materials"]
    unit_price_cents: int


class WithdrawalRule(Data):
    """Who withdraws at least this many days before the start owes this part of each line; else everything."""

    days_before_start: int
    owed_percent: int


class Edition(Data):
    """An edition as it now is. ``closes_at`` is as published, also when an organiser closed it earlier."""

    edition_id: str
    title_nl: str
    title_en: str
    state: Literal["published", "open", "closed"]
    seats: int
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    starts_on: date
    ends_on: date
    offer_hours: int
    currency: Literal["EUR"]
    themes: tuple[Theme, ...]
    lines: tuple[PriceLine, ...]
    withdrawal: tuple[WithdrawalRule, ...]


class Organisation(Data):
    """A library or another payer as it now is. ``organisation_id`` is ``kvk-`` or ``oin-`` and the number."""

    organisation_id: str
    legal_name: str
    kvk: str | None
    oin: str | None
    street: str
    postcode: str
    city: str
    country: Literal["NL"]
    poi: str | None
    province: str | None
    holiday_region: Literal["north", "middle", "south"] | None


class Person(Data):
    """Someone who takes part or speaks for a payer. Named on this topic and nowhere else."""

    person_id: UUID
    name: str
    email: str
    language: Literal["nl", "en"]


class AgreedLine(PriceLine):
    """A line as agreed, and what is owed of it now: nothing before acceptance, by the rules after a withdrawal."""

    owed_cents: int


class Payer(Data):
    """Who pays which lines. ``contact_id`` is a person; ``reference`` is what the payer wants to see on an invoice."""

    organisation_id: str
    contact_id: UUID
    reference: str | None
    lines: tuple[AgreedLine, ...]


class Enrolment(Data):
    """An enrolment as it now is, with what its readers need of the edition.

    ``number`` is its place in the edition's journal; ``position`` its rank in the line when this was told, while it
    waits; ``offer_expires_at`` the first instant at which an offered seat can no longer be accepted.
    """

    enrolment_id: UUID
    edition_id: str
    edition_title_nl: str
    edition_title_en: str
    number: int
    status: Literal["accepted", "waiting", "offered", "declined", "lapsed", "left", "withdrawn"]
    participant_id: UUID
    former_participant_ids: tuple[UUID, ...]
    organisation_id: str
    requested_at: AwareDatetime
    position: int | None
    offer_expires_at: AwareDatetime | None
    starts_on: date
    ends_on: date
    currency: Literal["EUR"]
    payers: tuple[Payer, ...]


class CommandAnswered(Data):
    """The one answer to a command. ``subject_id`` is the enrolment or edition it is about, ``state`` its state now."""

    command_id: UUID
    command_type: str
    outcome: Outcome
    code: str
    sentence_nl: str
    sentence_en: str
    edition_id: str | None
    subject_id: str | None
    state: str | None


class PartnerEnrolment(Data):
    """That a library's participant has a seat, or has it no more. No names, no addresses."""

    edition_id: str
    enrolment_id: UUID
    organisation_id: str
    status: Literal["accepted", "withdrawn"]
    at: AwareDatetime


class PartnerEdition(Data):
    """What partners are told of a new edition."""

    edition_id: str
    title_nl: str
    title_en: str
    starts_on: date
    ends_on: date
    seats: int
