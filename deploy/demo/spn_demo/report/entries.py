"""The calendar part of a mail, and what it does to the calendar of whoever gets it (RFC 5545, RFC 5546)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from icalendar import Calendar

from spn_demo.story.words import AMSTERDAM, day


@dataclass(frozen=True)
class Entry:
    """One calendar entry as a mail carries it."""

    method: str
    uid: str
    sequence: int
    status: str
    summary: str
    location: str
    when: str
    attendee: str
    raw: str

    @property
    def takes_away(self) -> bool:
        return self.method == "CANCEL"


def entry_of(raw: str) -> Entry | None:
    """The entry in a calendar part; None when there is none."""
    calendar: Any = Calendar.from_ical(raw)
    event: Any = next(iter(calendar.walk("VEVENT")), None)
    if event is None:
        return None
    return Entry(
        method=str(calendar.get("METHOD", "")),
        uid=str(event.get("UID", "")),
        sequence=int(event.get("SEQUENCE", 0)),
        status=str(event.get("STATUS", "")),
        summary=str(event.get("SUMMARY", "")),
        location=str(event.get("LOCATION", "")),
        when=_when(event),
        attendee=str(event.get("ATTENDEE", "")).removeprefix("mailto:"),
        raw=raw,
    )


def effect_of(entry: Entry, before: Entry | None) -> str:
    """What the entry does, in a sentence. ``before``: the last one of this UID that the same person got."""
    if entry.takes_away:
        if entry.status == "CANCELLED":
            return "The session is cancelled: a mail program shows the entry as cancelled, for everybody."
        return "Takes the entry out of this person's calendar only: CANCEL without STATUS. The session itself goes on."
    if before is None:
        return "Puts the session in the calendar."
    if before.takes_away:
        return "Puts the session in the calendar again, over the earlier cancellation: its SEQUENCE is higher."
    return f"Changes the entry that is there: the same UID, and SEQUENCE {entry.sequence} after {before.sequence}."


def meanings_of(entry: Entry) -> Mapping[str, tuple[str, str]]:
    """Each property that matters, its value, and what a mail program makes of it."""
    return {
        "METHOD": (entry.method, "REQUEST puts or changes an entry, CANCEL takes it away."),
        "UID": (entry.uid, "Names the session in every calendar, for ever: so an entry moves instead of doubling."),
        "SEQUENCE": (str(entry.sequence), "A higher one replaces a lower one; what comes late changes nothing."),
        "STATUS": (entry.status or "not given", "CONFIRMED: it takes place. CANCELLED: for nobody any more."),
        "ATTENDEE": (entry.attendee, "Who is expected: the one who gets this mail."),
    }


def _when(event: Any) -> str:
    start, end = (event.decoded(name) for name in ("DTSTART", "DTEND"))
    if not (isinstance(start, datetime) and isinstance(end, datetime)):
        return str(start)
    start, end = start.astimezone(AMSTERDAM), end.astimezone(AMSTERDAM)
    return f"{day(start.date())}, {start:%H:%M}-{end:%H:%M}"
