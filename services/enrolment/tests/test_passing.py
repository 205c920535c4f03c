"""When somebody in the line was passed by hand."""

from __future__ import annotations

import pytest

from enrolment.commands import CloseEdition, LeaveList, OfferSeat, ReorderLine, WithdrawEnrolment
from enrolment.proof.passing import passings_of
from services.enrolment.tests.season import Season


@pytest.fixture
def season() -> Season:
    """One seat, taken by Anna; three wait."""
    season = Season(seats=1)
    for who in ("anna", "bram", "cora", "dirk"):
        season.request(who)
    return season.later(days=1)


def passed(season: Season, who: str) -> list[tuple[str, int]]:
    """How, and how many days after the opening."""
    entries = season.edition.journal.fresh
    first = entries[0].moment
    return [(one.how, (one.moment - first).days) for one in passings_of(season.ids[who], entries)]


def test_who_keeps_the_place_is_passed_by_nobody(season: Season) -> None:
    season.ask(WithdrawEnrolment, "anna")
    season.ask(LeaveList, "cora")
    assert [passed(season, who) for who in ("bram", "cora", "dirk")] == [[], [], []]


def test_whoever_was_ahead_sees_that_somebody_was_put_before_them(season: Season) -> None:
    season.ask(ReorderLine, "dirk", position=2, reason="Beloofd.")
    assert [passed(season, who) for who in ("bram", "cora", "dirk")] == [[], [("moved", 1)], []]


def test_who_was_moved_back_sees_that_and_those_who_moved_up_see_nothing(season: Season) -> None:
    season.ask(ReorderLine, "bram", position=3, reason="Zelf gevraagd.")
    assert [passed(season, who) for who in ("bram", "cora", "dirk")] == [[("back", 1)], [], []]


def test_a_seat_offered_by_hand_out_of_turn_is_seen_by_those_ahead_only(season: Season) -> None:
    season.wake(CloseEdition)
    season.ask(WithdrawEnrolment, "anna")
    season.later(days=1).ask(OfferSeat, "cora", reason="Beloofd.")
    assert [passed(season, who) for who in ("bram", "dirk")] == [[("offered", 2)], []]


def test_the_first_in_line_who_is_offered_a_seat_by_hand_passes_nobody(season: Season) -> None:
    season.wake(CloseEdition)
    season.ask(WithdrawEnrolment, "anna")
    season.ask(OfferSeat, "bram", reason="Aan de beurt.")
    assert [passed(season, who) for who in ("cora", "dirk")] == [[], []]


def test_every_time_counts_also_after_one_was_put_back(season: Season) -> None:
    season.ask(ReorderLine, "dirk", position=1, reason="Beloofd.")
    season.later(days=1).ask(ReorderLine, "dirk", position=3, reason="Vergissing.")
    season.later(days=1).ask(ReorderLine, "cora", position=1, reason="Beloofd.")
    assert passed(season, "bram") == [("moved", 1), ("moved", 3)]
    assert passed(season, "dirk") == [("back", 2)]


def test_enrolments_that_are_older_than_the_journal_are_left_out(season: Season) -> None:
    season.ask(ReorderLine, "dirk", position=2, reason="Beloofd.")
    entries = [e for e in season.edition.journal.fresh if (e.what, e.request) != ("waitlisted", 4)]
    assert not list(passings_of(season.ids["cora"], entries))
