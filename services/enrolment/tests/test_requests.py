"""Asking for a seat."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from enrolment.commands import SubstituteParticipant, WithdrawEnrolment
from enrolment.domain.facts import Waitlisted
from services.enrolment.tests.season import BEFORE, CLOSES, OPENS, PRICE_CENTS, STARTS, Season
from spn.decision import Answer


def said(answer: Answer) -> tuple[str, str, str | None]:
    return answer.outcome, answer.code, answer.state


def test_a_request_for_a_free_seat_is_accepted_and_owes_the_whole_price() -> None:
    season = Season()
    assert said(season.request("anna")) == ("done", "accepted", "accepted")
    assert season.edition.seats_taken == 1
    (payer,) = season.of("anna").payers
    assert sum(line.owed_cents for line in payer.lines) == PRICE_CENTS


def test_a_request_at_the_opening_instant_is_in_without_any_wake_up() -> None:
    assert said(Season().at(OPENS).request("anna")) == ("done", "accepted", "accepted")


def test_a_request_just_before_the_opening_is_refused_and_says_when_to_come_back() -> None:
    season = Season().at(OPENS - timedelta(microseconds=1))
    answer = season.request("anna")
    assert said(answer) == ("refused", "edition-not-open", "published")
    assert "14 januari 2027 om 10.00 uur" in answer.nl
    assert season.edition.people == {}


def test_a_request_at_the_closing_instant_is_refused_and_closes_the_edition() -> None:
    season = Season()
    assert said(season.at(CLOSES - timedelta(microseconds=1)).request("anna")) == ("done", "accepted", "accepted")
    assert said(season.at(CLOSES).request("bram")) == ("refused", "edition-closed", "closed")
    assert season.facts == ["EditionClosed"]


def test_without_the_commitment_of_two_years_there_is_no_enrolment() -> None:
    season = Season()
    assert said(season.request("anna", two_year_commitment=False)) == ("refused", "commitment-missing", None)
    assert season.edition.enrolments == {}


def test_when_all_seats_are_taken_people_wait_in_the_order_of_their_requests() -> None:
    season = Season(seats=1)
    season.request("anna")
    assert said(season.request("bram")) == ("done", "waitlisted", "waiting")
    answer = season.request("cora")
    assert "op plaats 2" in answer.nl
    assert "in position 2" in answer.en
    (told,) = (fact for fact in season.last.facts if isinstance(fact, Waitlisted))
    assert (told.position, told.enrolment.number) == (2, 3)
    assert all(line.owed_cents == 0 for payer in told.enrolment.payers for line in payer.lines)


def test_the_same_request_again_is_the_same_enrolment() -> None:
    season = Season()
    first = season.request("anna")
    again = season.request("anna", participant={"name": "A. Other", "email": " Anna@Bibliotheek.EXAMPLE "})
    assert said(again) == ("unchanged", "already-enrolled", "accepted")
    assert again.subject == first.subject
    assert season.facts == []
    assert season.edition.seats_taken == 1


def test_someone_who_waits_and_asks_again_keeps_the_place_in_line() -> None:
    season = Season(seats=1)
    for who in ("anna", "bram", "cora"):
        season.request(who)
    assert said(season.request("bram")) == ("unchanged", "already-enrolled", "waiting")
    assert season.edition.positions[season.ids["bram"]] == 1


def test_asking_again_after_the_closing_still_gives_the_enrolment() -> None:
    season = Season()
    season.request("anna")
    assert said(season.at(CLOSES).request("anna")) == ("unchanged", "already-enrolled", "accepted")


def test_after_the_end_a_request_is_a_new_enrolment_last_in_line() -> None:
    season = Season(seats=1)
    for who in ("anna", "bram", "cora"):
        season.request(who)
    old = season.ids["anna"]
    season.ask(WithdrawEnrolment, "anna")
    assert said(season.request("anna")) == ("done", "waitlisted", "waiting")
    assert season.ids["anna"] != old
    assert season.of("anna").number == 4
    assert season.edition.positions[season.ids["anna"]] == 2


def test_a_request_for_an_edition_nobody_published_is_refused() -> None:
    assert said(Season(published=False).request("anna")) == ("refused", "unknown-edition", None)


def test_the_moment_of_a_request_is_never_before_the_last_one() -> None:
    season = Season()
    season.later(minutes=5).request("anna")
    season.later(minutes=-2).request("bram")
    assert season.of("bram").requested_at == season.of("anna").requested_at


def test_constants_of_the_season_agree_with_its_edition() -> None:
    season = Season()
    assert (season.edition.terms.starts_at, season.edition.terms.opens_at) == (STARTS, OPENS)
    assert BEFORE < OPENS < CLOSES < STARTS
    assert SubstituteParticipant.types == ("enrolment.substitute.v1",)


def test_a_request_does_not_overtake_the_line_even_if_a_seat_were_free() -> None:
    season = Season(seats=1)
    season.request("anna")
    season.request("bram")
    season.edition = replace(season.edition, published=replace(season.edition.terms, seats=2))
    assert season.edition.free_seats == 1
    assert said(season.request("cora")) == ("done", "waitlisted", "waiting")
