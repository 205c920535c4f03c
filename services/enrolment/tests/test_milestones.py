"""What the days themselves do: the start, the end, and the two years."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from enrolment.commands import LeaveNetwork, PassMilestone, WithdrawEnrolment
from enrolment.domain.terms import years_after
from services.enrolment.tests.season import COMMITMENT_ENDS, EDITION, ENDS, SECOND_YEAR, STARTS, Season
from spn.decision import Answer, Deadline

MOMENT = timedelta(microseconds=1)


def said(answer: Answer) -> tuple[str, str]:
    return answer.outcome, answer.code


@pytest.fixture
def season() -> Season:
    """Two seats, one taken and one offered; one waits."""
    season = Season(seats=2)
    for who in ("anna", "bram", "cora", "dirk"):
        season.request(who)
    season.ask(WithdrawEnrolment, "bram")
    return season


def completed(season: Season) -> Season:
    season.at(STARTS).wake(PassMilestone, milestone="start")
    season.at(ENDS).wake(PassMilestone, milestone="end")
    return season


def test_at_the_start_nobody_is_pending_any_more(season: Season) -> None:
    assert said(season.at(STARTS).wake(PassMilestone, milestone="start")) == ("done", "milestone-passed")
    assert season.statuses() == {"anna": "accepted", "bram": "withdrawn", "cora": "closed", "dirk": "closed"}
    assert season.facts == ["EditionClosed", "Closed", "Closed"]
    assert (season.edition.seats_taken, season.edition.waiting) == (1, 0)


@pytest.mark.parametrize(
    ("milestone", "at"),
    [("start", STARTS), ("end", ENDS), ("second-year", SECOND_YEAR), ("commitment-end", COMMITMENT_ENDS)],
)
def test_a_milestone_that_comes_too_early_changes_nothing_and_comes_again(
    season: Season, milestone: str, at: datetime
) -> None:
    assert said(season.at(at - MOMENT).wake(PassMilestone, milestone=milestone)) == ("unchanged", "milestone-later")
    assert Deadline(f"edition.{milestone}", EDITION, EDITION, at) in season.last.deadlines


def test_a_milestone_that_comes_twice_changes_nothing_the_second_time(season: Season) -> None:
    season.at(STARTS).wake(PassMilestone, milestone="start")
    assert said(season.wake(PassMilestone, milestone="start")) == ("unchanged", "milestone-without-effect")
    assert season.last.facts == ()


def test_after_the_last_day_who_took_part_has_completed_it_and_still_takes_the_seat(season: Season) -> None:
    completed(season)
    assert season.of("anna").status == "completed"
    assert season.facts == ["Completed"]
    assert season.edition.seats_taken == 1
    assert sum(line.owed_cents for payer in season.of("anna").payers for line in payer.lines) > 0


def test_the_commitment_runs_for_two_years_from_the_start(season: Season) -> None:
    assert (season.of("anna").commitment, season.of("anna").commitment_ends_on) == ("running", date(2029, 3, 12))
    completed(season)
    season.at(SECOND_YEAR).wake(PassMilestone, milestone="second-year")
    assert season.facts == ["SecondYearStarted"]
    season.at(COMMITMENT_ENDS).wake(PassMilestone, milestone="commitment-end")
    assert season.facts == ["CommitmentEnded"]
    assert season.of("anna").commitment == "fulfilled"


def test_the_second_year_of_an_enrolment_is_told_once_however_often_its_milestone_comes(season: Season) -> None:
    completed(season).at(SECOND_YEAR).wake(PassMilestone, milestone="second-year")
    entries = season.edition.journal.entries
    assert said(season.wake(PassMilestone, milestone="second-year")) == ("unchanged", "milestone-without-effect")
    assert (season.last.facts, season.edition.journal.entries) == ((), entries)


def test_who_leaves_the_network_early_has_no_second_year(season: Season) -> None:
    completed(season)
    assert said(season.ask(LeaveNetwork, "anna", reason="Andere functie.")) == ("done", "network-left")
    assert season.of("anna").commitment == "left-early"
    assert said(season.ask(LeaveNetwork, "anna")) == ("unchanged", "already-left-network")
    season.at(SECOND_YEAR).wake(PassMilestone, milestone="second-year")
    assert season.last.facts == ()


def test_before_the_end_leaving_is_a_withdrawal(season: Season) -> None:
    assert said(season.ask(LeaveNetwork, "anna")) == ("refused", "not-committed")
    season.ask(WithdrawEnrolment, "anna")
    assert (season.of("anna").commitment, season.of("anna").commitment_ends_on) == (None, None)


def test_two_years_after_the_29th_of_february_is_the_1st_of_march() -> None:
    assert years_after(date(2028, 2, 29), 2) == date(2030, 3, 1)
    assert years_after(date(2028, 2, 29), 4) == date(2032, 2, 29)
