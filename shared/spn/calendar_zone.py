"""Europe/Amsterdam as calendar files name it (RFC 5545, VTIMEZONE)."""

from __future__ import annotations

from typing import Final

# Fixed, with one rule a season: a generated one ends some day, and changes the clock an hour late in UTC.
_ZONE: Final = b"""\
BEGIN:VTIMEZONE
TZID:Europe/Amsterdam
BEGIN:DAYLIGHT
DTSTART:19810329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
""".replace(b"\n", b"\r\n")
_EVENT_BEGINS: Final = b"BEGIN:VEVENT\r\n"


def with_zone(calendar: bytes) -> bytes:
    """A written calendar with the zone before its first entry; one without entries stays as it is."""
    return calendar.replace(_EVENT_BEGINS, _ZONE + _EVENT_BEGINS, 1)
