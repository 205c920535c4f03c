"""Messages as a journal would hold them, made of the examples that services publish and of a small season."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import billing.events_out
import enrolment.commands
import enrolment.events_out
import notifications.events_out
import scheduling.commands
import scheduling.events_out
from spn.messaging.contract import Command
from spn_demo.journal import Told
from spn_demo.mailbox import Arrived

BEGAN = datetime(2027, 1, 14, 8, 0, tzinfo=UTC)
OWNERS = (enrolment.events_out, billing.events_out, scheduling.events_out, notifications.events_out)
COMMANDS: tuple[type[Command], ...] = tuple(
    found
    for module in (enrolment.commands, scheduling.commands)
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, Command) and found.examples
)
PDF = b"%PDF-1.7 an invoice"


def told(kind: str, topic: str, subject: str, data: Any, *, source: str = "", place: int = 0) -> Told:
    """One message; ``place`` is its offset, its sequence and its moment, in seconds."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    moment = BEGAN + timedelta(seconds=place)
    return Told(
        topic=topic,
        partition=0,
        offset=place,
        appended=moment,
        heard=float(place),
        key=subject,
        type=kind,
        source=f"/spn/{source or topic.split('.')[1]}",
        subject=subject,
        id=str(uuid4()),
        time=moment,
        correlation="",
        causation=None,
        sequence=place + 1,
        data=None if isinstance(data, bytes) else data,
        raw=raw,
    )


def published_examples() -> Iterator[Told]:
    """Every example of every event and command."""
    for owner in OWNERS:
        for event in owner.EVENTS:
            for example in event.examples:
                data = getattr(example, "content", None) or example.model_dump(mode="json")
                subject = str(getattr(example, event.subject))
                yield replace(told(event.name, event.topic, subject, data, source=owner.OWNER), key=subject)
    for command in COMMANDS:
        for one in command.examples:
            yield told(command.types[0], command.topic, one[command.key], dict(one), source="platform")


def small_season() -> list[Told]:
    """One seat, one library, one session: accepted, invoiced, with a place and a mail. Its books balance."""
    enrolled = "0b8f3c52-6a3e-5d0c-9d0e-3f7c1f0a4b11"
    ask = told("enrolment.request.v1", "spn.enrolment.commands", "ln", {"edition_id": "ln"}, source="platform")
    edition = {"edition_id": "ln", "title_nl": "Lerend netwerk", "seats": 1, "themes": [], "lines": []}
    session = {
        "session_id": "s1",
        "edition_id": "ln",
        "theme_id": "changing",
        "title_nl": "Dag 1",
        "venue": "Hier",
        "starts_at": "2027-03-11T08:30:00Z",
        "ends_at": "2027-03-11T15:30:00Z",
        "status": "planned",
        "attendees": [{"person_id": "ann", "enrolment_id": enrolled, "status": "confirmed"}],
    }
    sent = {"person_id": "ann", "message_id": "m1", "purpose": "accepted", "about": enrolled}
    messages = [
        ask,
        told("edition.published.v1", "spn.enrolment.editions", "ln", edition),
        told("person.registered.v1", "spn.enrolment.people", "ann", {"name": "Ann", "email": "ann@example.org"}),
        told("enrolment.accepted.v1", "spn.enrolment.events", enrolled, enrolment_of(enrolled)),
        told("command.answered.v1", "spn.enrolment.events", ask.id, {"command_type": ask.type, "outcome": "done"}),
        told("billing.invoice-issued.v1", "spn.billing.events", enrolled, account_of()),
        told("billing.document.v1", "spn.billing.documents", hashlib.sha256(PDF).hexdigest(), PDF),
        told("scheduling.session-planned.v1", "spn.scheduling.events", "s1", session),
        told("notifications.message-sent.v1", "spn.notifications.events", "m1", sent),
    ]
    moved = [(place, timedelta(seconds=place)) for place in range(len(messages))]
    return [
        replace(one, offset=place, sequence=place + 1, appended=BEGAN + later, time=BEGAN + later)
        for one, (place, later) in zip(messages, moved, strict=True)
    ]


def enrolment_of(enrolled: str, person: str = "ann", number: int = 1) -> dict[str, Any]:
    """An accepted enrolment that owes ten euros."""
    line = {"line_id": "course", "unit_price_cents": 1_000, "owed_cents": 1_000}
    return {
        "enrolment_id": enrolled,
        "edition_id": "ln",
        "number": number,
        "status": "accepted",
        "participant_id": person,
        "former_participant_ids": [],
        "organisation_id": "kvk-1",
        "payers": [{"organisation_id": "kvk-1", "contact_id": person, "lines": [line]}],
    }


def account_of(**changed: Any) -> dict[str, Any]:
    """An account with one invoice of ten euros."""
    document: Mapping[str, Any] = {
        "number": "LN-2027-0001",
        "kind": "invoice",
        "refers_to": None,
        "organisation_id": "kvk-1",
        "contact_id": "ann",
        "issued_on": "2027-01-14",
        "due_on": "2027-02-13",
        "total_excl_cents": 1_000,
        "vat_cents": 0,
        "total_cents": 1_000,
        "sha256": hashlib.sha256(PDF).hexdigest(),
    } | changed.pop("document", {})
    totals = {"owed_cents": 1_000, "invoiced_cents": 1_000, "credited_cents": 0}
    return {**totals, "document": document, "documents": [document], **changed}


def mail(message_id: str = "m1") -> Arrived:
    """A mail as the sink keeps it."""
    head = (
        f"From: Lerend netwerk <ln@spn.example>\r\nTo: Ann <ann@example.org>\r\nSubject: Welkom\r\n"
        f"Date: Thu, 14 Jan 2027 08:00:06 +0000\r\nMessage-ID: <{message_id}@spn.example>\r\n"
    )
    return Arrived(f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\nWelkom\r\n".encode())
