"""What has happened: the facts that decisions give. How they are told is in events_out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from enrolment.domain.enrolment import Enrolment
from enrolment.domain.guest import Guest
from enrolment.domain.journal import Entry
from enrolment.domain.parties import Organisation, Person
from enrolment.domain.terms import Terms

OpenOrNot: TypeAlias = Literal["published", "open", "closed"]


@dataclass(frozen=True, slots=True)
class EditionPublished:
    """The terms of a new edition are public."""

    terms: Terms


@dataclass(frozen=True, slots=True)
class EditionOpened:
    """Requests are accepted from now on."""

    terms: Terms


@dataclass(frozen=True, slots=True)
class EditionClosed:
    """No request is accepted any more, and no free seat is offered."""

    terms: Terms


@dataclass(frozen=True, slots=True)
class EditionAmended:
    """Other terms hold for whoever asks from now on."""

    terms: Terms
    state: OpenOrNot


@dataclass(frozen=True, slots=True)
class EditionCancelled:
    """It will not take place."""

    terms: Terms


@dataclass(frozen=True, slots=True)
class PersonRegistered:
    """Someone is known who was not."""

    person: Person


@dataclass(frozen=True, slots=True)
class PersonCorrected:
    """Someone's name or language is another than was known."""

    person: Person


@dataclass(frozen=True, slots=True)
class PersonErased:
    """Nothing is known of them any more but this id."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class ErasureReceipt:
    """What became of a wish to be erased: what was kept, and until when topics hold the last copies."""

    person_id: UUID
    has_enrolments: bool
    asked_at: datetime
    erased_at: datetime
    topics_until: date


@dataclass(frozen=True, slots=True)
class OrganisationRegistered:
    """An organisation is known that was not."""

    organisation: Organisation


@dataclass(frozen=True, slots=True)
class OrganisationChanged:
    """Something about an organisation is another than was known."""

    organisation: Organisation


@dataclass(frozen=True, slots=True)
class EnrolmentFact:
    """Something happened to an enrolment, which is given as it now is.

    ``position`` is its rank in the line at that moment, for who waits; ``entry`` is what the journal of the edition
    says of it. ``word`` is the name of the fact in the journal, and never changes.
    """

    word: ClassVar[str]

    terms: Terms
    enrolment: Enrolment
    position: int | None
    at: datetime
    entry: Entry


class Requested(EnrolmentFact):
    """It waits for an organiser's choice."""

    word = "requested"


class Rejected(EnrolmentFact):
    """An organiser chose otherwise. The end."""

    word = "rejected"


class Accepted(EnrolmentFact):
    """It has a seat: at once, because the offer was accepted, or because an organiser approved it."""

    word = "accepted"


class Waitlisted(EnrolmentFact):
    """No seat was free: it is in line, after all who asked before it."""

    word = "waitlisted"


class Reordered(EnrolmentFact):
    """A person moved it to another place in the line, for a reason."""

    word = "reordered"


class SeatOffered(EnrolmentFact):
    """A seat is held for it until the offer ends: it was first in line when one came free, or a person chose it."""

    word = "seat-offered"


class OfferExtended(EnrolmentFact):
    """The seat is held for longer, since nobody could reach us when the offer would have ended."""

    word = "offer-extended"


class OfferDeclined(EnrolmentFact):
    """The offered seat was not wanted. The end."""

    word = "offer-declined"


class OfferLapsed(EnrolmentFact):
    """The offered seat was not accepted in time. The end."""

    word = "offer-lapsed"


class Left(EnrolmentFact):
    """It left the line, or took its request back. The end."""

    word = "left"


class Closed(EnrolmentFact):
    """The edition started, or was cancelled, while it was still pending. The end."""

    word = "closed"


class Withdrawn(EnrolmentFact):
    """The seat was given up; what is owed follows from what was agreed. The end."""

    word = "withdrawn"


class Substituted(EnrolmentFact):
    """Another participant took it over; nothing else changed."""

    word = "substituted"


class Corrected(EnrolmentFact):
    """What was agreed is another now: who pays, or which library it is."""

    word = "corrected"


class Completed(EnrolmentFact):
    """The last day of the edition is over. The commitment to the network goes on."""

    word = "completed"


class SecondYearStarted(EnrolmentFact):
    """The second of the two years has begun."""

    word = "second-year-started"


class CommitmentEnded(EnrolmentFact):
    """The two years are over, or its participant left the network before that."""

    word = "commitment-ended"


class LinkSent(EnrolmentFact):
    """Its participant gets a fresh personal link; those before it open nothing any more."""

    word = "link-sent"


@dataclass(frozen=True, slots=True)
class GuestFact:
    """Something happened to an invitation, which is given as it now is."""

    terms: Terms
    guest: Guest
    at: datetime


class GuestInvited(GuestFact):
    """Someone is invited to the days of one theme."""


class GuestConfirmed(GuestFact):
    """The guest comes."""


class GuestDeclined(GuestFact):
    """The guest does not come. The end."""


class GuestEnded(GuestFact):
    """The invitation is over: not answered in time, taken back, or without an enrolment that it hangs on. The end."""
