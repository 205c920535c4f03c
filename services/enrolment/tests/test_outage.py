"""An outage over a deadline hurts nobody: enrolment is down for two hours while an offer would lapse."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from enrolment.commands import AcceptOffer, WithdrawEnrolment
from enrolment.domain.turn import OFFER_LAPSE
from enrolment.policies import POLICIES
from services.enrolment.tests.fold import Pool
from services.enrolment.tests.season import BEFORE, EDITION, OFFER_HOURS, OPENS, publish, request
from spn.messaging import firing
from spn.messaging.contract import Command
from spn.messaging.uptime import MercyGate
from spn.testing.bench import Bench
from spn.testing.records import TopicLog

GRACE = timedelta(hours=1)
DEADLINE = OPENS + timedelta(hours=OFFER_HOURS)
DOWN, UP = DEADLINE - timedelta(hours=1), DEADLINE + timedelta(hours=1)


class Dial:
    """A clock that stands still."""

    moment = BEFORE

    def now(self) -> datetime:
        return self.moment

    def at(self, real: datetime) -> datetime:  # noqa: ARG002 - the log stands still with it
        return self.moment


class Topic:
    """A subscription whose topic is read to its end."""

    topic = "spn.enrolment.commands"
    _fetcher = object()

    def __init__(self) -> None:
        self.consumer = self

    def partition_count(self) -> int:
        return 1

    async def end_offsets(self, places: Any) -> dict[Any, int]:
        return dict.fromkeys(places, 0)


class House:
    """Enrolment with its log, its clock, and the times at which people could reach it."""

    def __init__(self, pool: Pool) -> None:
        self.pool, self.clock = pool, Dial()
        self.bench = Bench("enrolment", POLICIES, pool, clock=self.clock)
        self.log = TopicLog("spn.enrolment.commands")
        self.gate = MercyGate(Topic, GRACE, self.clock.now)  # type: ignore[arg-type]

    async def send(self, command: Command, at: datetime) -> None:
        """The command is on the log at this moment, and decided."""
        self.clock.moment = at
        await self.bench.handle(self.log.append(EDITION, type(command).types[0], command))

    async def up(self, since: datetime, until: datetime) -> None:
        """People could reach it from then until then, which is now or was before."""
        await self.pool.execute(
            "INSERT INTO edge_uptime (since, until, beat_at) VALUES ($1, $2, now()) "
            "ON CONFLICT (since) DO UPDATE SET until = EXCLUDED.until",
            since,
            until,
        )

    async def time_comes(self, at: datetime) -> None:
        """The leader looks for what is due, and what it puts on the log is decided."""
        self.clock.moment = at
        await firing.fire_commands(self.bench.pipeline, {OFFER_LAPSE: self.gate})
        rows = await self.pool.fetch(
            "DELETE FROM outbox WHERE topic = 'spn.enrolment.commands' RETURNING id, key, headers, value"
        )
        for row in sorted(rows, key=lambda r: r["id"]):
            headers = [(name, str(text).encode()) for name, text in json.loads(row["headers"]).items()]
            await self.bench.handle(self.log.raw(row["key"], row["value"], headers))

    async def statuses(self) -> list[str]:
        return [r[0] for r in await self.pool.fetch("SELECT status FROM enrolments ORDER BY number")]

    async def expires_at(self) -> datetime:
        found: datetime = await self.pool.fetchval("SELECT offer_expires_at FROM enrolments WHERE status = 'offered'")
        return found


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
