"""The sessions of a participant as a file for a calendar (RFC 5545), as they are at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from fastapi.responses import Response
from icalendar import Calendar, Event, vCalAddress

from enrolment.domain.calendar import AMSTERDAM
from enrolment.domain.sessions import Planned, calendar_uid
from enrolment.pages.opened import HEADERS, expired, own_of
from enrolment.pages.visit import Visit, see_other
from enrolment.pages.words import Words
from spn.browsers import PAGE_HEADERS
from spn.calendar_zone import with_zone

PRODUCT: Final = "-//SPN//Lerend netwerk//NL"
_TYPE: Final = "text/calendar; charset=utf-8; method=PUBLISH"
_NAMED: Final = {"content-disposition": 'attachment; filename="lerend-netwerk.ics"'}


async def show(visit: Visit) -> Response:
    """The file. Where there are no sessions there is none: a calendar without entries is not allowed to be."""
    own = await own_of(visit)
    if own is None:
        return await expired(visit)
    if not own.sessions:
        return see_other(visit.to("personal", code=visit.part("code")))
    file = calendar_of(own.sessions, visit.words, visit.desk.clock.now(), visit.desk.pages.contact)
    return Response(file, media_type=_TYPE, headers={**PAGE_HEADERS, **HEADERS, **_NAMED})


def calendar_of(sessions: Sequence[Planned], words: Words, stamp: datetime, organizer: str | None = None) -> bytes:
    """An entry for each session, with the UID and SEQUENCE of the mails about it: beside those it is the same entry.

    It names no attendee, and not the address of the personal page: a calendar is often seen by others.
    """
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for session in sessions:
        calendar.add_component(_entry(session, words, stamp, organizer))
    return with_zone(calendar.to_ical())


def _entry(session: Planned, words: Words, stamp: datetime, organizer: str | None) -> Event:
    entry = Event()
    entry.add("uid", calendar_uid(session.session_id))
    entry.add("sequence", session.sequence)
    entry.add("dtstamp", stamp)
    entry.add("dtstart", session.slot.starts_at.astimezone(AMSTERDAM))
    entry.add("dtend", session.slot.ends_at.astimezone(AMSTERDAM))
    entry.add("summary", words.either(session.title_nl, session.title_en))
    entry.add("location", session.slot.venue)
    entry.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
    if organizer:
        entry.add("organizer", vCalAddress(f"mailto:{organizer}"))
    return entry
