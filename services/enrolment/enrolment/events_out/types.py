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


def _later(fact: str, summary: str, *told: models.LaterEnrolment) -> EventType[models.LaterEnrolment]:
    name = f"enrolment.{fact}.v1"
    return EventType(name, EVENTS_TOPIC, models.LaterEnrolment, "edition_id", "enrolment_id", summary, told)


def _guest(fact: str, summary: str, example: models.Guest) -> EventType[models.Guest]:
    name = f"enrolment.guest-{fact}.v1"
    return EventType(name, EVENTS_TOPIC, models.Guest, "edition_id", "guest_id", summary, (example,))


def _partner_edition(fact: str, summary: str) -> EventType[models.PartnerEdition]:
    name, data = f"partner.edition-{fact}.v1", models.PartnerEdition
    return EventType(name, PARTNER_TOPIC, data, "edition_id", "edition_id", summary, (examples.PARTNER_EDITION,))


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
EDITION_AMENDED = _edition("amended", "Other terms hold for those to come.", examples.EDITION_AMENDED)
EDITION_CANCELLED = EventType(
    name="edition.cancelled.v1",
    topic=EDITIONS_TOPIC,
    data=models.CancelledEdition,
    key="edition_id",
    subject="edition_id",
    summary="The edition will not take place.",
    examples=(examples.EDITION_CANCELLED,),
)

ORGANISATION_REGISTERED = _organisation(
    "registered", "An organisation is known that was not.", examples.LIBRARY, examples.MUNICIPALITY
)
ORGANISATION_CHANGED = _organisation(
    "changed", "Something about an organisation is different now.", examples.LIBRARY_MOVED
)

PERSON_REGISTERED = _person("registered", "Someone is known who was not.", examples.MARIEKE)
PERSON_CORRECTED = _person(
    "corrected", "Someone's name, address or language is different now.", examples.MARIEKE_IN_ENGLISH
)
PERSON_ERASED = EventType(
    name="person.erased.v1",
    topic=PEOPLE_TOPIC,
    data=models.ErasedPerson,
    key="person_id",
    subject="person_id",
    summary="Nothing is known of somebody any more; let go of what is kept by this id.",
    examples=(examples.ERASED,),
)
ERASURE_RECEIPT = EventType(
    name="person.erasure-receipt.v1",
    topic=PEOPLE_TOPIC,
    data=models.ErasureReceipt,
    key="person_id",
    subject="person_id",
    summary="What enrolment erased, what it kept, and why.",
    examples=(examples.RECEIPT,),
    kept=False,
)

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
ENROLMENT_REQUESTED = _later("requested", "It waits for an organiser's choice.", examples.REQUESTED)
ENROLMENT_REJECTED = _later("rejected", "An organiser chose otherwise.", examples.REJECTED)
ENROLMENT_REORDERED = _later("reordered", "It was moved in the line by hand.", examples.REORDERED)
OFFER_EXTENDED = _later("offer-extended", "The seat is held for longer, after an outage.", examples.EXTENDED)
ENROLMENT_CLOSED = _later("closed", "The edition started, or was cancelled, without it.", examples.CLOSED)
ENROLMENT_CORRECTED = _later("corrected", "Who pays, or which library it is, is different now.", examples.CORRECTED)
ENROLMENT_COMPLETED = _later("completed", "The last day of the edition is over.", examples.COMPLETED)
SECOND_YEAR_STARTED = _later("second-year-started", "The second of two years has begun.", examples.COMPLETED)
COMMITMENT_ENDED = _later(
    "commitment-ended",
    "The two years are over, or its participant left before.",
    examples.FULFILLED,
    examples.LEFT_EARLY,
)
LINK_SENT = _later("link-sent", "A fresh personal link; those before it open nothing.", examples.LINK_SENT)

GUEST_INVITED = _guest("invited", "Somebody is invited to the days of one theme.", examples.GUEST_INVITED)
GUEST_CONFIRMED = _guest("confirmed", "The guest comes.", examples.GUEST_CONFIRMED)
GUEST_DECLINED = _guest("declined", "The guest does not come.", examples.GUEST_DECLINED)
GUEST_ENDED = _guest("ended", "The invitation is over: not answered, or its enrolment is.", examples.GUEST_LAPSED)

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
PARTNER_EDITION_PUBLISHED = _partner_edition("published", "There is a new edition.")
PARTNER_EDITION_AMENDED = _partner_edition("amended", "An edition is different now.")
PARTNER_EDITION_CANCELLED = _partner_edition("cancelled", "An edition will not take place.")

EVENTS: tuple[EventType[Any], ...] = (
    EDITION_PUBLISHED,
    EDITION_OPENED,
    EDITION_CLOSED,
    EDITION_AMENDED,
    EDITION_CANCELLED,
    ORGANISATION_REGISTERED,
    ORGANISATION_CHANGED,
    PERSON_REGISTERED,
    PERSON_CORRECTED,
    PERSON_ERASED,
    ERASURE_RECEIPT,
    ENROLMENT_ACCEPTED,
    ENROLMENT_WAITLISTED,
    SEAT_OFFERED,
    OFFER_DECLINED,
    OFFER_LAPSED,
    ENROLMENT_LEFT,
    ENROLMENT_WITHDRAWN,
    ENROLMENT_SUBSTITUTED,
    ENROLMENT_REQUESTED,
    ENROLMENT_REJECTED,
    ENROLMENT_REORDERED,
    OFFER_EXTENDED,
    ENROLMENT_CLOSED,
    ENROLMENT_CORRECTED,
    ENROLMENT_COMPLETED,
    SECOND_YEAR_STARTED,
    COMMITMENT_ENDED,
    LINK_SENT,
    GUEST_INVITED,
    GUEST_CONFIRMED,
    GUEST_DECLINED,
    GUEST_ENDED,
    COMMAND_ANSWERED,
    PARTNER_CONFIRMED,
    PARTNER_ENDED,
    PARTNER_EDITION_PUBLISHED,
    PARTNER_EDITION_AMENDED,
    PARTNER_EDITION_CANCELLED,
)
