"""How commands fall into batches changes nothing: what was loaded is always enough."""

from __future__ import annotations

from random import Random
from uuid import UUID

import pytest

from enrolment.commands import (
    AcceptOffer,
    CloseEdition,
    DeclineOffer,
    LapseOffer,
    LeaveList,
    OpenEdition,
    WithdrawEnrolment,
    examples,
)
from enrolment.domain.facts import EnrolmentFact
from services.enrolment.tests.fold import Came, Pool, handle, transaction
from services.enrolment.tests.season import EDITION, Season, request
from spn.decision import Answer

NAMES = [f"persoon{n}" for n in range(30)]
ABOUT_ONE = (AcceptOffer, AcceptOffer, DeclineOffer, LapseOffer, LeaveList, WithdrawEnrolment, WithdrawEnrolment)
COMMANDS = 400


def a_busy_season(random: Random) -> Season:
    """Hundreds of commands of every kind, all decided on one edition that is wholly in memory."""
    season = Season(seats=4, withdrawal=[{"days_before_start": 10, "owed_percent": 33}])
    for _ in range(COMMANDS):
        season.later(minutes=random.choice([0, 0, 0, 1, 90, 300]))
        known = list(season.edition.enrolments.values())
        kind = random.random()
        if kind < 0.4 or not known:
            payer = random.choice([examples.REQUEST["payer"], examples.REQUEST_WITH_PAYER["payer"]])
            season.do(request(random.choice(NAMES), payer=payer))
        elif kind < 0.85:
            likely = [e for e in known if e.takes_seat] if random.random() < 0.7 else known[-20:]
            season.ids["chosen"] = random.choice(likely or known).enrolment_id
            season.ask(random.choice(ABOUT_ONE), "chosen")
        elif kind < 0.98:
            season.ids["chosen"] = random.choice(known[-20:]).enrolment_id
            season.substitute("chosen", random.choice(NAMES))
        else:
            season.wake(OpenEdition)
    season.wake(CloseEdition)
    season.ids["nobody"] = UUID(int=0)
    season.ask(LeaveList, "nobody")
    return season


def effects(came: Came) -> object:
    return came if isinstance(came, Answer) else (came.facts, came.deadlines, came.answer)


@pytest.mark.parametrize("seed", range(4))
async def test_any_cutting_into_batches_gives_the_decisions_of_one_edition_in_memory(pool: Pool, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a season to repeat, no secret
    season = a_busy_season(random)
    log = list(season.log)
    while log:
        size = random.choice([1, 2, 3, 10, 80])
        batch, log = log[:size], log[size:]
        came = await handle(pool, [(command, moment) for command, moment, _ in batch])
        for (command, _, expected), found in zip(batch, came, strict=True):
            assert effects(found) == effects(expected), command.types
    await _assert_same(pool, season)


@pytest.mark.parametrize("seed", range(4))
def test_a_busy_season_has_everything_in_it(seed: int) -> None:
    season = a_busy_season(Random(seed))  # noqa: S311 - a season to repeat, no secret
    decisions = [came for *_, came in season.log if not isinstance(came, Answer)]
    told = {type(fact) for came in decisions for fact in came.facts}
    assert told >= set(EnrolmentFact.__subclasses__())
    assert {came.answer.outcome for came in decisions if came.answer} == {"done", "unchanged", "refused"}


async def _assert_same(pool: Pool, season: Season) -> None:
    async with transaction(pool) as connection:
        edition = await connection.fetchrow("SELECT * FROM editions WHERE edition_id = $1", EDITION)
        rows = await connection.fetch("SELECT enrolment_id, status, number FROM enrolments ORDER BY number")
    assert edition
    counters = edition["state"], edition["seats_taken"], edition["waiting"], edition["last_number"]
    mine = season.edition
    assert counters == (mine.state, mine.seats_taken, mine.waiting, mine.last_number)
    assert [tuple(row) for row in rows] == [(e.enrolment_id, e.status, e.number) for e in mine.enrolments.values()]
