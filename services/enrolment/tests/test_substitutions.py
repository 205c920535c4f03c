"""A colleague takes an enrolment over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enrolment.commands import DeclineOffer, ExtendOffer, LapseOffer, LeaveList, WithdrawEnrolment
from enrolment.domain.facts import Substituted
from services.enrolment.tests.season import OFFER_HOURS, STARTS, Season
from spn.decision import Answer


def said(answer: Answer) -> tuple[str, str, str | None]:
    return answer.outcome, answer.code, answer.state


@pytest.fixture
def season() -> Season:
    """One seat, taken by Anna; Bram and Cora wait."""
    season = Season(seats=1)
    for who in ("anna", "bram", "cora"):
        season.request(who)
    return season


def test_only_the_participant_changes(season: Season) -> None:
    before, anna = season.of("anna"), season.person("anna")
    assert said(season.substitute("anna", by="emma")) == ("done", "substituted", "accepted")
    assert season.facts == ["PersonRegistered", "Substituted"]
    after = season.of("emma")
    assert (after.participant_id, after.former_participant_ids) == (season.person("emma"), (anna,))
    assert (after.enrolment_id, after.number, after.payers) == (before.enrolment_id, before.number, before.payers)


def test_who_takes_part_again_is_no_former_participant(season: Season) -> None:
    season.substitute("anna", by="emma")
    season.substitute("emma", by="fenna")
    season.substitute("fenna", by="anna")
    assert season.of("anna").former_participant_ids == (season.person("emma"), season.person("fenna"))


def test_a_substitute_who_waits_leaves_the_line_in_the_same_decision(season: Season) -> None:
    waiting = season.ids["bram"]
    season.substitute("anna", by="bram")
    assert season.facts == ["Left", "Substituted"]
    assert season.edition.enrolments[waiting].status == "left"
    assert season.edition.waiting == 1
    assert season.edition.positions[season.ids["cora"]] == 1


def test_who_waits_can_be_taken_over_and_keeps_the_place_in_line(season: Season) -> None:
    season.substitute("cora", by="emma")
    (told,) = (fact for fact in season.last.facts if isinstance(fact, Substituted))
    assert (told.enrolment.status, told.position) == ("waiting", 2)


def test_one_who_waits_taking_over_from_another_who_waits_moves_everybody_up(season: Season) -> None:
    season.substitute("cora", by="bram")
    (told,) = (fact for fact in season.last.facts if isinstance(fact, Substituted))
    assert (told.position, season.edition.waiting) == (1, 1)


def test_a_substitute_with_a_seat_is_refused(season: Season) -> None:
    assert said(season.substitute("bram", by="anna")) == ("refused", "substitute-has-seat", "waiting")
    season.ask(WithdrawEnrolment, "anna")
    assert season.of("bram").status == "offered"
    assert said(season.substitute("cora", by="bram")) == ("refused", "substitute-has-seat", "waiting")


def test_a_substitute_whose_own_offer_is_overdue_can_take_over_once_it_has_lapsed(season: Season) -> None:
    season.ask(WithdrawEnrolment, "anna")
    season.request("dirk")
    overdue = season.ids["bram"]
    season.later(hours=OFFER_HOURS)
    assert said(season.substitute("dirk", by="bram")) == ("refused", "substitute-has-seat", "waiting")
    season.ask(LapseOffer, "bram")
    assert said(season.substitute("dirk", by="bram")) == ("done", "substituted", "waiting")
    assert season.edition.enrolments[overdue].status == "lapsed"
    assert season.of("cora").status == "offered"


def test_an_overdue_offer_cannot_be_taken_over_unless_it_is_extended(season: Season) -> None:
    season.ask(WithdrawEnrolment, "anna")
    answer = season.later(hours=OFFER_HOURS).substitute("bram", by="emma")
    assert said(answer) == ("refused", "offer-lapsed", "offered")
    assert season.facts == []
    season.ask(ExtendOffer, "bram", until=(season.now + timedelta(hours=1)).isoformat())
    assert said(season.substitute("bram", by="emma")) == ("done", "substituted", "offered")


def test_the_participant_of_an_overdue_offer_as_substitute_changes_nothing(season: Season) -> None:
    season.ask(WithdrawEnrolment, "anna")
    answer = season.later(hours=OFFER_HOURS).substitute("bram", by="bram")
    assert said(answer) == ("unchanged", "already-participant", "offered")
    assert season.facts == []


def test_the_participant_as_substitute_changes_nothing(season: Season) -> None:
    assert said(season.substitute("anna", by="anna")) == ("unchanged", "already-participant", "accepted")
    assert season.facts == []


@pytest.mark.parametrize("ending", [WithdrawEnrolment, LeaveList, DeclineOffer])
def test_what_has_ended_cannot_be_taken_over(
    season: Season, ending: type[WithdrawEnrolment | LeaveList | DeclineOffer]
) -> None:
    season.ask(WithdrawEnrolment, "anna")
    who = {WithdrawEnrolment: "anna", LeaveList: "cora", DeclineOffer: "bram"}[ending]
    season.ask(ending, who)
    assert season.substitute(who, by="emma").code == "enrolment-ended"


def test_nothing_is_taken_over_after_the_start(season: Season) -> None:
    answer = season.at(STARTS).substitute("anna", by="emma")
    assert said(answer) == ("refused", "edition-started", "accepted")
    assert answer.nl.startswith("Overnemen kan niet meer:")
    season = Season()
    season.request("anna")
    assert season.at(STARTS - timedelta(microseconds=1)).substitute("anna", by="emma").outcome == "done"
