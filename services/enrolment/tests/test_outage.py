"""An outage over a deadline hurts nobody: enrolment is down for two hours while an offer would lapse."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from enrolment.commands import AcceptOffer, CorrectEnrolment, WithdrawEnrolment
from enrolment.domain.turn import OFFER_LAPSE
from services.enrolment.tests.fold import Pool, substitution
from services.enrolment.tests.moments import GRACE, House
from services.enrolment.tests.season import BEFORE, EDITION, OFFER_HOURS, OPENS, publish, request

DEADLINE = OPENS + timedelta(hours=OFFER_HOURS)
DOWN, UP = DEADLINE - timedelta(hours=1), DEADLINE + timedelta(hours=1)


@pytest.fixture
async def offered(pool: Pool) -> tuple[House, UUID]:
    """One seat, given up by Anna at the opening and offered to Bram; Cora waits."""
    house = House(pool)
    await house.send(publish(1), BEFORE)
    for who in ("anna", "bram", "cora"):
        await house.send(request(who), OPENS)
    anna, bram, _ = [r[0] for r in await pool.fetch("SELECT enrolment_id FROM enrolments ORDER BY number")]
    await house.send(WithdrawEnrolment(edition_id=EDITION, enrolment_id=anna), OPENS)
    assert await house.expires_at() == DEADLINE
    return house, bram


async def test_after_an_outage_over_its_end_an_offer_stands_for_the_hour_of_grace(offered: tuple[House, UUID]) -> None:
    house, bram = offered
    await house.up(OPENS, DOWN)
    await house.time_comes(UP)
    assert await house.expires_at() == DEADLINE, "nobody could reach us yet: it neither lapses nor is it extended"
    await house.up(UP, UP + timedelta(seconds=10))
    await house.time_comes(UP + timedelta(seconds=10))
    assert await house.expires_at() == UP + timedelta(seconds=10) + GRACE
    await house.send(AcceptOffer(edition_id=EDITION, enrolment_id=bram), UP + timedelta(minutes=59))
    assert await house.statuses() == ["withdrawn", "accepted", "waiting"]


async def test_who_does_not_use_the_hour_lets_the_offer_lapse(offered: tuple[House, UUID]) -> None:
    house, _ = offered
    await house.up(OPENS, DOWN)
    for after, bram in ((timedelta(minutes=1), "offered"), (timedelta(hours=2), "offered"), (GRACE * 3, "lapsed")):
        await house.up(UP, UP + after)
        await house.time_comes(UP + after)
        assert (await house.statuses())[1] == bram, "an hour more, and an hour in which another outage would count"


async def test_an_acceptance_that_was_on_the_log_in_time_counts_however_late_it_is_read(
    offered: tuple[House, UUID],
) -> None:
    house, bram = offered
    await house.up(OPENS, DOWN)
    await house.send(AcceptOffer(edition_id=EDITION, enrolment_id=bram), DEADLINE - timedelta(microseconds=1))
    await house.up(UP, UP + timedelta(hours=4))
    await house.time_comes(UP + timedelta(hours=4))
    assert await house.statuses() == ["withdrawn", "accepted", "waiting"]


async def test_an_acceptance_right_after_the_outage_is_too_early_and_costs_nothing(offered: tuple[House, UUID]) -> None:
    house, bram = offered
    await house.up(OPENS, DOWN)
    accept = AcceptOffer(edition_id=EDITION, enrolment_id=bram)
    await house.send(accept, UP)
    assert await house.statuses() == ["withdrawn", "offered", "waiting"]
    await house.up(UP, UP + timedelta(minutes=1))
    await house.time_comes(UP + timedelta(minutes=1))
    await house.send(accept, UP + timedelta(minutes=2))
    assert await house.statuses() == ["withdrawn", "accepted", "waiting"]


async def test_nothing_asked_right_after_the_outage_costs_the_hour_of_grace(offered: tuple[House, UUID]) -> None:
    house, bram = offered
    await house.up(OPENS, DOWN)
    named = {"name": "Bram B.", "email": "bram@bibliotheek.example"}
    about = {"edition_id": EDITION, "enrolment_id": bram, "reason": "Een tikfout.", "participant": named}
    for asked in (request("bram"), CorrectEnrolment.model_validate(about), substitution(bram, "emma")):
        await house.send(asked, UP)
        assert await house.statuses() == ["withdrawn", "offered", "waiting"]
    await house.up(UP, UP + timedelta(minutes=1))
    await house.time_comes(UP + timedelta(minutes=1))
    await house.send(AcceptOffer(edition_id=EDITION, enrolment_id=bram), UP + timedelta(minutes=2))
    assert await house.statuses() == ["withdrawn", "accepted", "waiting"]


async def test_without_an_outage_an_offer_lapses_an_hour_after_its_end_and_cannot_be_accepted_in_it(
    offered: tuple[House, UUID],
) -> None:
    house, bram = offered
    await house.up(OPENS, DEADLINE + timedelta(minutes=30))
    await house.time_comes(DEADLINE + timedelta(minutes=30))
    await house.send(AcceptOffer(edition_id=EDITION, enrolment_id=bram), DEADLINE + timedelta(minutes=31))
    assert await house.statuses() == ["withdrawn", "offered", "waiting"]
    await house.up(OPENS, DEADLINE + GRACE)
    await house.time_comes(DEADLINE + GRACE)
    assert await house.statuses() == ["withdrawn", "lapsed", "offered"]


async def test_after_a_stop_of_days_each_deadline_fires_once_and_in_order(offered: tuple[House, UUID]) -> None:
    """Bram's offer fell into the stop, so it is extended; then it lapses, and Cora's begins and ends."""
    house, _ = offered
    back = DEADLINE + timedelta(days=9)
    await house.up(OPENS, DOWN)
    for hours in (1, 1, 3, 3, 3 + OFFER_HOURS + 1, 3 + OFFER_HOURS + 3):
        await house.up(back, back + timedelta(hours=hours))
        await house.time_comes(back + timedelta(hours=hours))
    words = [r[0] for r in await house.pool.fetch("SELECT what FROM journal ORDER BY entry")]
    assert words[-5:] == ["seat-offered", "offer-extended", "offer-lapsed", "seat-offered", "offer-lapsed"]
    assert await house.pool.fetchval("SELECT count(*) FROM deadlines WHERE kind = $1", OFFER_LAPSE) == 0
