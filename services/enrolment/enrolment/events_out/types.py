"""The table of events: each type with its topic, key, subject and examples."""

from __future__ import annotations

from typing import Any

from enrolment.events_out import examples, models
from spn.messaging.contract import EventType

EDITIONS_TOPIC = "spn.enrolment.editions"
ORGANISATIONS_TOPIC = "spn.enrolment.organisations"
PEOPLE_TOPIC = "spn.enrolment.people"
EVENTS_TOPIC = "spn.enrolment.events"
PARTNER_TOPIC = "spn.partner.enrolment"


def _edition(fact: str, summary: str, example: models.Edition) -> EventType[models.Edition]:
    name = f"edition.{fact}.v1"
    return EventType(name, EDITIONS_TOPIC, models.Edition, "edition_id", "edition_id", summary, (example,))


def _enrolment(fact: str, summary: str, *told: models.Enrolment) -> EventType[models.Enrolment]:
    name = f"enrolment.{fact}.v1"
    return EventType(name, EVENTS_TOPIC, models.Enrolment, "edition_id", "enrolment_id", summary, told)


def _organisation(fact: str, summary: str, *told: models.Organisation) -> EventType[models.Organisation]:
    name, key = f"organisation.{fact}.v1", "organisation_id"
    return EventType(name, ORGANISATIONS_TOPIC, models.Organisation, key, key, summary, told)


def _person(fact: str, summary: str, example: models.Person) -> EventType[models.Person]:
    return EventType(f"person.{fact}.v1", PEOPLE_TOPIC, models.Person, "person_id", "person_id", summary, (example,))


def _partner_enrolment(fact: str, summary: str, example: models.PartnerEnrolment) -> EventType[models.PartnerEnrolment]:
    name, data = f"partner.enrolment-{fact}.v1", models.PartnerEnrolment
    return EventType(name, PARTNER_TOPIC, data, "edition_id", "enrolment_id", summary, (example,))


EDITION_PUBLISHED = _edition("published", "The terms of a new edition are public.", examples.EDITION)
EDITION_OPENED = _edition("opened", "Requests are accepted from now on.", examples.EDITION_OPENED)
EDITION_CLOSED = _edition("closed", "No request is accepted any more.", examples.EDITION_CLOSED)

ORGANISATION_REGISTERED = _organisation(
    "registered", "An organisation is known that was not.", examples.LIBRARY, examples.MUNICIPALITY
)
ORGANISATION_CHANGED = _organisation(
    "changed", "Something about an organisation is different now.", examples.LIBRARY_MOVED
)

PERSON_REGISTERED = _person("registered", "Someone is known who was not.", examples.MARIEKE)
PERSON_CORRECTED = _person("corrected", "Someone's name or language is different now.", examples.MARIEKE_IN_ENGLISH)

ENROLMENT_ACCEPTED = _enrolment(
    "accepted", "It has a seat: at once, or because an offer was accepted.", examples.ACCEPTED
)
ENROLMENT_WAITLISTED = _enrolment("waitlisted", "No seat was free: it is last in line.", examples.WAITLISTED)
SEAT_OFFERED = _enrolment("seat-offered", "A seat came free and is held for it for a while.", examples.OFFERED)
OFFER_DECLINED = _enrolment("offer-declined", "The offered seat was not wanted.", examples.DECLINED)
OFFER_LAPSED = _enrolment("offer-lapsed", "The offered seat was not accepted in time.", examples.LAPSED)
ENROLMENT_LEFT = _enrolment("left", "It left the line.", examples.LEFT)
ENROLMENT_WITHDRAWN = _enrolment(
    "withdrawn", "The seat was given up; what is owed follows from the edition's rules.", examples.WITHDRAWN
)
ENROLMENT_SUBSTITUTED = _enrolment(
    "substituted", "Another participant took it over; nothing else changed.", examples.SUBSTITUTED
)

COMMAND_ANSWERED = EventType(
    name="command.answered.v1",
    topic=EVENTS_TOPIC,
    data=models.CommandAnswered,
    key="edition_id",
    subject="command_id",
    summary="The one answer to a command on spn.enrolment.commands.",
    examples=(examples.ANSWER_DONE, examples.ANSWER_REFUSED),
    kept=False,
)

PARTNER_CONFIRMED = _partner_enrolment("confirmed", "A library's participant has a seat.", examples.PARTNER_CONFIRMED)
PARTNER_ENDED = _partner_enrolment("ended", "A confirmed seat was given up.", examples.PARTNER_ENDED)
PARTNER_EDITION_PUBLISHED = EventType(
    name="partner.edition-published.v1",
    topic=PARTNER_TOPIC,
    data=models.PartnerEdition,
    key="edition_id",
    subject="edition_id",
    summary="There is a new edition.",
    examples=(examples.PARTNER_EDITION,),
)

EVENTS: tuple[EventType[Any], ...] = (
    EDITION_PUBLISHED,
    EDITION_OPENED,
    EDITION_CLOSED,
    ORGANISATION_REGISTERED,
    ORGANISATION_CHANGED,
    PERSON_REGISTERED,
    PERSON_CORRECTED,
    ENROLMENT_ACCEPTED,
    ENROLMENT_WAITLISTED,
    SEAT_OFFERED,
    OFFER_DECLINED,
    OFFER_LAPSED,
    ENROLMENT_LEFT,
    ENROLMENT_WITHDRAWN,
    ENROLMENT_SUBSTITUTED,
    COMMAND_ANSWERED,
    PARTNER_CONFIRMED,
    PARTNER_ENDED,
    PARTNER_EDITION_PUBLISHED,
)
