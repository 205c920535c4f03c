"""Dates, times and amounts as people here write them. What people see is Europe/Amsterdam."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
LANGUAGES: Final = ("nl", "en")
LOCALES: Final = {"nl": "nl_NL", "en": "en_GB"}
_OCLOCK: Final = {"nl": "{} uur", "en": "{}"}
_DEADLINE: Final = {"nl": "{} om {} uur (Nederlandse tijd)", "en": "{} at {} (Amsterdam time)"}
_DASH: Final = "\u2013"
_PERIOD: Final = {"nl": "{} tot en met {}", "en": "{} to {}"}


@lru_cache(maxsize=1024)
def day(when: date, language: str) -> str:
    """``woensdag 14 januari 2026``."""
    return format_date(when, "EEEE d MMMM y", locale=LOCALES[language])


@lru_cache(maxsize=1024)
def short_day(when: date, language: str) -> str:
    """``14 januari 2026``."""
    return format_date(when, "d MMMM y", locale=LOCALES[language])


def period(first: date, last: date, language: str) -> str:
    """``3 maart 2026 tot en met 6 oktober 2026``."""
    return _PERIOD[language].format(short_day(first, language), short_day(last, language))


def deadline(instant: datetime, language: str) -> str:
    """The last minute that still counts, with its time zone in words: never later than the instant itself."""
    local = instant.astimezone(AMSTERDAM)
    return _DEADLINE[language].format(day(local.date(), language), f"{local:%H:%M}")


def span(start: datetime, end: datetime, language: str) -> str:
    """``dinsdag 3 maart 2026, 10:00-16:30 uur``, with an en dash; both days when it ends on another."""
    first, last = start.astimezone(AMSTERDAM), end.astimezone(AMSTERDAM)
    clock = _OCLOCK[language]
    if first.date() == last.date():
        return f"{day(first.date(), language)}, {clock.format(f'{first:%H:%M}{_DASH}{last:%H:%M}')}"
    ends = (f"{day(at.date(), language)}, {clock.format(f'{at:%H:%M}')}" for at in (first, last))
    return f" {_DASH} ".join(ends)


@lru_cache(maxsize=1024)
def money(cents: int, currency: str, language: str) -> str:
    """``€ 5.000,00`` (with a no-break space) in Dutch, ``€5,000.00`` in English."""
    # A float is exact here: cents below 2**53, and babel rounds to two digits.
    return format_currency(cents / 100, currency, locale=LOCALES[language])
