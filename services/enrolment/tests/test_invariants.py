"""Whatever is asked, in whatever order: what must always hold of an edition."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from enrolment.commands import (
    AcceptOffer,
    CloseEdition,
    DeclineOffer,
    LapseOffer,
    LeaveList,
    OpenEdition,
    WithdrawEnrolment,
)
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.facts import SeatOffered
from enrolment.domain.turn import OFFER_LAPSE
from services.enrolment.tests.season import EDITION, OPENS, Season, request

SEATS = 2
NAMES = ("anna", "bram", "cora", "dirk", "emma", "fenna")
ABOUT_ONE = (AcceptOffer, DeclineOffer, LapseOffer, LeaveList, WithdrawEnrolment)


class EditionMachine(RuleBasedStateMachine):
    """People ask, wait, accept, decline, leave, withdraw and take over, at moments that may even run back."""

    def __init__(self) -> None:
        super().__init__()
        self.season = Season(seats=SEATS)
        self.season.at(OPENS - timedelta(hours=1))
        self.deadlines: dict[str, datetime | None] = {}

    @property
    def enrolments(self) -> list[Enrolment]:
        return list(self.season.edition.enrolments.values())

    def ended(self) -> None:
        """Take note of what the last decision set and told."""
        for deadline in self.season.last.deadlines:
            if deadline.kind == OFFER_LAPSE:
                self.deadlines[deadline.subject] = deadline.at
        waiting = [e.number for e in self.enrolments if e.is_waiting]
        for fact in self.season.last.facts:
            if isinstance(fact, SeatOffered):
                assert all(fact.enrolment.number < number for number in waiting), "someone was passed over"

    @rule(hours=st.sampled_from([-1, 0.5, 1, 71, 72, 73, 200]))
    def time_passes(self, hours: float) -> None:
        self.season.later(hours=hours)

    @rule(who=st.sampled_from(NAMES))
    def someone_requests(self, who: str) -> None:
        self.season.do(request(who))
        self.ended()

    @precondition(lambda self: self.enrolments)
    @rule(command=st.sampled_from(ABOUT_ONE), data=st.data())
    def someone_asks(self, command: type[AcceptOffer], data: st.DataObject) -> None:
        enrolment = data.draw(st.sampled_from(self.enrolments))
        self.season.do(command(edition_id=EDITION, enrolment_id=enrolment.enrolment_id))
        self.ended()

    @precondition(lambda self: self.enrolments)
    @rule(by=st.sampled_from(NAMES), data=st.data())
    def someone_takes_over(self, by: str, data: st.DataObject) -> None:
        self.season.ids["chosen"] = data.draw(st.sampled_from(self.enrolments)).enrolment_id
        self.season.substitute("chosen", by)
        self.ended()

    @rule()
    def the_opening_wakes_up(self) -> None:
        self.season.wake(OpenEdition)

    @rule(organiser=st.sampled_from([False] * 9 + [True]))
    def the_closing_wakes_up(self, organiser: bool) -> None:
        self.season.wake(CloseEdition, when_due=not organiser)

    @invariant()
    def the_counters_are_the_reality(self) -> None:
        edition = self.season.edition
        assert edition.seats_taken == sum(e.takes_seat for e in self.enrolments)
        assert edition.waiting == sum(e.is_waiting for e in self.enrolments)
        assert edition.last_number == len(self.enrolments)

    @invariant()
    def seats_are_never_exceeded(self) -> None:
        assert self.season.edition.seats_taken <= SEATS

    @invariant()
    def nobody_waits_while_a_seat_is_free(self) -> None:
        edition = self.season.edition
        if edition.state == "open":
            assert not (edition.waiting and edition.free_seats)

    @invariant()
    def the_line_is_in_the_order_of_the_journal(self) -> None:
        line = sorted((e for e in self.enrolments if e.is_waiting), key=lambda e: e.number)
        assert self.season.edition.positions == {e.enrolment_id: i for i, e in enumerate(line, 1)}

    @invariant()
    def one_person_has_one_live_enrolment(self) -> None:
        live = [(e.participant_id, e.enrolment_id) for e in self.enrolments if e.is_live]
        assert self.season.edition.live == dict(live)
        assert len(dict(live)) == len(live)

    @invariant()
    def every_offer_has_its_deadline_and_nothing_else_has_one(self) -> None:
        offers = {str(e.enrolment_id): e.offer_expires_at for e in self.enrolments if e.status == "offered"}
        assert {subject: at for subject, at in self.deadlines.items() if at} == offers

    @invariant()
    def only_a_seat_that_is_or_was_had_is_owed(self) -> None:
        for enrolment in self.enrolments:
            owed = sum(line.owed_cents for payer in enrolment.payers for line in payer.lines)
            assert owed == 0 or enrolment.status in {"accepted", "withdrawn"}
            assert owed > 0 or enrolment.status != "accepted"


TestEdition = EditionMachine.TestCase
TestEdition.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
