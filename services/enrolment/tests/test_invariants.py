"""Whatever is asked, in whatever order: what must always hold of an edition."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from enrolment.commands import (
    AcceptOffer,
    AmendEdition,
    ApproveEnrolment,
    CancelEdition,
    CloseEdition,
    ConfirmGuest,
    DeclineGuest,
    DeclineOffer,
    ExtendOffer,
    LapseGuest,
    LapseOffer,
    LeaveList,
    LeaveNetwork,
    OfferSeat,
    OpenEdition,
    PassMilestone,
    RejectEnrolment,
    ReorderLine,
    WithdrawEnrolment,
    examples,
)
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.facts import SeatOffered
from enrolment.domain.journal import SEAL_OF_NOTHING, seal
from enrolment.domain.terms import MILESTONES
from enrolment.domain.turn import GUEST_LAPSE, OFFER_LAPSE
from services.enrolment.tests.season import EDITION, ENDS, OPENS, STARTS, Season, request

SEATS = 2
QUOTA = 2
NAMES = ("anna", "bram", "cora", "dirk", "emma", "fenna")
GUESTS = ("gast", "bezoeker", "partner")
ABOUT_ONE = (AcceptOffer, DeclineOffer, LapseOffer, LeaveList, WithdrawEnrolment, WithdrawEnrolment, LeaveNetwork)
BY_HAND = (ApproveEnrolment, RejectEnrolment, OfferSeat)
THEMES = [{**theme, "guests_per_library": QUOTA} for theme in examples.PUBLISH["themes"]]


class EditionMachine(RuleBasedStateMachine):
    """Everything that can be asked of an edition, at moments that may even run back; some editions have a selection."""

    def __init__(self) -> None:
        super().__init__()
        self.season = Season(published=False)
        self.deadlines: dict[tuple[str, str], datetime | None] = {}
        self.by_hand = False
        self.most = SEATS

    @initialize(selection=st.sampled_from([False, False, True]), hours=st.sampled_from([-1, 0, 0, 1]))
    def an_edition_is_published(self, selection: bool, hours: int) -> None:
        self.season = Season(seats=SEATS, selection=selection, themes=THEMES)
        self.season.at(OPENS + timedelta(hours=hours))

    @property
    def enrolments(self) -> list[Enrolment]:
        return list(self.season.edition.enrolments.values())

    def ended(self) -> None:
        """Take note of what the last decision set and told."""
        for deadline in self.season.last.deadlines:
            self.deadlines[deadline.kind, deadline.subject] = deadline.at
        places = [e.place for e in self.enrolments if e.is_waiting]
        for fact in self.season.last.facts:
            if isinstance(fact, SeatOffered) and not self.by_hand:
                assert all(fact.enrolment.place < place for place in places), "someone was passed over"
        self.by_hand = False

    def one(self, data: st.DataObject) -> Enrolment:
        """Mostly one that lives."""
        live = [e for e in self.enrolments if e.is_live]
        return data.draw(st.sampled_from(live * 3 + self.enrolments))

    def rarely(self, data: st.DataObject) -> bool:
        return data.draw(st.integers(0, 29)) == 29

    def ask(self, command: Any, **about: Any) -> None:
        answer = self.season.do(command.model_validate({"edition_id": EDITION, **about}))
        note(f"{command.__name__}: {answer.code}")
        self.ended()

    @rule(hours=st.sampled_from([-1, 0.5, 1, 2, 24, 71, 72, 73]))
    def time_passes(self, hours: float) -> None:
        self.season.later(hours=hours)

    @rule(at=st.sampled_from([STARTS, ENDS]), days=st.sampled_from([-1, 0, 400, 800]), data=st.data())
    def time_jumps(self, at: datetime, days: int, data: st.DataObject) -> None:
        if self.rarely(data):
            self.season.at(max(self.season.now, at + timedelta(days=days)))

    @rule(who=st.lists(st.sampled_from(NAMES), min_size=1, max_size=4))
    def some_request(self, who: list[str]) -> None:
        for one in who:
            self.season.do(request(one))
            self.ended()

    @precondition(lambda self: any(e.status == "offered" for e in self.enrolments))
    @rule(command=st.sampled_from([AcceptOffer, DeclineOffer, LapseOffer]), data=st.data())
    def an_offer_is_answered(self, command: type[AcceptOffer], data: st.DataObject) -> None:
        offered = [e for e in self.enrolments if e.status == "offered"]
        self.ask(command, enrolment_id=data.draw(st.sampled_from(offered)).enrolment_id)

    @precondition(lambda self: any(e.status == "requested" for e in self.enrolments))
    @rule(data=st.data())
    def an_organiser_approves(self, data: st.DataObject) -> None:
        asked = [e for e in self.enrolments if e.status == "requested"]
        one = data.draw(st.sampled_from(asked))
        self.ask(ApproveEnrolment, enrolment_id=one.enrolment_id, reason="Met de hand.")

    @precondition(lambda self: any(e.status == "completed" for e in self.enrolments))
    @rule(data=st.data())
    def someone_leaves_the_network(self, data: st.DataObject) -> None:
        done = [e for e in self.enrolments if e.status == "completed"]
        self.ask(LeaveNetwork, enrolment_id=data.draw(st.sampled_from(done)).enrolment_id)

    @precondition(lambda self: self.enrolments)
    @rule(command=st.sampled_from(ABOUT_ONE), data=st.data())
    def someone_asks(self, command: type[AcceptOffer], data: st.DataObject) -> None:
        self.ask(command, enrolment_id=self.one(data).enrolment_id)

    @precondition(lambda self: self.enrolments)
    @rule(command=st.sampled_from(BY_HAND), data=st.data())
    def an_organiser_decides(self, command: type[OfferSeat], data: st.DataObject) -> None:
        self.by_hand = command is OfferSeat
        self.ask(command, enrolment_id=self.one(data).enrolment_id, reason="Met de hand.")

    @precondition(lambda self: self.enrolments)
    @rule(position=st.integers(1, 4), data=st.data())
    def an_organiser_moves_someone(self, position: int, data: st.DataObject) -> None:
        self.ask(ReorderLine, enrolment_id=self.one(data).enrolment_id, position=position, reason="Met de hand.")

    @precondition(lambda self: self.enrolments)
    @rule(hours=st.sampled_from([-1, 1, 80]), data=st.data())
    def an_outage_extends_an_offer(self, hours: int, data: st.DataObject) -> None:
        until = (self.season.now + timedelta(hours=hours)).isoformat()
        self.ask(ExtendOffer, enrolment_id=self.one(data).enrolment_id, until=until)

    @precondition(lambda self: self.enrolments)
    @rule(by=st.sampled_from(NAMES), data=st.data())
    def someone_takes_over(self, by: str, data: st.DataObject) -> None:
        self.season.ids["chosen"] = self.one(data).enrolment_id
        self.season.substitute("chosen", by)
        self.ended()

    @precondition(lambda self: self.enrolments)
    @rule(guest=st.sampled_from(GUESTS), theme=st.sampled_from(["narrative", "personal"]), data=st.data())
    def someone_invites(self, guest: str, theme: str, data: st.DataObject) -> None:
        self.season.ids["host"] = self.one(data).enrolment_id
        self.season.invite("host", guest, theme)
        self.ended()

    @precondition(lambda self: self.season.edition.guests)
    @rule(command=st.sampled_from([ConfirmGuest, DeclineGuest, LapseGuest]), data=st.data())
    def a_guest_answers(self, command: type[ConfirmGuest], data: st.DataObject) -> None:
        self.ask(command, guest_id=data.draw(st.sampled_from(sorted(self.season.edition.guests))))

    @precondition(lambda self: any(g.is_coming for g in self.season.edition.guests.values()))
    @rule(guest=st.sampled_from(GUESTS), taking_over=st.booleans(), data=st.data())
    def a_guest_takes_part(self, guest: str, taking_over: bool, data: st.DataObject) -> None:
        if taking_over:
            self.season.ids["chosen"] = self.one(data).enrolment_id
            self.season.substitute("chosen", guest)
        else:
            self.season.do(request(guest))
        self.ended()

    @rule(seats=st.integers(1, 4))
    def an_organiser_changes_the_seats(self, seats: int) -> None:
        terms = self.season.edition.terms
        changed = {**examples.PUBLISH, "seats": seats, "selection": terms.selection, "themes": THEMES}
        self.ask(AmendEdition, **{**changed, "reason": "Met de hand."})
        self.most = self.season.edition.terms.seats

    @rule(selection=st.booleans())
    def an_organiser_changes_the_selection(self, selection: bool) -> None:
        changed = {**examples.PUBLISH, "seats": self.season.edition.terms.seats, "themes": THEMES}
        self.ask(AmendEdition, **{**changed, "selection": selection, "reason": "Met de hand."})

    @rule(which=st.sampled_from(["open", "close", *MILESTONES]))
    def the_edition_wakes_up(self, which: str) -> None:
        if which == "open":
            self.ask(OpenEdition)
        elif which == "close":
            self.ask(CloseEdition, when_due=True)
        else:
            self.ask(PassMilestone, milestone=which)

    @rule(data=st.data())
    def an_organiser_ends_it(self, data: st.DataObject) -> None:
        if self.rarely(data):
            self.ask(CloseEdition)
        elif self.rarely(data):
            self.ask(CancelEdition, reason="Te weinig aanmeldingen.")

    @invariant()
    def the_counters_are_the_reality(self) -> None:
        edition = self.season.edition
        assert edition.seats_taken == sum(e.takes_seat for e in self.enrolments)
        assert edition.waiting == sum(e.is_waiting for e in self.enrolments)
        assert edition.last_number == len(self.enrolments)

    @invariant()
    def seats_are_never_exceeded(self) -> None:
        assert self.season.edition.seats_taken <= self.most

    @invariant()
    def nobody_waits_while_a_seat_is_free(self) -> None:
        edition = self.season.edition
        if edition.state == "open":
            assert not (edition.waiting and edition.free_seats)

    @invariant()
    def nobody_is_pending_in_a_cancelled_edition(self) -> None:
        if self.season.edition.state == "cancelled":
            assert not any(e.is_live for e in self.enrolments)
            assert not any(g.is_coming for g in self.season.edition.guests.values())

    @invariant()
    def nobody_awaits_a_choice_where_there_is_none(self) -> None:
        if not self.season.edition.terms.selection:
            assert not any(e.status == "requested" for e in self.enrolments)

    @invariant()
    def the_line_is_in_the_order_of_its_places(self) -> None:
        line = sorted((e for e in self.enrolments if e.is_waiting), key=lambda e: e.place)
        assert self.season.edition.positions == {e.enrolment_id: i for i, e in enumerate(line, 1)}
        assert len({e.place for e in line}) == len(line)

    @invariant()
    def one_person_has_one_live_enrolment(self) -> None:
        live = [(e.participant_id, e.enrolment_id) for e in self.enrolments if e.is_live]
        assert self.season.edition.live == dict(live)
        assert len(dict(live)) == len(live)

    @invariant()
    def every_offer_and_invitation_has_its_deadline_and_nothing_else_has_one(self) -> None:
        offers = {
            (OFFER_LAPSE, str(e.enrolment_id)): e.offer_expires_at for e in self.enrolments if e.status == "offered"
        }
        guests = self.season.edition.guests.values()
        invitations = {(GUEST_LAPSE, str(g.guest_id)): g.expires_at for g in guests if g.status == "invited"}
        set_ = {place: at for place, at in self.deadlines.items() if at and place[0] in {OFFER_LAPSE, GUEST_LAPSE}}
        assert set_ == {**offers, **invitations}

    @invariant()
    def only_a_seat_that_is_or_was_had_is_owed(self) -> None:
        for enrolment in self.enrolments:
            owed = sum(line.owed_cents for payer in enrolment.payers for line in payer.lines)
            assert owed == 0 or enrolment.status in {"accepted", "withdrawn", "completed"}
            assert owed > 0 or enrolment.status not in {"accepted", "completed"}

    @invariant()
    def guests_never_exceed_the_quota_of_their_library(self) -> None:
        coming = [g for g in self.season.edition.guests.values() if g.is_coming]
        for theme in ("narrative", "personal"):
            assert sum(g.theme_id == theme and not g.is_overdue(self.season.now) for g in coming) <= QUOTA

    @invariant()
    def only_who_takes_part_has_guests_to_come(self) -> None:
        for guest in self.season.edition.guests.values():
            if guest.is_coming:
                host = self.season.edition.enrolments[guest.enrolment_id]
                assert host.status in {"accepted", "completed"}

    @invariant()
    def who_takes_part_is_nobodys_guest(self) -> None:
        taking_part = {e.participant_id for e in self.enrolments if e.status == "accepted"}
        assert not any(g.is_coming and g.person_id in taking_part for g in self.season.edition.guests.values())

    @invariant()
    def the_journal_is_one_chain(self) -> None:
        journal, before = self.season.edition.journal, SEAL_OF_NOTHING
        for number, entry in enumerate(journal.fresh, 1):
            assert (entry.number, entry.seal) == (number, seal(EDITION, entry, before))
            before = entry.seal
        assert (journal.entries, journal.head) == (len(journal.fresh), before)


TestEdition = EditionMachine.TestCase
TestEdition.settings = settings(max_examples=400, stateful_step_count=60, print_blob=True)
