"""Enrolment with its log and a clock that stands where the test puts it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from enrolment.domain.turn import OFFER_LAPSE
from enrolment.policies import POLICIES
from services.enrolment.tests.fold import Pool
from services.enrolment.tests.season import BEFORE
from spn.messaging import firing
from spn.messaging.contract import Command
from spn.messaging.uptime import MercyGate
from spn.testing.bench import Bench
from spn.testing.records import TopicLog

GRACE = timedelta(hours=1)


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
        await self.bench.handle(
            self.log.append(str(getattr(command, type(command).key)), type(command).types[0], command)
        )

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
        await firing.fire_decisions(self.bench.pipeline)
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
