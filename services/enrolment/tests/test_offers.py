"""A seat comes free, the first in line is offered it, and answers or does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from enrolment.commands import (
    AcceptOffer,
    CloseEdition,
    CorrectEnrolment,
    DeclineOffer,
    EndEnrolment,
    ExtendOffer,
    InviteGuest,
    LapseOffer,
    LeaveList,
    LeaveNetwork,
    OfferSeat,
    ReorderLine,
    SubstituteParticipant,
    WithdrawEnrolment,
)
from enrolment.commands.enrolments import EnrolmentCommand
from enrolment.domain.facts import SeatOffered
from enrolment.domain.turn import OFFER_LAPSE
from services.enrolment.tests.season import CLOSES, EDITION, OFFER_HOURS, PRICE_CENTS, STARTS, Season
from spn.decision import Answer, Deadline

MOMENT = timedelta(microseconds=1)


def said(answer: Answer) -> tuple[str, str, str | None]:
    return answer.outcome, answer.code, answer.state


@pytest.fixture
def season() -> Season:
    """One seat, taken by Anna; Bram, Cora and Dirk wait."""
    season = Season(seats=1)
    for who in ("anna", "bram", "cora", "dirk"):
        season.request(who)
    return season


@pytest.fixture
def offered(season: Season) -> Season:
    """Anna has withdrawn, Bram has the offer."""
    season.ask(WithdrawEnrolment, "anna")
    return season


def test_a_freed_seat_is_offered_to_the_first_in_line_in_the_same_decision(season: Season) -> None:
    season.ask(WithdrawEnrolment, "anna")
    assert season.facts == ["Withdrawn", "SeatOffered"]
    assert season.statuses() == {"anna": "withdrawn", "bram": "offered", "cora": "waiting", "dirk": "waiting"}
    assert season.edition.seats_taken == 1
    until = season.now + timedelta(hours=OFFER_HOURS)
    assert season.of("bram").offer_expires_at == until
    assert season.last.deadlines == (Deadline(OFFER_LAPSE, EDITION, str(season.ids["bram"]), until),)


def test_an_offer_accepted_just_before_its_deadline_wins(offered: Season) -> None:
    offered.later(hours=OFFER_HOURS).at(offered.now - MOMENT)
    assert said(offered.ask(AcceptOffer, "bram")) == ("done", "offer-accepted", "accepted")
    assert offered.facts == ["Accepted"]
    (payer,) = offered.of("bram").payers
    assert sum(line.owed_cents for line in payer.lines) == PRICE_CENTS
    assert offered.last.deadlines == (Deadline(OFFER_LAPSE, EDITION, str(offered.ids["bram"]), None),)


@pytest.mark.parametrize("late", [timedelta(0), MOMENT, timedelta(days=3)])
def test_an_acceptance_at_the_deadline_or_later_is_too_late_whether_the_wake_up_came_or_not(
    offered: Season, late: timedelta
) -> None:
    answer = offered.later(hours=OFFER_HOURS).at(offered.now + late).ask(AcceptOffer, "bram")
    assert said(answer) == ("refused", "offer-lapsed", "offered")
    assert [f for f in offered.facts if f != "EditionClosed"] == []
    assert said(offered.ask(LapseOffer, "bram")) == ("done", "offer-lapsed", "lapsed")
    assert offered.statuses() == {"anna": "withdrawn", "bram": "lapsed", "cora": "offered", "dirk": "waiting"}


def test_an_offer_is_extended_where_an_outage_lay_over_its_end(offered: Season) -> None:
    until = offered.now + timedelta(hours=OFFER_HOURS + 3)
    late = offered.later(hours=OFFER_HOURS + 2)
    assert said(late.ask(AcceptOffer, "bram")) == ("refused", "offer-lapsed", "offered")
    assert said(late.ask(ExtendOffer, "bram", until=until.isoformat())) == ("done", "offer-extended", "offered")
    assert late.facts == ["OfferExtended"]
    assert late.last.deadlines == (Deadline(OFFER_LAPSE, EDITION, str(late.ids["bram"]), until),)
    assert said(late.ask(AcceptOffer, "bram")) == ("done", "offer-accepted", "accepted")


def test_an_extension_never_shortens_an_offer_and_brings_none_back(offered: Season) -> None:
    until = offered.of("bram").offer_expires_at
    early = offered.now.isoformat()
    assert said(offered.ask(ExtendOffer, "bram", until=early)) == ("unchanged", "offer-lapses-later", "offered")
    assert offered.last.deadlines == (Deadline(OFFER_LAPSE, EDITION, str(offered.ids["bram"]), until),)
    offered.ask(DeclineOffer, "bram")
    answer = offered.ask(ExtendOffer, "bram", until="2027-03-01T10:00:00+01:00")
    assert said(answer) == ("unchanged", "offer-gone", "declined")


def test_an_acceptance_that_lies_before_the_deadline_wins_from_a_lapse_after_it(offered: Season) -> None:
    offered.later(hours=OFFER_HOURS).at(offered.now - MOMENT).ask(AcceptOffer, "bram")
    assert said(offered.later(hours=1).ask(LapseOffer, "bram")) == ("unchanged", "offer-gone", "accepted")
    assert offered.facts == []


def test_a_lapse_at_the_deadline_passes_the_seat_on(offered: Season) -> None:
    answer = offered.later(hours=OFFER_HOURS).ask(LapseOffer, "bram")
    assert said(answer) == ("done", "offer-lapsed", "lapsed")
    assert offered.facts == ["OfferLapsed", "SeatOffered"]
    assert offered.of("cora").status == "offered"


def test_a_lapse_that_comes_too_early_changes_nothing_and_comes_again(offered: Season) -> None:
    until = offered.of("bram").offer_expires_at
    answer = offered.later(hours=OFFER_HOURS).at(offered.now - MOMENT).ask(LapseOffer, "bram")
    assert said(answer) == ("unchanged", "offer-lapses-later", "offered")
    assert offered.facts == []
    assert offered.last.deadlines == (Deadline(OFFER_LAPSE, EDITION, str(offered.ids["bram"]), until),)


def test_lapsed_is_final(offered: Season) -> None:
    offered.later(hours=OFFER_HOURS).ask(LapseOffer, "bram")
    assert said(offered.ask(AcceptOffer, "bram")) == ("refused", "offer-lapsed", "lapsed")
    assert said(offered.ask(DeclineOffer, "bram")) == ("refused", "offer-lapsed", "lapsed")
    assert said(offered.ask(LapseOffer, "bram")) == ("unchanged", "offer-gone", "lapsed")
    assert said(offered.ask(WithdrawEnrolment, "bram")) == ("refused", "not-accepted", "lapsed")
    assert said(offered.request("bram")) == ("done", "waitlisted", "waiting")


def test_someone_whose_offer_is_overdue_asks_anew_once_it_has_lapsed_and_is_last_in_line(offered: Season) -> None:
    old = offered.ids["bram"]
    early = offered.later(hours=OFFER_HOURS).request("bram")
    assert said(early) == ("unchanged", "already-enrolled", "offered")
    assert "zodra het aanbod is vervallen" in early.nl
    offered.ask(LapseOffer, "bram")
    assert said(offered.request("bram")) == ("done", "waitlisted", "waiting")
    assert offered.edition.enrolments[old].status == "lapsed"
    assert [offered.edition.positions[offered.ids[who]] for who in ("dirk", "bram")] == [1, 2]


@pytest.mark.parametrize(
    ("command", "more", "code"),
    [
        (CorrectEnrolment, {"participant": {"name": "Bram B.", "email": "bram@bibliotheek.example"}}, "corrected"),
        (LeaveList, {}, "not-waiting"),
        (WithdrawEnrolment, {}, "not-accepted"),
        (LeaveNetwork, {}, "not-committed"),
        (OfferSeat, {}, "already-offered"),
        (ReorderLine, {"position": 1}, "not-waiting"),
        (InviteGuest, {"theme_id": "narrative", "guest": {"name": "Gast", "email": "g@x.example"}}, "not-accepted"),
        (SubstituteParticipant, {"participant": {"name": "Emma", "email": "emma@x.example"}}, "offer-lapsed"),
    ],
)
def test_nothing_that_is_asked_of_an_overdue_offer_takes_the_hour_after_an_outage_away(
    offered: Season, command: type[EnrolmentCommand], more: dict[str, Any], code: str
) -> None:
    late = offered.later(hours=OFFER_HOURS + 2)
    because = {"reason": "Met de hand."} if "reason" in command.model_fields else {}
    answer = late.ask(command, "bram", **more, **because)
    assert (answer.code, answer.state) == (code, "offered")
    assert late.statuses() == {"anna": "withdrawn", "bram": "offered", "cora": "waiting", "dirk": "waiting"}
    until = late.now + timedelta(hours=1)
    assert late.ask(ExtendOffer, "bram", until=until.isoformat()).code == "offer-extended"
    assert said(late.ask(AcceptOffer, "bram")) == ("done", "offer-accepted", "accepted")


def test_a_declined_offer_goes_to_the_next_in_line(offered: Season) -> None:
    assert said(offered.ask(DeclineOffer, "bram")) == ("done", "offer-declined", "declined")
    assert offered.facts == ["OfferDeclined", "SeatOffered"]
    assert offered.of("cora").status == "offered"
    assert {d.subject: d.at is None for d in offered.last.deadlines} == {
        str(offered.ids["bram"]): True,
        str(offered.ids["cora"]): False,
    }


def test_an_overdue_offer_ends_with_the_erasure_of_its_participant_and_goes_to_the_next_in_line(
    offered: Season,
) -> None:
    answer = offered.later(hours=OFFER_HOURS).ask(EndEnrolment, "bram")
    assert said(answer) == ("done", "ended", "declined")
    assert offered.facts == ["OfferDeclined", "SeatOffered"]


def test_when_nobody_waits_a_declined_seat_is_free_for_the_next_request(offered: Season) -> None:
    for who in ("cora", "dirk"):
        offered.ask(LeaveList, who)
    offered.ask(DeclineOffer, "bram")
    assert offered.edition.free_seats == 1
    assert said(offered.request("emma")) == ("done", "accepted", "accepted")


def test_a_new_request_never_overtakes_the_line(offered: Season) -> None:
    offered.request("emma")
    assert offered.of("emma").status == "waiting"
    offered.ask(DeclineOffer, "bram")
    offered.request("fenna")
    assert offered.statuses()["cora"] == "offered"
    assert offered.statuses()["fenna"] == "waiting"


def test_accepting_or_declining_twice_changes_nothing(offered: Season) -> None:
    offered.ask(AcceptOffer, "bram")
    assert said(offered.ask(AcceptOffer, "bram")) == ("unchanged", "already-accepted", "accepted")
    offered.ask(WithdrawEnrolment, "bram")
    offered.ask(DeclineOffer, "cora")
    assert said(offered.ask(DeclineOffer, "cora")) == ("unchanged", "already-declined", "declined")


def test_without_an_offer_there_is_nothing_to_accept_or_decline(season: Season) -> None:
    assert said(season.ask(AcceptOffer, "bram")) == ("refused", "no-offer", "waiting")
    assert said(season.ask(DeclineOffer, "anna")) == ("refused", "no-offer", "accepted")


def test_after_the_closing_a_freed_seat_is_offered_to_nobody(season: Season) -> None:
    season.at(CLOSES).ask(WithdrawEnrolment, "anna")
    assert season.facts == ["EditionClosed", "Withdrawn"]
    assert season.statuses()["bram"] == "waiting"
    assert season.edition.free_seats == 1


def test_a_free_seat_is_not_offered_by_hand_after_the_start(season: Season) -> None:
    season.at(STARTS).ask(WithdrawEnrolment, "anna")
    answer = season.ask(OfferSeat, "bram", reason="Met de hand.")
    assert said(answer) == ("refused", "edition-started", "waiting")
    assert answer.nl.startswith("Een plaats aanbieden kan niet meer: de editie is begonnen op")


def test_an_offer_that_stands_at_the_closing_can_still_be_accepted(offered: Season) -> None:
    offered.wake(CloseEdition)
    assert said(offered.ask(AcceptOffer, "bram")) == ("done", "offer-accepted", "accepted")


def test_an_offer_ends_at_the_start_at_the_latest() -> None:
    season = Season(seats=1, offer_hours=720)
    season.request("anna")
    season.request("bram")
    season.at(CLOSES - MOMENT).ask(WithdrawEnrolment, "anna")
    (told,) = (fact for fact in season.last.facts if isinstance(fact, SeatOffered))
    assert told.enrolment.offer_expires_at == STARTS


def test_nobody_can_answer_an_offer_of_an_enrolment_that_does_not_exist(season: Season) -> None:
    season.ids["nobody"] = season.person("anna")
    answer = season.ask(AcceptOffer, "nobody")
    assert said(answer) == ("refused", "unknown-enrolment", None)
    assert answer.subject == str(season.person("anna"))
