"""What the organisers' pages show of editions and enrolments, as it was read in one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from enrolment.domain.enrolment import Commitment, Enrolment, Status
from enrolment.domain.guest import GuestStatus
from enrolment.domain.parties import Organisation, Person
from enrolment.needs import Kind
from enrolment.pages.reading import EditionNow

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EditionRow(EditionNow):
    """An edition with its counters. ``revision`` is what a change is held against."""

    revision: int = 0

    @property
    def free(self) -> int:
        return self.terms.seats - self.seats_taken

    def is_over(self, now: datetime) -> bool:
        return now >= self.terms.ends_at


@dataclass(frozen=True, slots=True)
class Listed:
    """An enrolment as a line of a list."""

    enrolment_id: UUID
    number: int
    status: Status
    requested_at: datetime
    offer_expires_at: datetime | None
    motivation: str | None
    commitment: Commitment | None
    commitment_ends_on: date | None
    name: str
    legal_name: str
    city: str
    poi: str | None
    position: int | None


@dataclass(frozen=True, slots=True)
class PayerSum:
    """What one organisation agreed to pay in an edition, and owes now. Cents, VAT excluded."""

    organisation_id: str
    legal_name: str
    seats: int
    agreed_cents: int
    owed_cents: int


@dataclass(frozen=True, slots=True)
class GuestRow:
    """A guest as a line of a list."""

    guest_id: UUID
    theme_id: str
    status: GuestStatus
    expires_at: datetime | None
    enrolment_id: UUID
    name: str
    legal_name: str
    organisation_id: str
    poi: str | None


@dataclass(frozen=True, slots=True)
class Coming:
    """How many guests of one library are invited to a theme, and how many have said that they come."""

    theme_id: str
    legal_name: str | None
    invited: int = 0
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class CommitmentSum:
    """How many are in this state of their two years, and the first day on which one of them ends."""

    commitment: Commitment
    count: int
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Until:
    """An offer or an invitation, and until when it stands."""

    kind: str
    until: datetime
    name: str
    enrolment_id: UUID


@dataclass(frozen=True, slots=True)
class Cut(Generic[T]):
    """A page of a list. ``before`` and ``after`` are the cursors of those beside it: None where there is none.

    ``first``: which row of the list its first one is. ``whole`` is told of all rows together, on whichever page.
    """

    rows: Sequence[T]
    first: int = 1
    before: str | None = None
    after: str | None = None
    whole: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class WholeEdition:
    """An edition and what belongs to it, all of one moment; of one region alone where somebody's sight ends there.

    ``lists``: by the name of their section, a page of each.
    """

    edition: EditionRow
    counts: dict[str, int]
    lists: Mapping[str, Cut[Any]]
    commitments: Sequence[CommitmentSum]
    needs: Mapping[Kind, int]


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of the journal."""

    entry: int
    what: str
    moment: datetime
    position: int | None
    who: str | None
    reason: str | None
    seal: str


@dataclass(frozen=True, slots=True)
class WholeEnrolment:
    """Everything that is known of an enrolment, all of one moment."""

    edition: EditionRow
    enrolment: Enrolment
    people: dict[UUID, Person]
    organisations: dict[str, Organisation]
    guests: Sequence[GuestRow]
    history: Sequence[Happened]
    position: int | None

    @property
    def participant(self) -> Person:
        return self.people[self.enrolment.participant_id]

    @property
    def library(self) -> Organisation:
        return self.organisations[self.enrolment.organisation_id]
