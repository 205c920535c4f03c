"""The line changed by hand: for a reason, with a trace, and nothing else with it."""

from __future__ import annotations

import pytest

from enrolment.commands import CloseEdition, LeaveList, OfferSeat, ReorderLine, WithdrawEnrolment
from enrolment.domain.facts import Reordered
from services.enrolment.tests.season import CLOSES, STARTS, Season
from spn.decision import Answer

BECAUSE = {"reason": "Door een fout van ons te laat ingeschreven.", "by": "organisator-7"}
LINE = ("bram", "cora", "dirk", "emma")


def said(answer: Answer) -> tuple[str, str, str | None]:
    return answer.outcome, answer.code, answer.state


def line(season: Season) -> list[str]:
    """Who waits, first in line first."""
    names = {id_: who for who, id_ in season.ids.items()}
    return [names[e.enrolment_id] for e in season.edition.in_line()]


@pytest.fixture
def season() -> Season:
    """One seat, taken by Anna; four wait."""
    season = Season(seats=1)
    for who in ("anna", *LINE):
        season.request(who)
    return season


@pytest.mark.parametrize(
    ("who", "position", "after"),
    [
        ("emma", 1, ["emma", "bram", "cora", "dirk"]),
        ("bram", 3, ["cora", "dirk", "bram", "emma"]),
        ("bram", 99, ["cora", "dirk", "emma", "bram"]),
        ("cora", 1, ["cora", "bram", "dirk", "emma"]),
    ],
)
def test_who_is_moved_stands_where_asked_and_all_others_keep_their_order(
    season: Season, who: str, position: int, after: list[str]
) -> None:
    assert said(season.ask(ReorderLine, who, position=position, **BECAUSE)) == ("done", "reordered", "waiting")
    assert line(season) == after
    ranks = sorted(season.edition.positions, key=lambda e: season.edition.enrolments[e].place)
    assert [season.edition.positions[e] for e in ranks] == [1, 2, 3, 4]


def test_a_move_is_told_with_the_new_position_and_leaves_its_reason_in_the_journal(season: Season) -> None:
    season.ask(ReorderLine, "emma", position=2, **BECAUSE)
    (fact,) = season.last.facts
    assert isinstance(fact, Reordered)
    assert fact.position == 2
    assert (fact.entry.what, fact.entry.reason, fact.entry.who) == ("reordered", BECAUSE["reason"], "organisator-7")


def test_a_freed_seat_goes_to_who_stands_first_now(season: Season) -> None:
    season.ask(ReorderLine, "dirk", position=1, **BECAUSE)
    season.ask(WithdrawEnrolment, "anna")
    assert season.of("dirk").status == "offered"
    assert line(season) == ["bram", "cora", "emma"]


def test_who_asks_after_a_move_is_still_the_last_in_line(season: Season) -> None:
    season.ask(ReorderLine, "bram", position=4, **BECAUSE)
    season.request("fenna")
    assert line(season) == ["cora", "dirk", "emma", "bram", "fenna"]
    season.ask(LeaveList, "dirk")
    assert line(season) == ["cora", "emma", "bram", "fenna"]


def test_moving_somebody_to_where_he_stands_changes_nothing(season: Season) -> None:
    assert said(season.ask(ReorderLine, "cora", position=2, **BECAUSE)) == ("unchanged", "already-there", "waiting")
    assert season.last.facts == ()


def test_only_who_waits_can_be_moved(season: Season) -> None:
    assert said(season.ask(ReorderLine, "anna", position=1, **BECAUSE)) == ("refused", "not-waiting", "accepted")


def test_after_the_closing_an_organiser_offers_a_free_seat_to_whom_he_chooses(season: Season) -> None:
    season.at(CLOSES).ask(WithdrawEnrolment, "anna")
    assert said(season.ask(OfferSeat, "dirk", **BECAUSE)) == ("done", "seat-offered", "offered")
    assert season.edition.journal.fresh[-1].reason == BECAUSE["reason"]
    assert line(season) == ["bram", "cora", "emma"]
    assert said(season.ask(OfferSeat, "dirk", **BECAUSE)) == ("unchanged", "already-offered", "offered")
    assert said(season.ask(OfferSeat, "bram", **BECAUSE)) == ("refused", "no-free-seat", "waiting")


def test_no_seat_can_be_offered_by_hand_from_the_start_on(season: Season) -> None:
    season.wake(CloseEdition)
    season.at(STARTS).ask(WithdrawEnrolment, "anna")
    assert said(season.ask(OfferSeat, "bram", **BECAUSE)) == ("refused", "edition-started", "waiting")
