"""Guests of a theme: invited within the quota of their library, confirmed or not by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from enrolment.commands import (
    AcceptOffer,
    ApproveEnrolment,
    ConfirmGuest,
    DeclineGuest,
    LapseGuest,
    LeaveList,
    PassMilestone,
    SubstituteParticipant,
    WithdrawEnrolment,
    examples,
)
from enrolment.domain.facts import GuestInvited
from enrolment.domain.turn import GUEST_LAPSE
from services.enrolment.tests.season import EDITION, ENDS, THEMES, Season
from spn.decision import Answer, Deadline

MOMENT = timedelta(microseconds=1)
OTHER = {**examples.REQUEST["library"], "kvk": "12345678"}


def said(answer: Answer) -> tuple[str, str, str | None]:
    return answer.outcome, answer.code, answer.state


@pytest.fixture
def season() -> Season:
    """Anna and Bram of one library, Cora of another; two guests a library and theme; Dirk waits."""
    season = Season(seats=3, themes=THEMES)
    for who, library in (("anna", None), ("bram", None), ("cora", OTHER), ("dirk", None)):
        season.request(who, **({"library": library} if library else {}))
    return season


def test_a_guest_is_invited_to_one_theme_and_has_two_weeks_to_answer(season: Season) -> None:
    assert said(season.invite("anna", "gast")) == ("done", "guest-invited", "invited")
    assert season.facts == ["PersonRegistered", "GuestInvited"]
    guest = season.edition.guests[season.ids["gast"]]
    assert guest.expires_at == season.now + timedelta(days=14)
    assert season.last.deadlines == (Deadline(GUEST_LAPSE, EDITION, str(guest.guest_id), guest.expires_at),)


def test_the_quota_is_of_the_library_and_the_theme(season: Season) -> None:
    season.invite("anna", "gast1")
    season.invite("bram", "gast2")
    assert said(season.invite("anna", "gast3")) == ("refused", "guest-quota-reached", "accepted")
    assert said(season.invite("anna", "gast3", theme="personal"))[0] == "done"
    assert said(season.invite("cora", "gast4"))[0] == "done"


@pytest.mark.parametrize("after", ["declined", "overdue"])
def test_who_does_not_come_makes_room_for_another(season: Season, after: str) -> None:
    season.invite("anna", "gast1")
    season.invite("anna", "gast2")
    if after == "declined":
        season.guest(DeclineGuest, "gast1")
    else:
        season.guest(ConfirmGuest, "gast2")
        season.later(days=14)
    assert said(season.invite("bram", "gast3")) == ("done", "guest-invited", "invited")


def test_a_guest_confirms_and_may_stay_away_after_all(season: Season) -> None:
    season.invite("anna", "gast")
    assert said(season.guest(ConfirmGuest, "gast")) == ("done", "guest-confirmed", "confirmed")
    assert said(season.guest(ConfirmGuest, "gast")) == ("unchanged", "guest-already-confirmed", "confirmed")
    assert said(season.guest(DeclineGuest, "gast")) == ("done", "guest-declined", "declined")
    assert said(season.guest(DeclineGuest, "gast")) == ("unchanged", "guest-already-declined", "declined")
    assert said(season.guest(ConfirmGuest, "gast")) == ("refused", "invitation-over", "declined")


def test_an_invitation_is_over_at_its_very_deadline_whether_the_wake_up_came_or_not(season: Season) -> None:
    season.invite("anna", "gast")
    season.later(days=14).at(season.now - MOMENT)
    assert said(season.guest(LapseGuest, "gast")) == ("unchanged", "guest-lapses-later", "invited")
    season.at(season.now + MOMENT)
    assert said(season.guest(ConfirmGuest, "gast")) == ("refused", "invitation-over", "lapsed")
    assert season.facts == ["GuestEnded"]
    assert said(season.guest(LapseGuest, "gast")) == ("unchanged", "guest-answered", "lapsed")


def test_the_same_guest_for_the_same_theme_is_one_invitation(season: Season) -> None:
    season.invite("anna", "gast")
    assert said(season.invite("bram", "gast")) == ("unchanged", "guest-already-invited", "invited")
    assert said(season.invite("anna", "gast", theme="personal")) == ("done", "guest-invited", "invited")


def test_only_who_has_a_seat_invites_and_nobody_who_takes_part_or_waits_is_a_guest(season: Season) -> None:
    assert said(season.invite("dirk", "gast")) == ("refused", "not-accepted", "waiting")
    assert said(season.invite("anna", "cora")) == ("refused", "guest-takes-part", "accepted")
    assert said(season.invite("anna", "dirk")) == ("refused", "guest-takes-part", "accepted")


def seated_at_once(season: Season) -> None:
    season.ask(LeaveList, "dirk")
    season.ask(WithdrawEnrolment, "cora")
    season.request("eva")


def seated_by_an_offer(season: Season) -> None:
    season.ask(LeaveList, "dirk")
    season.request("eva")
    season.ask(WithdrawEnrolment, "cora")
    season.ask(AcceptOffer, "eva")


def seated_by_taking_over(season: Season) -> None:
    season.substitute("cora", "eva")


@pytest.mark.parametrize("seated", [seated_at_once, seated_by_an_offer, seated_by_taking_over])
def test_a_guest_who_gets_a_seat_is_no_guest_any_more_and_makes_room_for_another(
    season: Season, seated: Callable[[Season], None]
) -> None:
    season.invite("anna", "gast")
    season.invite("anna", "eva")
    confirmed = season.ids["eva"]
    season.guest(ConfirmGuest, "eva")
    season.invite("bram", "eva", theme="personal")
    invited = season.ids["eva"]
    assert season.invite("bram", "nog-een").code == "guest-quota-reached"
    seated(season)
    assert season.of("eva").status == "accepted"
    assert season.facts[-2:] == ["GuestEnded", "GuestEnded"]
    assert {season.edition.guests[g].status for g in (confirmed, invited)} == {"ended"}
    assert Deadline(GUEST_LAPSE, EDITION, str(invited), None) in season.last.deadlines
    assert season.edition.guests[season.ids["gast"]].status == "invited"
    assert said(season.invite("bram", "nog-een")) == ("done", "guest-invited", "invited")


def test_a_guest_who_is_chosen_is_no_guest_any_more() -> None:
    season = Season(seats=2, selection=True, themes=THEMES)
    season.request("anna")
    season.ask(ApproveEnrolment, "anna", reason="Sterke motivatie.")
    season.invite("anna", "eva")
    guest = season.ids["eva"]
    season.request("eva")
    assert season.edition.guests[guest].status == "invited", "a request is no seat yet"
    season.ask(ApproveEnrolment, "eva", reason="Sterke motivatie.")
    assert season.edition.guests[guest].status == "ended"


def test_who_takes_over_from_one_who_waits_stays_a_guest_until_there_is_a_seat(season: Season) -> None:
    season.invite("bram", "eva")
    guest = season.ids["eva"]
    season.substitute("dirk", "eva")
    assert season.edition.guests[guest].status == "invited"
    season.ask(WithdrawEnrolment, "cora")
    season.ask(AcceptOffer, "eva")
    assert season.edition.guests[guest].status == "ended"


def test_a_theme_that_the_edition_lacks_or_an_edition_that_is_over_has_no_guests() -> None:
    season = Season(seats=1, themes=examples.PUBLISH["themes"][:2])
    season.request("anna")
    assert said(season.invite("anna", "gast"))[:2] == ("refused", "unknown-theme")
    assert said(season.invite("anna", "gast", theme="changing"))[:2] == ("refused", "guest-quota-reached")
    assert said(season.at(ENDS).invite("anna", "gast", theme="changing"))[:2] == ("refused", "edition-over")


def test_guests_go_with_the_enrolment_they_came_by_and_stay_with_who_takes_it_over(season: Season) -> None:
    season.invite("anna", "gast1")
    season.invite("bram", "gast2")
    season.ask(SubstituteParticipant, "bram", participant={"name": "Emma", "email": "emma@bibliotheek.example"})
    assert season.edition.guests[season.ids["gast2"]].status == "invited"
    season.ask(WithdrawEnrolment, "anna")
    assert season.edition.guests[season.ids["gast1"]].status == "ended"
    assert season.edition.guests[season.ids["gast2"]].status == "invited"


def test_after_the_last_day_open_invitations_have_lapsed_and_who_confirmed_was_there(season: Season) -> None:
    season.invite("anna", "gast1")
    season.guest(ConfirmGuest, "gast1")
    season.at(ENDS - timedelta(days=2)).invite("anna", "gast2")
    (told,) = (fact for fact in season.last.facts if isinstance(fact, GuestInvited))
    assert told.guest.expires_at == ENDS
    season.at(ENDS).wake(PassMilestone, milestone="end")
    statuses = [season.edition.guests[season.ids[g]].status for g in ("gast1", "gast2")]
    assert statuses == ["confirmed", "lapsed"]


def test_an_unknown_guest_is_refused(season: Season) -> None:
    season.ids["nobody"] = season.ids["anna"]
    assert said(season.guest(ConfirmGuest, "nobody")) == ("refused", "unknown-guest", None)
