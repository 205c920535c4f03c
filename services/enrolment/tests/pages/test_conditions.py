"""The withdrawal rules in words, and what a withdrawal costs now."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from enrolment.domain.calendar import start_of
from enrolment.domain.terms import WithdrawalRule
from enrolment.pages.conditions import Period, cost_now, owed, periods_of, when
from enrolment.pages.words import words_in
from services.enrolment.tests.season import Season

NL, EN = words_in("nl"), words_in("en")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def an_edition(*rules: tuple[int, int]) -> Season:
    season = Season(withdrawal=[{"days_before_start": days, "owed_percent": percent} for days, percent in rules])
    season.request("anna")
    return season


def rules(season: Season) -> tuple[tuple[WithdrawalRule, ...], date]:
    return season.edition.terms.withdrawal, season.edition.terms.starts_on


def test_the_rules_follow_each_other_without_a_gap() -> None:
    periods = periods_of(*rules(an_edition((14, 50), (42, 0))))
    assert [(when(p, NL), owed(p.percent, NL)) for p in periods] == [
        ("tot en met 29\u00a0januari 2027", "u betaalt niets"),
        ("van 30\u00a0januari 2027 tot en met 26\u00a0februari 2027", "u betaalt 50 % van de prijs"),
        ("vanaf 27\u00a0februari 2027", "u betaalt de hele prijs"),
    ]


def test_without_rules_the_whole_price_is_always_owed() -> None:
    (period,) = periods_of(*rules(an_edition()))
    assert (when(period, EN), owed(period.percent, EN)) == ("always", "you pay the full price")


def test_neighbours_that_cost_the_same_are_one() -> None:
    periods = periods_of(*rules(an_edition((42, 50), (14, 50))))
    assert periods == [Period(None, date(2027, 2, 26), 50), Period(date(2027, 2, 27), None, 100)]


@pytest.mark.parametrize("days", [60, 43, 42, 41, 15, 14, 13, 1, 0, -1])
@pytest.mark.parametrize("hour", [0, 23])
def test_the_words_say_of_every_day_what_the_decision_says(days: int, hour: int) -> None:
    season = an_edition((42, 0), (14, 33))
    terms, enrolment = season.edition.terms, season.of("anna")
    day = terms.starts_on - timedelta(days=days)
    now = datetime(day.year, day.month, day.day, hour, 59, 59, tzinfo=AMSTERDAM)
    (period,) = [
        p
        for p in periods_of(terms.withdrawal, terms.starts_on)
        if (p.first is None or p.first <= day) and (p.last is None or day <= p.last)
    ]
    cost = cost_now(terms, enrolment, now)
    assert cost.percent == period.percent == enrolment.percent_owed(terms, now)
    withdrawn = enrolment.withdrawn(cost.percent, None)
    assert cost.cents == sum(line.owed_cents for payer in withdrawn.payers for line in payer.lines)


def test_the_next_change_is_told_with_its_first_day() -> None:
    season = an_edition((42, 0), (14, 50))
    cost = cost_now(season.edition.terms, season.of("anna"), start_of(date(2027, 1, 20)))
    assert cost.next == Period(date(2027, 1, 30), date(2027, 2, 26), 50)
    assert cost_now(season.edition.terms, season.of("anna"), start_of(date(2027, 3, 1))).next is None
