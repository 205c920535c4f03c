"""The withdrawal rules of an edition in plain words, and what a withdrawal would cost right now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from enrolment.domain.calendar import day_of
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.terms import ALL_PERCENT, Terms, WithdrawalRule, part_of
from enrolment.pages.words import Words


@dataclass(frozen=True, slots=True)
class Period:
    """Days in which a withdrawal costs the same part. None: without a first, or a last, day."""

    first: date | None
    last: date | None
    percent: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What a withdrawal costs today, VAT excluded, and when that changes."""

    percent: int
    cents: int
    next: Period | None


def periods_of(rules: Iterable[WithdrawalRule], starts_on: date) -> Sequence[Period]:
    """The rules as periods that follow each other. Neighbours that cost the same are one."""
    found: list[Period] = []
    begins: date | None = None
    for rule in sorted(rules, key=lambda rule: -rule.days_before_start):
        last = starts_on - timedelta(days=rule.days_before_start)
        _add(found, Period(begins, last, rule.owed_percent))
        begins = last + timedelta(days=1)
    _add(found, Period(begins, None, ALL_PERCENT))
    return found


def _add(periods: list[Period], period: Period) -> None:
    if periods and periods[-1].percent == period.percent:
        period = Period(periods.pop().first, period.last, period.percent)
    periods.append(period)


def cost_now(terms: Terms, enrolment: Enrolment, now: datetime) -> Cost:
    """What is owed by who withdraws at this moment: each line of each payer rounded by itself, as the decision does."""
    percent = enrolment.percent_owed(terms, now)
    cents = sum(part_of(line.unit_price_cents, percent) for payer in enrolment.payers for line in payer.lines)
    later = (p for p in periods_of(*enrolment.rules(terms)) if p.first is not None and p.first > day_of(now))
    return Cost(percent, cents, next(later, None))


def when(period: Period, words: Words) -> str:
    """The days of a period."""
    if period.first is None:
        return (
            words("conditions.rule_until", day=words.day(period.last))
            if period.last
            else words("conditions.rule_always")
        )
    first = words.day(period.first)
    if period.last is None:
        return words("conditions.rule_from", day=first)
    return words("conditions.rule_between", first=first, last=words.day(period.last))


def owed(percent: int, words: Words) -> str:
    """What part is owed."""
    if percent == 0:
        return words("conditions.owed_nothing")
    return words("conditions.owed_all") if percent == ALL_PERCENT else words("conditions.owed_part", percent=percent)


def answering_time(hours: int, words: Words) -> str:
    """How long an offer stands: whole days as days."""
    return words.duration(hours * 3600)
