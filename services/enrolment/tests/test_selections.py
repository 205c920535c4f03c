"""An organiser chooses among the requests, where the edition has a selection step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enrolment.commands import (
    AcceptOffer,
    ApproveEnrolment,
    CloseEdition,
    LeaveList,
    PassMilestone,
    RejectEnrolment,
    WithdrawEnrolment,
)
from services.enrolment.tests.season import STARTS, Season
from spn.decision import Answer

BECAUSE = {"reason": "Sterke motivatie."}


def said(answer: Answer) -> tuple[str, str, str | None]:
    return answer.outcome, answer.code, answer.state


@pytest.fixture
def season() -> Season:
    """Two seats and a selection step; four have asked."""
    season = Season(seats=2, selection=True)
    for who in ("anna", "bram", "cora", "dirk"):
        season.request(who)
    return season


def test_a_request_waits_for_a_choice_takes_no_seat_and_owes_nothing(season: Season) -> None:
    assert set(season.statuses().values()) == {"requested"}
    assert (season.edition.seats_taken, season.edition.waiting) == (0, 0)
    assert all(line.owed_cents == 0 for payer in season.of("anna").payers for line in payer.lines)
    assert season.facts[-1] == "Requested"


def test_the_same_person_asking_again_is_the_same_request(season: Season) -> None:
    assert said(season.request("anna")) == ("unchanged", "already-enrolled", "requested")


def test_an_approved_request_gets_a_seat_and_the_next_ones_a_place_in_line_by_when_they_asked(season: Season) -> None:
    assert said(season.ask(ApproveEnrolment, "dirk", **BECAUSE)) == ("done", "accepted", "accepted")
    assert said(season.ask(ApproveEnrolment, "anna", **BECAUSE)) == ("done", "accepted", "accepted")
    assert said(season.ask(ApproveEnrolment, "cora", **BECAUSE)) == ("done", "waitlisted", "waiting")
    assert said(season.ask(ApproveEnrolment, "bram", **BECAUSE)) == ("done", "waitlisted", "waiting")
    positions = season.edition.positions
    assert [positions[season.ids[who]] for who in ("bram", "cora")] == [1, 2]
    season.ask(WithdrawEnrolment, "anna")
    assert season.of("bram").status == "offered"


def test_a_rejected_request_is_over_and_may_be_made_anew(season: Season) -> None:
    assert said(season.ask(RejectEnrolment, "anna", **BECAUSE)) == ("done", "rejected", "rejected")
    assert season.facts == ["Rejected"]
    assert said(season.ask(RejectEnrolment, "anna", **BECAUSE)) == ("unchanged", "already-rejected", "rejected")
    assert said(season.ask(ApproveEnrolment, "anna", **BECAUSE)) == ("refused", "not-requested", "rejected")
    assert said(season.request("anna")) == ("done", "requested", "requested")


def test_the_reason_of_a_choice_is_kept_in_the_journal_with_who_made_it(season: Season) -> None:
    season.ask(ApproveEnrolment, "anna", reason="Nieuwe provincie.", by="organisator-7")
    entry = season.edition.journal.fresh[-1]
    assert (entry.what, entry.reason, entry.who) == ("accepted", "Nieuwe provincie.", "organisator-7")


def test_approving_twice_changes_nothing(season: Season) -> None:
    season.ask(ApproveEnrolment, "anna", **BECAUSE)
    assert said(season.ask(ApproveEnrolment, "anna", **BECAUSE)) == ("unchanged", "already-approved", "accepted")


def test_a_choice_can_be_made_after_the_closing_but_not_after_the_start(season: Season) -> None:
    season.wake(CloseEdition)
    assert said(season.ask(ApproveEnrolment, "anna", **BECAUSE)) == ("done", "accepted", "accepted")
    season.at(STARTS)
    answer = season.ask(ApproveEnrolment, "bram", **BECAUSE)
    assert said(answer) == ("refused", "edition-started", "requested")
    assert answer.nl == "Goedkeuren kan niet meer: de editie is begonnen op vrijdag 12 maart 2027 om 0.00 uur."


def test_who_is_chosen_beside_a_free_seat_hears_that_others_wait_for_it(season: Season) -> None:
    *_, full = [season.ask(ApproveEnrolment, who, **BECAUSE) for who in ("anna", "bram", "cora")]
    assert full.nl.startswith("Alle plaatsen zijn bezet.")
    season.wake(CloseEdition)
    season.ask(WithdrawEnrolment, "anna")
    answer = season.ask(ApproveEnrolment, "dirk", **BECAUSE)
    assert said(answer) == ("done", "waitlisted", "waiting")
    assert answer.nl == "Er wachten al anderen op een plaats. De inschrijving staat op de wachtlijst, op plaats 2."
    assert answer.en.startswith("Others are waiting for a seat already.")


def test_a_request_can_be_taken_back_and_cannot_be_taken_over(season: Season) -> None:
    assert said(season.substitute("anna", "emma")) == ("refused", "awaits-selection", "requested")
    assert said(season.ask(LeaveList, "anna")) == ("done", "list-left", "left")


def test_who_was_not_chosen_by_the_start_is_closed(season: Season) -> None:
    season.ask(ApproveEnrolment, "anna", **BECAUSE)
    season.at(STARTS).wake(PassMilestone, milestone="start")
    assert season.statuses() == {"anna": "accepted", "bram": "closed", "cora": "closed", "dirk": "closed"}


def test_without_a_selection_step_there_is_nothing_to_choose() -> None:
    season = Season(seats=1)
    season.request("anna")
    season.request("bram")
    assert said(season.ask(RejectEnrolment, "bram", **BECAUSE)) == ("refused", "not-requested", "waiting")
    assert said(season.ask(ApproveEnrolment, "bram", **BECAUSE)) == ("unchanged", "already-approved", "waiting")


def test_an_edition_that_asks_for_a_motivation_refuses_a_request_without_one() -> None:
    season = Season(seats=1, selection=True, asks=["motivation"])
    assert said(season.request("anna")) == ("refused", "motivation-missing", None)
    assert said(season.request("anna", motivation="Ik wil leren.")) == ("done", "requested", "requested")
    assert season.of("anna").motivation == "Ik wil leren."


def test_an_approved_one_that_waits_is_offered_a_seat_like_any_other(season: Season) -> None:
    for who in ("anna", "bram", "cora"):
        season.ask(ApproveEnrolment, who, **BECAUSE)
    season.ask(WithdrawEnrolment, "anna")
    assert said(season.later(hours=1).ask(AcceptOffer, "cora")) == ("done", "offer-accepted", "accepted")
    assert season.now < STARTS - timedelta(days=1)
