"""The terms of an edition as they were published: seats, dates, prices, and what a withdrawal costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from enrolment.domain.calendar import day_of, start_of

Nature: TypeAlias = Literal["course", "coaching", "materials"]
ALL_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Theme:
    """One of the themes the edition works on."""

    theme_id: str
    title_nl: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the price of a seat, in cents, VAT excluded."""

    line_id: str
    description_nl: str
    description_en: str
    nature: Nature
    unit_price_cents: int


@dataclass(frozen=True, slots=True)
class WithdrawalRule:
    """Whoever withdraws at least this many days before the start owes this part of each line."""

    days_before_start: int
    owed_percent: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What was published of an edition. A later amendment would bind later requests only."""

    edition_id: str
    title_nl: str
    title_en: str
    seats: int
    opens_at: datetime
    closes_at: datetime
    starts_on: date
    ends_on: date
    offer_hours: int
    currency: Literal["EUR"]
    themes: tuple[Theme, ...]
    lines: tuple[Line, ...]
    withdrawal: tuple[WithdrawalRule, ...]

    @property
    def starts_at(self) -> datetime:
        """The edition has started from the first moment of its first day, in Amsterdam."""
        return start_of(self.starts_on)

    def owed_percent(self, now: datetime) -> int:
        """What part is owed by someone who withdraws now.

        Days are counted in Amsterdam, from the day of withdrawal to the first day. Of the rules that are met the one
        with the most days decides; when none is met, everything is owed.
        """
        days = (self.starts_on - day_of(now)).days
        met = [rule for rule in self.withdrawal if days >= rule.days_before_start]
        return max(met, key=lambda rule: rule.days_before_start).owed_percent if met else ALL_PERCENT


def part_of(cents: int, percent: int) -> int:
    """A percentage of an amount, half a cent rounded up. Amounts are never negative."""
    return (cents * percent + 50) // 100
