"""What the HTTP side shows, as the OpenAPI document describes it. Money in integer cents, instants in UTC."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from enrolment.domain.enrolment import Commitment, Payer, Status
from enrolment.domain.guest import GuestStatus
from enrolment.domain.terms import Terms

T = TypeVar("T")
EditionState = Literal["published", "open", "closed", "cancelled"]


class Shown(BaseModel):
    """Base of what is shown."""

    model_config = ConfigDict(frozen=True)


class Page(Shown, Generic[T]):
    """Some of a list. ``next`` is the cursor of what follows; without one this is the end."""

    items: tuple[T, ...]
    next: str | None = None


class Counts(Shown):
    """How many enrolments of an edition are in each state."""

    requested: int = 0
    accepted: int = 0
    waiting: int = 0
    offered: int = 0
    declined: int = 0
    lapsed: int = 0
    left: int = 0
    withdrawn: int = 0
    rejected: int = 0
    closed: int = 0
    completed: int = 0


class EditionSummary(Shown):
    """An edition in a list."""

    edition_id: str
    title_nl: str
    title_en: str
    state: EditionState
    seats: int
    seats_taken: int
    waiting: int
    opens_at: datetime
    closes_at: datetime
    starts_on: date
    ends_on: date


class ThemeGuests(Shown):
    """The guests of one theme."""

    theme_id: str
    invited: int = 0
    confirmed: int = 0


class EditionView(EditionSummary):
    """An edition, with how it stands. ``revision`` is its ETag: what ``If-Match`` holds a change against."""

    revision: int
    terms: Terms
    counts: Counts
    guests: tuple[ThemeGuests, ...]
    journal_entries: int
    journal_head: str


class Someone(Shown):
    """A person by name and address."""

    person_id: UUID
    name: str
    email: str
    language: Literal["nl", "en"]


class Library(Shown):
    """An organisation in a list."""

    organisation_id: str
    legal_name: str
    city: str
    poi: str | None
    province: str | None


class EnrolmentView(Shown):
    """An enrolment as it stands. ``entry`` is its ETag: what ``If-Match`` holds a change against."""

    enrolment_id: UUID
    edition_id: str
    number: int
    status: Status
    entry: int
    position: Annotated[int | None, Field(description="Rank in the line now, while it waits.")]
    participant: Someone
    library: Library
    requested_at: datetime
    offer_expires_at: datetime | None
    payers: tuple[Payer, ...]
    commitment: Commitment | None
    commitment_ends_on: date | None
    motivation: str | None
    withdrawal_reason: str | None


class GuestView(Shown):
    """A guest as it stands."""

    guest_id: UUID
    edition_id: str
    enrolment_id: UUID
    theme_id: str
    status: GuestStatus
    invited_at: datetime
    expires_at: datetime | None
    guest: Someone
    library: Library


class EntryView(Shown):
    """One entry of the journal: who did what, when and why."""

    entry: int
    what: str
    moment: datetime
    position: int | None
    who: str | None
    reason: str | None
    seal: str
