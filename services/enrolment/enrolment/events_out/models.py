"""The data of each event, as others read it. Money in integer cents, VAT excluded; instants in UTC."""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import AwareDatetime

from spn.decision import Outcome
from spn.messaging.contract import Data

ThemeId: TypeAlias = Literal["changing", "directing", "direction-giving", "narrative", "personal"]


class Theme(Data):
    """One of the themes of an edition."""

    theme_id: ThemeId
    title_nl: str
    title_en: str
    guests_per_library: int = 0


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


class _Edition(Data):
    """What is public of an edition, but for its state."""

    edition_id: str
    title_nl: str
    title_en: str
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
    minimum: int = 1
    selection: bool = False
    payers_max: int = 1
    guest_days: int = 14
    languages: tuple[Literal["nl", "en"], ...] = ("nl",)
    asks: tuple[Literal["motivation", "goals", "diet", "access"], ...] = ()


class Edition(_Edition):
    """An edition as it now is. ``closes_at`` is as published, also when an organiser closed it earlier."""

    state: Literal["published", "open", "closed"]


class CancelledEdition(_Edition):
    """An edition that will not take place, as it was public."""

    state: Literal["cancelled"]


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


class ErasedPerson(Data):
    """Somebody of whom nothing is known any more. Whoever keeps anything by this id lets it go."""

    person_id: UUID


class Kept(Data):
    """Something that an erasure left, and why: the law that asks for it, or that it names nobody."""

    what: Literal["enrolments", "waiting-list-journal", "tombstone"]
    why_nl: str
    why_en: str


class ErasureReceipt(Data):
    """What became of a wish to be erased in enrolment. ``topics_until``: the day the last copy on a topic is gone."""

    person_id: UUID
    asked_at: AwareDatetime
    erased_at: AwareDatetime
    kept: tuple[Kept, ...]
    topics_until: date


class AgreedLine(PriceLine):
    """A line as agreed, and what is owed of it now: nothing before acceptance, by the rules after a withdrawal."""

    owed_cents: int


class Payer(Data):
    """Who pays which lines. ``contact_id`` is a person; ``reference`` is what the payer wants to see on an invoice."""

    organisation_id: str
    contact_id: UUID
    reference: str | None
    lines: tuple[AgreedLine, ...]


class _Enrolment(Data):
    """An enrolment, but for its status."""

    enrolment_id: UUID
    edition_id: str
    edition_title_nl: str
    edition_title_en: str
    number: int
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
    requester_id: UUID | None = None
    commitment: Literal["running", "fulfilled", "left-early"] | None = None
    commitment_ends_on: date | None = None
    journal_entry: int | None = None
    journal_seal: str | None = None
    link_nl: str | None = None
    link_en: str | None = None


class Enrolment(_Enrolment):
    """An enrolment as it now is, with what its readers need of the edition.

    ``number`` counts the requests of the edition; ``position`` is its rank in the line when this was told, while it
    waits; ``offer_expires_at`` the first instant at which an offered seat can no longer be accepted. The seal of the
    edition's journal with this entry in it proves the order of the line (docs/waiting-list.md). ``link_nl`` and
    ``link_en`` open the participant's own page: for the participant alone, and for two months.
    """

    status: Literal["accepted", "waiting", "offered", "declined", "lapsed", "left", "withdrawn"]


class LaterEnrolment(_Enrolment):
    """An enrolment as it now is, in one of the states that came with 0.2 or in an earlier one."""

    status: Literal[
        "requested",
        "accepted",
        "waiting",
        "offered",
        "declined",
        "lapsed",
        "left",
        "withdrawn",
        "rejected",
        "closed",
        "completed",
    ]


class Guest(Data):
    """An invitation of somebody of a library, or a partner of it, to the days of one theme.

    ``expires_at`` is the first instant at which an invitation can no longer be answered.
    """

    guest_id: UUID
    edition_id: str
    edition_title_nl: str
    edition_title_en: str
    enrolment_id: UUID
    organisation_id: str
    theme_id: ThemeId
    theme_title_nl: str
    theme_title_en: str
    person_id: UUID
    status: Literal["invited", "confirmed", "declined", "lapsed", "ended"]
    expires_at: AwareDatetime | None
    starts_on: date
    ends_on: date
    link_nl: str | None = None
    link_en: str | None = None


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
    journal_entry: int | None = None
    journal_seal: str | None = None


class PartnerEdition(Data):
    """What partners are told of an edition."""

    edition_id: str
    title_nl: str
    title_en: str
    starts_on: date
    ends_on: date
    seats: int
