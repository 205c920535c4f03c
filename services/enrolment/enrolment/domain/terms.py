"""The terms of an edition as they were published: seats, dates, prices, and what a withdrawal costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias

from enrolment.domain.calendar import day_of, start_of

Nature: TypeAlias = Literal["course", "coaching", "materials"]
Ask: TypeAlias = Literal["motivation", "goals", "diet", "access"]
Milestone: TypeAlias = Literal["start", "end", "second-year", "commitment-end"]
MILESTONES: tuple[Milestone, ...] = ("start", "end", "second-year", "commitment-end")
ALL_PERCENT = 100
COMMITMENT_YEARS = 2


@dataclass(frozen=True, slots=True)
class Theme:
    """One of the themes the edition works on."""

    theme_id: str
    title_nl: str
    title_en: str
    guests_per_library: int = 0


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
    """What is public of an edition. An amendment binds later requests and offers only.

    ``minimum`` is the number of participants that the edition needs to go ahead; people decide what follows. With
    ``selection`` a request waits for an organiser before it gets a seat. ``guest_days``: how long an invitation stands.
    """

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
    minimum: int = 1
    selection: bool = False
    payers_max: int = 1
    guest_days: int = 14
    languages: tuple[Literal["nl", "en"], ...] = ("nl",)
    asks: tuple[Ask, ...] = ()

    @property
    def starts_at(self) -> datetime:
        """The edition has started from the first moment of its first day, in Amsterdam."""
        return start_of(self.starts_on)

    @property
    def ends_at(self) -> datetime:
        """The first moment after its last day, in Amsterdam."""
        return start_of(self.ends_on + timedelta(days=1))

    def theme(self, theme_id: str) -> Theme | None:
        """The theme of this id, if the edition works on it."""
        return next((theme for theme in self.themes if theme.theme_id == theme_id), None)

    def years_after_start(self, years: int) -> date:
        """The day so many years after the first one; 29 February counts as 1 March where there is none."""
        return years_after(self.starts_on, years)


def years_after(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def owed_percent(rules: Iterable[WithdrawalRule], starts_on: date, now: datetime) -> int:
    """What part is owed by someone who withdraws now.

    Days are counted in Amsterdam, from the day of withdrawal to the first day. Of the rules that are met the one
    with the most days decides; when none is met, everything is owed.
    """
    days = (starts_on - day_of(now)).days
    met = [rule for rule in rules if days >= rule.days_before_start]
    return max(met, key=lambda rule: rule.days_before_start).owed_percent if met else ALL_PERCENT


def part_of(cents: int, percent: int) -> int:
    """A percentage of an amount, half a cent rounded up. Amounts are never negative."""
    return (cents * percent + 50) // 100
