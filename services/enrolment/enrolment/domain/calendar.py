"""Days and instants as people in the Netherlands see them. Everything else is in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_DAYS_NL = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_NL = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def start_of(day: date) -> datetime:
    """The instant at which a day begins in Amsterdam, in UTC."""
    return datetime.combine(day, time.min, AMSTERDAM).astimezone(UTC)


def day_of(instant: datetime) -> date:
    """The day it is in Amsterdam at an instant."""
    return instant.astimezone(AMSTERDAM).date()


def when_nl(instant: datetime) -> str:
    """An instant in a Dutch sentence: ``donderdag 14 januari 2027 om 10.00 uur``."""
    local = instant.astimezone(AMSTERDAM)
    day = f"{_DAYS_NL[local.weekday()]} {local.day} {_MONTHS_NL[local.month - 1]} {local.year}"
    return f"{day} om {local.hour}.{local.minute:02} uur"


def when_en(instant: datetime) -> str:
    """An instant in an English sentence: ``Thursday 14 January 2027 at 10:00 (Amsterdam time)``."""
    local = instant.astimezone(AMSTERDAM)
    day = f"{_DAYS_EN[local.weekday()]} {local.day} {_MONTHS_EN[local.month - 1]} {local.year}"
    return f"{day} at {local.hour}:{local.minute:02} (Amsterdam time)"
