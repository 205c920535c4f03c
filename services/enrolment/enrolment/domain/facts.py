"""What has happened: the facts that decisions give. How they are told is in events_out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from enrolment.domain.enrolment import Enrolment
from enrolment.domain.parties import Organisation, Person
from enrolment.domain.terms import Terms


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
class PersonRegistered:
    """Someone is known who was not."""

    person: Person


@dataclass(frozen=True, slots=True)
class PersonCorrected:
    """Someone's name or language is another than was known."""

    person: Person


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

    ``position`` is its rank in the line at that moment, for who waits.
    """

    terms: Terms
    enrolment: Enrolment
    position: int | None
    at: datetime


class Accepted(EnrolmentFact):
    """It has a seat: at once, or because the offer was accepted."""


class Waitlisted(EnrolmentFact):
    """No seat was free: it is the last in line."""


class SeatOffered(EnrolmentFact):
    """It was first in line when a seat came free; the seat is held until the offer ends."""


class OfferDeclined(EnrolmentFact):
    """The offered seat was not wanted. The end."""


class OfferLapsed(EnrolmentFact):
    """The offered seat was not accepted in time. The end."""


class Left(EnrolmentFact):
    """It left the line. The end."""


class Withdrawn(EnrolmentFact):
    """The seat was given up; what is owed follows from the edition's rules. The end."""


class Substituted(EnrolmentFact):
    """Another participant took it over; nothing else changed."""
