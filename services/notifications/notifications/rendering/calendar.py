"""The calendar part of a mail about a session, as RFC 5545 and 5546 ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from icalendar import Calendar, Event, vCalAddress

from notifications.rendering.wording import AMSTERDAM
from spn.calendar_zone import with_zone

PRODUCT: Final = "-//SPN//Lerend netwerk//NL"


def method_of(purpose: str) -> str:
    """The METHOD of the mail's calendar."""
    return "REQUEST" if purpose in ("session-invited", "session-moved") else "CANCEL"


def calendar_of(
    purpose: str,
    details: Mapping[str, Any],
    *,
    uid: str,
    sequence: int,
    summary: str,
    organizer: str,
    attendee: str,
    stamp: datetime,
) -> bytes:
    """One entry, its only attendee the recipient, its organizer a bare mailto equal to the mail's From.

    STATUS tells the two cancellations apart: CANCELLED when the session is off, none when only this person is removed
    (RFC 5546, section 3.2.5). Start and end stand in a CANCEL too: some clients find the entry by them.
    """
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method_of(purpose))
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", stamp)
    event.add("dtstart", datetime.fromisoformat(details["starts_at"]).astimezone(AMSTERDAM))
    event.add("dtend", datetime.fromisoformat(details["ends_at"]).astimezone(AMSTERDAM))
    event.add("summary", summary)
    event.add("location", details["venue"])
    event.add("organizer", vCalAddress(f"mailto:{organizer}"))
    event.add("attendee", _attendee(attendee))
    status = {"session-cancelled": "CANCELLED", "session-withdrawn": None}.get(purpose, "CONFIRMED")
    if status:
        event.add("status", status)
    calendar.add_component(event)
    return with_zone(calendar.to_ical())


def _attendee(address: str) -> vCalAddress:
    """The recipient. Nobody waits for a reply: a place is given, not asked for."""
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["role"] = "REQ-PARTICIPANT"
    attendee.params["partstat"] = "NEEDS-ACTION"
    attendee.params["rsvp"] = "FALSE"
    return attendee
