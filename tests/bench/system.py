"""The first program: the system itself, its four services as processes of their own, one replica each."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import asyncpg

from spn.testing.waiting import eventually
from spn_demo.platform import Command
from spn_local.config import ServiceConfig
from spn_local.stack import Stack
from tests.bench.ledger import Topics, Written, rows_of
from tests.bench.platform import Putter
from tests.bench.progress import LOOK_SECONDS, Progress, readings
from tests.bench.rounds import Round
from tests.bench.scenario import ROOT, SCHEDULING_COMMANDS, SERVICES, Scenario, Season
from tests.bench.spent import Meter, Usage

DATABASE = {"shared_buffers": "6GB", "max_wal_size": "16GB"}
"""As its own documentation has it for a server that is there for nothing else: a quarter of the memory, and room
between checkpoints."""
EDITIONS = "spn.enrolment.editions"
MAILS = "SELECT count(*) FROM messages WHERE state <> 'superseded'"


class UnfinishedError(Exception):
    """The services came to rest without having done what was asked; the text says what is missing."""


def bench_stack(profile: Path | None = None) -> Stack:
    """A stack whose services wait to be started, with their lanes or without."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {"PYTHONPATH": path, **({"BENCH_PROFILE": str(profile)} if profile else {})}
    services = [
        ServiceConfig(s, replicas=0, command=(sys.executable, "-m", "tests.bench.served", s), environment=environment)
        for s in SERVICES
    ]
    return Stack(services=services, database=DATABASE)


@dataclass
class System:
    """The services on a running stack."""

    stack: Stack
    scenario: Scenario
    name: str = "system"
    ready_seconds: list[dict[str, float]] = field(default_factory=list)
    """Of each start, by service."""
    _editions: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.season = Season(self.scenario, "ln")
        self.topics = Topics(self.stack.kafka("admin"))
        self.putter = Putter(self.stack.kafka("platform"))
        self.urls = {s: self.stack.addresses.auditor_database_url(s) for s in SERVICES}

    async def prepare(self, enrolments: int) -> None:
        """Open new editions with room for so many, known to everybody; the services do not run afterwards."""
        names, commands = self.season.open_editions(enrolments)
        await self.start(lanes=False)
        await asyncio.to_thread(self.putter.put, commands)
        told = 2 * self.season.editions  # published, opened
        await eventually(lambda: self._records([EDITIONS])[EDITIONS] >= told, "all are open", seconds=120, every=0.2)
        await self.quiet()
        await self.stop()
        self._editions += names

    async def start(self, *, lanes: bool) -> None:
        """Start the services, one after the other: each start is timed."""
        took: dict[str, float] = {}
        for service in SERVICES:
            began = time.monotonic()
            chosen = {"BENCH_LANES": "on" if lanes else "off"}
            await asyncio.to_thread(self.stack.start_service, service, 0, chosen)
            took[service] = time.monotonic() - began
        self.ready_seconds.append(took)

    async def stop(self) -> None:
        """Stop the services. PostgreSQL has counted all their rows then."""
        await asyncio.gather(*(asyncio.to_thread(self.stack.stop_service, s) for s in SERVICES))

    async def round(self, enrolments: int, warm_up: int, *, lanes: bool = False) -> Round:
        """Start, warm up, play, stop. ``prepare`` has opened the editions."""
        rows, records, mails = await rows_of(self.urls), self._records(), await self._mails()
        await self.start(lanes=lanes)
        await self._play(warm_up, lanes=lanes)
        seconds, usage = await self._play(enrolments, lanes=lanes)
        await self.quiet()
        await self.stop()
        wanted = mails + (enrolments + warm_up) * self.scenario.mails(lanes=lanes)
        if (stored := await self._mails()) != wanted:
            raise UnfinishedError(f"{stored} mails are stored, and it should be {wanted}")
        written = Written(self._records(), await rows_of(self.urls)).since(Written(records, rows))
        return Round(enrolments, seconds, written.each(enrolments + warm_up), usage)

    async def _play(self, enrolments: int, *, lanes: bool) -> tuple[float, Usage]:
        """Put the requests and wait until the last effect of the last one is stored in all four databases."""
        requests = self.requests(enrolments)
        brought = readings(self.scenario.messages(lanes=lanes))
        async with Progress(self.urls) as progress:
            before = await progress.handled()
            mails = await self._mails() + enrolments * self.scenario.mails(lanes=lanes)
            meter = Meter(self.pids())
            began = await asyncio.to_thread(self.putter.put, requests)
            ended = await progress.reached({s: before[s] + enrolments * brought[s] for s in SERVICES})
            if await self._mails() < mails:  # what a relay sent twice makes the positions look further than they are
                await eventually(partial(self._stored, mails), "all mails are stored", seconds=600, every=LOOK_SECONDS)
                ended = time.time()
            return ended - began, meter.read()

    async def _stored(self, mails: int) -> bool:
        return await self._mails() >= mails

    async def _mails(self) -> int:
        connection = await asyncpg.connect(self.urls["notifications"])
        try:
            return int(await connection.fetchval(MAILS))
        finally:
            await connection.close()

    def requests(self, enrolments: int) -> list[Command]:
        """Requests for seats of editions that ``prepare`` opened; none is asked for twice."""
        count = -(-enrolments // self.scenario.seats)
        taken, self._editions = self._editions[:count], self._editions[count:]
        assert len(taken) == count, "prepare() opened too few editions"
        return self.season.requests(taken, enrolments)

    def pids(self) -> dict[str, int]:
        """Every process of the stack."""
        return {p["name"].removesuffix("-0"): p["pid"] for p in self.stack.processes() if p["pid"]}

    async def quiet(self) -> None:
        """Wait until everything told is handled by all who read it; what waits for a lane may wait on."""
        topics = [*self.scenario.messages(lanes=True), EDITIONS, SCHEDULING_COMMANDS]
        async with Progress(self.urls) as progress:

            async def is_quiet() -> bool:
                sent = await progress.all_sent()
                wanted = readings(self._records(topics))
                handled = await progress.handled()
                return sent and all(handled[s] >= wanted[s] for s in SERVICES)

            await eventually(is_quiet, "nothing moves", seconds=300, every=0.2)

    def _records(self, topics: Iterable[str] = ()) -> Mapping[str, int]:
        return self.topics.records(topics or self.scenario.messages(lanes=True))
