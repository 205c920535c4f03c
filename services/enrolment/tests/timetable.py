"""What scheduling tells: sessions to test with, and the records in which they come."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from enrolment import events_in
from services.enrolment.tests.season import EDITION
from spn.messaging.envelope import Record
from spn.testing.records import TopicLog

TOPIC = events_in.Session.topic
GIVEN, MOVED, CANCELLED = (f"scheduling.{fact}.v1" for fact in ("place-given", "session-moved", "session-cancelled"))
PERSON = UUID(int=77)
DAY: dict[str, Any] = {
    "session_id": "ln27-verhalend-1",
    "edition_id": EDITION,
    "theme_id": "narrative",
    "title_nl": "Het verhaal van jouw bibliotheek",
    "title_en": "The story of your library",
    "starts_at": "2027-09-09T07:30:00Z",
    "ends_at": "2027-09-09T14:30:00Z",
    "venue": "OBA Oosterdok, Amsterdam",
    "status": "planned",
    "sequence": 0,
}
"""In summer: 9.30 to 16.30 in Amsterdam."""
OTHER: dict[str, Any] = {
    **DAY,
    "session_id": "ln27-veranderend-1",
    "theme_id": "changing",
    "title_nl": "De bibliotheek in beweging",
    "title_en": "The library in motion",
    "starts_at": "2027-03-11T08:30:00Z",
    "ends_at": "2027-03-11T15:30:00Z",
    "venue": "Neude, Utrecht",
}
"""In winter: 9.30 to 16.30 in Amsterdam."""
ELSEWHERE: dict[str, Any] = {
    "starts_at": "2027-09-16T07:30:00Z",
    "ends_at": "2027-09-16T14:30:00Z",
    "venue": "Forum, Groningen",
}
"""A week later, in another house."""


def data(*enrolments: UUID, gone: tuple[UUID, ...] = (), **changes: Any) -> dict[str, Any]:
    """A session as its events have it: places of these enrolments, and those that were taken back."""
    places = [*((one, "confirmed") for one in enrolments), *((one, "withdrawn") for one in gone)]
    attendees = [
        {"person_id": str(UUID(int=PERSON.int + n)), "enrolment_id": str(one), "status": status}
        for n, (one, status) in enumerate(places)
    ]
    return {**DAY, "attendees": attendees, **changes}


def session(*enrolments: UUID, **changes: Any) -> events_in.Session:
    """The same, as it is read."""
    return events_in.Session.model_validate(data(*enrolments, **changes))


class Timetable:
    """The topic of scheduling's events: each one has the number of its session that it is told under."""

    def __init__(self) -> None:
        self.log = TopicLog(TOPIC)

    def told(self, number: int, *enrolments: UUID, type_: str = GIVEN, **changes: Any) -> Record:
        """The event of this number, with that number as its SEQUENCE too unless it says otherwise."""
        told = data(*enrolments, **{"sequence": number, **changes})
        key = told["session_id"]
        return self.log.append(key, type_, told, subject=key, sequence=number, source="/spn/scheduling")
