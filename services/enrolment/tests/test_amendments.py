"""An edition that changes after it was published, or does not take place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from enrolment.commands import (
    AmendEdition,
    ApproveEnrolment,
    CancelEdition,
    CloseEdition,
    ConfirmGuest,
    DeclineOffer,
    ExtendOffer,
    OpenEdition,
    PassMilestone,
    RejectEnrolment,
    WithdrawEnrolment,
    examples,
)
from enrolment.domain.turn import EDITION_CLOSE, EDITION_OPEN, GUEST_LAPSE, OFFER_LAPSE, WAKE_UPS
from services.enrolment.tests.season import BEFORE, CLOSES, ENDS, OPENS, PRICE_CENTS, STARTS, Season
from spn.decision import Answer


def said(answer: Answer) -> tuple[str, str, str | None]:
    return answer.outcome, answer.code, answer.state


def amend(season: Season, **changes: Any) -> Answer:
    terms = {**examples.PUBLISH, "seats": 2, "reason": "Een tweede begeleider.", **changes}
    return season.do(AmendEdition.model_validate(terms))


def owed(season: Season, who: str) -> int:
    return sum(line.owed_cents for payer in season.of(who).payers for line in payer.lines)


@pytest.fixture
def season() -> Season:
    """Two seats, both taken; two wait."""
    season = Season(seats=2)
    for who in ("anna", "bram", "cora", "dirk"):
        season.request(who)
    return season


def test_more_seats_are_offered_to_the_first_in_line_at_once(season: Season) -> None:
    assert said(amend(season, seats=3)) == ("done", "edition-amended", "open")
    assert season.facts == ["EditionAmended", "SeatOffered"]
    assert season.statuses() == {"anna": "accepted", "bram": "accepted", "cora": "offered", "dirk": "waiting"}
    amend(season, seats=10)
    assert season.of("dirk").status == "offered"


def test_more_seats_after_the_closing_are_offered_to_nobody_by_themselves(season: Season) -> None:
    season.wake(CloseEdition)
    amend(season, seats=3)
    assert season.facts == ["EditionAmended"]


def test_fewer_seats_than_are_taken_or_offered_are_refused(season: Season) -> None:
    answer = amend(season, seats=1)
    assert said(answer) == ("refused", "seats-taken", None)
    assert answer.nl == "Er zijn al 2 plaatsen bezet of aangeboden; minder kan niet."
    assert season.edition.terms.seats == 2


def test_a_new_price_and_new_rules_bind_those_to_come_only(season: Season) -> None:
    dearer = [{**line, "unit_price_cents": 2 * line["unit_price_cents"]} for line in examples.PUBLISH["lines"]]
    strict = [{"days_before_start": 0, "owed_percent": 100}]
    amend(season, seats=3, lines=dearer, withdrawal=strict)
    season.request("emma")
    season.ask(WithdrawEnrolment, "anna")
    assert owed(season, "bram") == PRICE_CENTS
    assert owed(season, "anna") == 0, "withdrawn long before the start, by the rules agreed to"
    (payer,) = season.of("emma").payers
    assert sum(line.unit_price_cents for line in payer.lines) == 2 * PRICE_CENTS


def test_a_later_start_never_makes_a_withdrawal_dearer(season: Season) -> None:
    amend(season, starts_on="2027-05-12")
    season.at(STARTS - timedelta(days=10)).ask(WithdrawEnrolment, "anna")
    assert owed(season, "anna") == 0, "ten days before the first date, but two months before the new one"


def test_an_earlier_start_never_makes_a_withdrawal_dearer_either(season: Season) -> None:
    amend(season, starts_on="2027-03-01")
    season.at(STARTS - timedelta(days=15)).ask(WithdrawEnrolment, "anna")
    assert owed(season, "anna") == PRICE_CENTS // 2, "counted to the day that was agreed"


def test_the_start_does_not_move_before_the_end_of_an_offer(season: Season) -> None:
    season.at(CLOSES - timedelta(hours=1)).ask(WithdrawEnrolment, "anna")
    answer = amend(season, starts_on="2027-03-01")
    assert said(answer) == ("refused", "offers-stand", None)
    assert answer.nl.startswith("Er staat nog 1 aanbod open tot dinsdag 2 maart 2027 om 16.00 uur")
    assert said(amend(season, starts_on="2027-03-03")) == ("done", "edition-amended", "open")
    season.ask(WithdrawEnrolment, "bram")
    assert "2 aanbiedingen open, tot uiterlijk" in amend(season, starts_on="2027-03-01").nl
    for who in ("cora", "dirk"):
        season.ask(DeclineOffer, who)
    assert said(amend(season, starts_on="2027-03-01")) == ("done", "edition-amended", "open")


def test_an_offer_that_was_extended_over_the_start_keeps_no_other_amendment_back(season: Season) -> None:
    season.at(CLOSES - timedelta(hours=1)).ask(WithdrawEnrolment, "anna")
    season.ask(ExtendOffer, "cora", until=(STARTS + timedelta(hours=1)).isoformat())
    assert said(amend(season, title_nl="Anders")) == ("done", "edition-amended", "open")
    assert said(amend(season, starts_on="2027-03-20")) == ("done", "edition-amended", "open")


def test_the_selection_stays_while_requests_await_a_choice() -> None:
    season = Season(seats=2, selection=True)
    for who in ("anna", "bram"):
        season.request(who)
    answer = amend(season, selection=False)
    assert said(answer) == ("refused", "choices-await", None)
    assert answer.en == "2 requests still await a choice; decide about them first."
    assert said(amend(season, selection=True, seats=3)) == ("done", "edition-amended", "open")
    season.ask(ApproveEnrolment, "bram", reason="Sterke motivatie.")
    assert amend(season, selection=False).en == "1 request still awaits a choice; decide about it first."
    season.ask(RejectEnrolment, "anna", reason="Andere keuze.")
    assert said(amend(season, selection=False)) == ("done", "edition-amended", "open")
    assert said(season.request("cora")) == ("done", "accepted", "accepted")


def test_the_instants_of_an_edition_that_is_not_open_yet_can_move() -> None:
    season = Season(seats=1).at(BEFORE)
    amend(season, seats=1, opens_at="2027-01-20T10:00:00+01:00", closes_at="2027-02-20T17:00:00+01:00")
    deadlines = {d.kind: d.at for d in season.last.deadlines if d.kind in {EDITION_OPEN, EDITION_CLOSE}}
    assert deadlines[EDITION_OPEN] == OPENS + timedelta(days=6)
    assert deadlines[EDITION_CLOSE] == CLOSES - timedelta(days=7)
    assert said(season.at(OPENS).request("anna")) == ("refused", "edition-not-open", "published")
    amend(season, seats=1, opens_at="2027-01-14T09:00:00+01:00")
    assert season.facts == ["EditionAmended", "EditionOpened"]


@pytest.mark.parametrize(
    ("when", "changes", "code"),
    [
        (OPENS, {"opens_at": "2027-01-15T10:00:00+01:00"}, "edition-open-already"),
        (OPENS + timedelta(days=20), {"closes_at": "2027-01-20T17:00:00+01:00"}, "closing-is-past"),
        (CLOSES, {"closes_at": "2027-03-01T17:00:00+01:00"}, "edition-closed"),
        (STARTS, {"starts_on": "2027-03-20"}, "edition-started"),
        (ENDS, {"title_nl": "Anders"}, "edition-over"),
    ],
)
def test_what_is_past_cannot_be_amended(season: Season, when: Any, changes: dict[str, Any], code: str) -> None:
    answer = amend(season.at(when), **changes)
    assert (answer.outcome, answer.code) == ("refused", code)


def test_the_same_terms_again_change_nothing(season: Season) -> None:
    assert said(amend(season)) == ("unchanged", "edition-already-amended", "open")
    assert season.last.facts == ()


def test_a_cancelled_edition_withdraws_everybody_and_nobody_owes_anything() -> None:
    themes = [{**theme, "guests_per_library": 1} for theme in examples.PUBLISH["themes"]]
    season = Season(seats=2, themes=themes)
    for who in ("anna", "bram", "cora", "dirk"):
        season.request(who)
    season.ask(WithdrawEnrolment, "bram")
    season.invite("anna", "gast")
    season.guest(ConfirmGuest, "gast")
    assert season.of("cora").status == "offered"
    answer = season.wake(CancelEdition, reason="Te weinig aanmeldingen.")
    assert said(answer) == ("done", "edition-cancelled", "cancelled")
    assert season.statuses() == {"anna": "withdrawn", "bram": "withdrawn", "cora": "closed", "dirk": "closed"}
    assert owed(season, "anna") == 0
    assert season.facts == ["EditionCancelled", "Closed", "Closed", "Withdrawn", "GuestEnded"]
    assert (season.edition.seats_taken, season.edition.waiting) == (0, 0)
    taken = {d.kind for d in season.last.deadlines if d.at is None}
    assert taken == {EDITION_OPEN, EDITION_CLOSE, *WAKE_UPS.values(), OFFER_LAPSE, GUEST_LAPSE}


def test_nothing_happens_to_a_cancelled_edition_any_more(season: Season) -> None:
    season.wake(CancelEdition, reason="Te weinig aanmeldingen.")
    assert said(season.wake(CancelEdition, reason="Nog eens."))[:2] == ("unchanged", "edition-already-cancelled")
    assert said(season.request("emma")) == ("refused", "edition-cancelled", "cancelled")
    assert said(season.wake(OpenEdition))[1] == "edition-cancelled"
    assert said(season.wake(CloseEdition))[1] == "edition-cancelled"
    assert said(amend(season, seats=5))[1] == "edition-cancelled"
    assert said(season.at(STARTS).wake(PassMilestone, milestone="start"))[0] == "unchanged"


def test_an_edition_cannot_be_cancelled_once_it_is_over(season: Season) -> None:
    assert said(season.at(ENDS).wake(CancelEdition, reason="Vergissing."))[:2] == ("refused", "edition-over")
