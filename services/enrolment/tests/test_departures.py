"""Going away: out of the line, or out of the edition."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from enrolment.commands import LeaveList, WithdrawEnrolment
from enrolment.domain.terms import part_of
from services.enrolment.tests.season import OPENS, STARTS, Season
from spn.decision import Answer


def said(answer: Answer) -> tuple[str, str, str | None]:
    return answer.outcome, answer.code, answer.state


def owed(season: Season, who: str) -> list[int]:
    return [line.owed_cents for payer in season.of(who).payers for line in payer.lines]


def test_leaving_the_line_moves_those_behind_up() -> None:
    season = Season(seats=1)
    for who in ("anna", "bram", "cora", "dirk"):
        season.request(who)
    assert said(season.ask(LeaveList, "cora")) == ("done", "list-left", "left")
    assert season.facts == ["Left"]
    assert {who: season.edition.positions.get(season.ids[who]) for who in ("bram", "cora", "dirk")} == {
        "bram": 1,
        "cora": None,
        "dirk": 2,
    }
    assert season.edition.waiting == 2


def test_leaving_twice_changes_nothing_and_only_who_waits_can_leave() -> None:
    season = Season(seats=1)
    season.request("anna")
    season.request("bram")
    season.ask(LeaveList, "bram")
    assert said(season.ask(LeaveList, "bram")) == ("unchanged", "already-left", "left")
    assert said(season.ask(LeaveList, "anna")) == ("refused", "not-waiting", "accepted")


@pytest.mark.parametrize(
    ("moment", "percent"),
    [
        (OPENS, 0),
        # 29 January is 42 days before 12 March.
        (datetime(2027, 1, 29, 22, 59, 59, tzinfo=UTC), 0),
        (datetime(2027, 1, 29, 23, 0, tzinfo=UTC), 50),
        (datetime(2027, 2, 26, 22, 59, 59, tzinfo=UTC), 50),
        (datetime(2027, 2, 26, 23, 0, tzinfo=UTC), 100),
        (STARTS + timedelta(days=30), 100),
    ],
)
def test_what_a_withdrawal_costs_follows_from_the_days_before_the_start_in_amsterdam(
    moment: datetime, percent: int
) -> None:
    season = Season()
    season.request("anna")
    answer = season.at(moment).ask(WithdrawEnrolment, "anna", reason="Andere baan.")
    assert said(answer) == ("done", "withdrawn", "withdrawn")
    assert (f"blijft {percent} %" if percent else "U bent niets verschuldigd.") in answer.nl
    assert (f"{percent} % of the price" if percent else "Nothing is owed.") in answer.en
    assert owed(season, "anna") == [395_000 * percent // 100, 80_000 * percent // 100, 25_000 * percent // 100]


def test_each_line_is_rounded_by_itself_half_a_cent_up() -> None:
    line = {"description_nl": "Dag", "description_en": "Day", "nature": "course"}
    season = Season(
        lines=[{**line, "line_id": "a", "unit_price_cents": 101}, {**line, "line_id": "b", "unit_price_cents": 33}],
        withdrawal=[{"days_before_start": 0, "owed_percent": 50}],
    )
    season.request("anna")
    season.ask(WithdrawEnrolment, "anna")
    assert owed(season, "anna") == [51, 17]


@pytest.mark.parametrize(
    ("cents", "percent", "part"),
    [(0, 50, 0), (1, 50, 1), (1, 49, 0), (999, 33, 330), (250, 1, 3), (500_000, 100, 500_000)],
)
def test_a_part_of_an_amount(cents: int, percent: int, part: int) -> None:
    assert part_of(cents, percent) == part


def test_without_rules_a_withdrawal_owes_everything() -> None:
    season = Season(withdrawal=[])
    season.request("anna")
    season.ask(WithdrawEnrolment, "anna")
    assert sum(owed(season, "anna")) == 500_000


def test_a_withdrawal_keeps_its_reason_to_itself() -> None:
    season = Season()
    season.request("anna")
    season.ask(WithdrawEnrolment, "anna", reason="Ziek.")
    assert season.of("anna").withdrawal_reason == "Ziek."


def test_withdrawing_twice_changes_nothing_and_owes_what_the_first_one_said() -> None:
    season = Season()
    season.request("anna")
    season.ask(WithdrawEnrolment, "anna")
    assert said(season.at(STARTS).ask(WithdrawEnrolment, "anna")) == ("unchanged", "already-withdrawn", "withdrawn")
    assert sum(owed(season, "anna")) == 0


def test_who_waits_or_has_an_offer_cannot_withdraw() -> None:
    season = Season(seats=1)
    for who in ("anna", "bram", "cora"):
        season.request(who)
    season.ask(WithdrawEnrolment, "anna")
    assert said(season.ask(WithdrawEnrolment, "bram")) == ("refused", "not-accepted", "offered")
    assert said(season.ask(WithdrawEnrolment, "cora")) == ("refused", "not-accepted", "waiting")


def test_a_seat_given_up_after_the_start_is_offered_to_nobody() -> None:
    season = Season(seats=1)
    season.request("anna")
    season.request("bram")
    season.at(STARTS).ask(WithdrawEnrolment, "anna")
    assert season.of("bram").status == "waiting"


def test_who_says_what_they_saw_of_an_enrolment_is_refused_when_it_changed_since() -> None:
    season = Season(seats=1)
    season.request("anna")
    season.request("bram")
    seen = season.of("bram").entry
    season.ask(WithdrawEnrolment, "anna")
    answer = season.ask(LeaveList, "bram", if_entry=seen)
    assert (answer.outcome, answer.code, answer.state) == ("refused", "changed-meanwhile", "offered")
    assert season.of("bram").entry == season.edition.journal.entries
