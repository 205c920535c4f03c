"""How commands fall into batches changes nothing: what was loaded is always enough."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from enrolment.commands import (
    AcceptOffer,
    AmendEdition,
    ApproveEnrolment,
    CloseEdition,
    ConfirmGuest,
    CorrectEnrolment,
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
    SendLink,
    WithdrawEnrolment,
    examples,
)
from enrolment.domain.facts import EnrolmentFact, GuestFact
from enrolment.proof.examine import examine
from enrolment.proof.reading import stored
from services.enrolment.tests.fold import Came, Pool, handle, transaction
from services.enrolment.tests.season import COMMITMENT_ENDS, EDITION, ENDS, SECOND_YEAR, STARTS, Season, request
from spn.decision import Answer

NAMES = [f"persoon{n}" for n in range(30)]
GUESTS = [f"gast{n}" for n in range(6)]
ABOUT_ONE = (
    AcceptOffer,
    AcceptOffer,
    DeclineOffer,
    LapseOffer,
    LeaveList,
    SendLink,
    WithdrawEnrolment,
    WithdrawEnrolment,
)
BY_HAND = (ApproveEnrolment, ApproveEnrolment, ApproveEnrolment, RejectEnrolment, OfferSeat)
WITHDRAWAL = [{"days_before_start": 10, "owed_percent": 33}]
THEMES = [{**theme, "guests_per_library": 3} for theme in examples.PUBLISH["themes"]]
BECAUSE = {"reason": "Met de hand.", "by": "organisator-7"}
COMMANDS = 500


class Busy:
    """Hundreds of commands of every kind, all decided on one edition that is wholly in memory."""

    def __init__(self, random: Random, *, selection: bool) -> None:
        self.random = random
        self.terms: dict[str, Any] = {
            "withdrawal": WITHDRAWAL,
            "themes": THEMES,
            "selection": selection,
            "payers_max": 3,
        }
        self.season = Season(seats=4, **self.terms)

    def play(self) -> Season:
        weights = (
            *((self.someone_requests, 36), (self.someone_asks, 30), (self.someone_takes_over, 9)),
            *((self.by_hand, 8), (self.someone_is_moved, 5), (self.guests, 9), (self.corrected, 4)),
            *((self.amended, 2), (self.extended, 2), (self.woken, 2), (self.link_sent, 3)),
        )
        kinds, chances = zip(*weights, strict=True)
        self.someone_requests()
        for _ in range(COMMANDS):
            self.season.later(minutes=self.random.choice([0, 0, 0, 1, 90, 300]))
            self.random.choices(kinds, chances)[0]()
        self.season.wake(CloseEdition)
        for _ in range(30):
            self.by_hand()
            self.someone_asks()
        self.season.ids["nobody"] = UUID(int=0)
        self.season.ask(LeaveList, "nobody")
        self.years_pass()
        return self.season

    def one(self) -> str:
        """Somebody: mostly one who has a seat, or one of the last."""
        known = list(self.season.edition.enrolments.values())
        likely = [e for e in known if e.takes_seat] if self.random.random() < 0.6 else known[-20:]
        self.season.ids["chosen"] = self.random.choice(likely or known).enrolment_id
        return "chosen"

    def pending(self) -> str:
        known = list(self.season.edition.enrolments.values())
        likely = [e for e in known if e.status in {"requested", "waiting"}]
        self.season.ids["chosen"] = self.random.choice(likely or known).enrolment_id
        return "chosen"

    def someone_requests(self) -> None:
        payer = self.random.choice([examples.REQUEST["payer"], examples.REQUEST_WITH_PAYER["payer"]])
        further = self.random.choice([[], [], examples.CORRECT["further_payers"]])
        self.season.do(request(self.random.choice(NAMES), payer=payer, further_payers=further))

    def someone_asks(self) -> None:
        self.season.ask(self.random.choice(ABOUT_ONE), self.one())

    def someone_takes_over(self) -> None:
        self.season.substitute(self.one(), self.random.choice(NAMES))

    def by_hand(self) -> None:
        self.season.ask(self.random.choice(BY_HAND), self.pending(), **BECAUSE)

    def someone_is_moved(self) -> None:
        self.season.ask(ReorderLine, self.pending(), position=self.random.randint(1, 6), **BECAUSE)

    def guests(self) -> None:
        coming = sorted(self.season.edition.guests)
        if not coming or self.random.random() < 0.6:
            theme = self.random.choice(["narrative", "personal"])
            self.season.invite(self.one(), self.random.choice(GUESTS), theme)
            return
        command = self.random.choice([ConfirmGuest, DeclineGuest, LapseGuest])
        self.season.do(command(edition_id=EDITION, guest_id=self.random.choice(coming)))

    def corrected(self) -> None:
        name = self.random.choice(NAMES)
        person = {"name": name, "email": f"{name}@bibliotheek.example", "language": "en"}
        change = self.random.choice([{"participant": person}, {"payer": examples.CORRECT["payer"]}])
        who = self.random.choice([self.one, self.pending])()
        self.season.ask(CorrectEnrolment, who, **change, **BECAUSE)

    def link_sent(self) -> None:
        self.season.ask(SendLink, self.pending())

    def amended(self) -> None:
        terms = {**examples.PUBLISH, **self.terms, "seats": self.random.randint(3, 7), **BECAUSE}
        self.season.do(AmendEdition.model_validate(terms))

    def extended(self) -> None:
        until = (self.season.now + timedelta(hours=self.random.randint(1, 90))).isoformat()
        self.season.ask(ExtendOffer, self.one(), until=until)

    def woken(self) -> None:
        self.season.wake(OpenEdition)

    def years_pass(self) -> None:
        for milestone, at in (("start", STARTS), ("end", ENDS), ("second-year", SECOND_YEAR)):
            self.season.at(at).wake(PassMilestone, milestone=milestone)
        for e in list(self.season.edition.enrolments.values()):
            if e.status == "completed" and self.random.random() < 0.5:
                self.season.ids["chosen"] = e.enrolment_id
                self.season.ask(LeaveNetwork, "chosen")
        self.season.at(COMMITMENT_ENDS).wake(PassMilestone, milestone="commitment-end")


def a_busy_season(seed: int, random: Random) -> Season:
    """Every other one with a selection step."""
    return Busy(random, selection=seed % 2 == 1).play()


def effects(came: Came) -> object:
    return came if isinstance(came, Answer) else (came.facts, came.deadlines, came.answer)


@pytest.mark.parametrize("seed", range(4))
async def test_any_cutting_into_batches_gives_the_decisions_of_one_edition_in_memory(pool: Pool, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a season to repeat, no secret
    season = a_busy_season(seed, random)
    log = list(season.log)
    while log:
        size = random.choice([1, 2, 3, 10, 80])
        batch, log = log[:size], log[size:]
        came = await handle(pool, [(command, moment) for command, moment, _ in batch])
        for (command, _, expected), found in zip(batch, came, strict=True):
            assert effects(found) == effects(expected), command.types
    await _assert_same(pool, season)


def test_the_busy_seasons_have_everything_in_them() -> None:
    seasons = [a_busy_season(seed, Random(seed)) for seed in range(4)]  # noqa: S311 - to repeat, no secret
    decisions = [came for season in seasons for *_, came in season.log if not isinstance(came, Answer)]
    told = {type(fact) for came in decisions for fact in came.facts}
    assert told >= {*EnrolmentFact.__subclasses__(), *GuestFact.__subclasses__()}
    assert {came.answer.outcome for came in decisions if came.answer} == {"done", "unchanged", "refused"}


async def _assert_same(pool: Pool, season: Season) -> None:
    async with transaction(pool) as connection:
        edition = await connection.fetchrow("SELECT * FROM editions WHERE edition_id = $1", EDITION)
        rows = await connection.fetch("SELECT enrolment_id, status, number, place FROM enrolments ORDER BY number")
        guests = await connection.fetch("SELECT guest_id, status FROM guests")
    assert edition
    counters = edition["state"], edition["seats_taken"], edition["waiting"], edition["last_number"]
    mine = season.edition
    assert counters == (mine.state, mine.seats_taken, mine.waiting, mine.last_number)
    assert [tuple(row) for row in rows] == [
        (e.enrolment_id, e.status, e.number, e.place) for e in mine.enrolments.values()
    ]
    assert {row[0]: row[1] for row in guests} == {g.guest_id: g.status for g in mine.guests.values()}
    async with pool.acquire() as connection:
        found = await stored(connection, EDITION)  # type: ignore[arg-type]
    assert found is not None
    assert list(found.entries) == list(mine.journal.fresh)
    assert examine(found, []).wrong == []
