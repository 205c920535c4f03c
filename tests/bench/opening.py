"""The opening minute of enrolment alone: one edition that everybody wants, and as much spread over five hundred.

Only enrolment runs. The ceiling plays its part of the recipe alone too, with as many records and rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import asyncpg

from spn.testing.waiting import eventually
from spn_demo.platform import Command
from tests.bench.ledger import Each, Written, rows_of
from tests.bench.progress import Progress
from tests.bench.recipe import Place, ends_of, recipe_of
from tests.bench.report import Measure, Report
from tests.bench.rival import rival
from tests.bench.rounds import Round, clear_up, how, times_as_fast
from tests.bench.scenario import ENROLMENT_COMMANDS, Scenario, Season
from tests.bench.spent import Meter
from tests.bench.system import System
from tests.bench.throughput import differences, rates, show

ENROLMENT = "enrolment"
REQUESTS = 10_000
EDITIONS = 500
SEATS = 12
WARM_UP = 240
LONG, SHORT, LEAVING = 5_000, 50, 2_000


class Step:
    """Enrolment by itself on the running stack."""

    def __init__(self, system: System, requests: int) -> None:
        self.stack = system.stack
        # Everybody gets a seat: what is told of each request is the same, as the recipe needs it.
        self.scenario = replace(system.scenario, seats=-(-requests // EDITIONS), sessions=0)
        self.spread = Season(self.scenario, "spread")
        self.wanted = Season(replace(system.scenario, seats=SEATS, sessions=0), "wanted")
        self.urls = {ENROLMENT: system.urls[ENROLMENT]}
        self.topics = system.topics
        self.putter = system.putter
        self.told = enrolment_alone(self.scenario)
        self.since: dict[Place, int] = {}
        """Where the newest round that was counted began."""

    async def begin(self) -> None:
        """Start it, and its queue is empty."""
        await asyncio.to_thread(self.stack.start_service, ENROLMENT, 0, {"BENCH_LANES": "off"})
        await self._until_sent()

    async def end(self) -> None:
        """Stop it, so that PostgreSQL has counted all its rows."""
        await asyncio.to_thread(self.stack.stop_service, ENROLMENT)

    async def play(self, commands: Sequence[Command]) -> Round:
        """From the first command appended until the last is decided and told."""
        async with Progress(self.urls) as progress:
            before = await progress.handled()
            meter = Meter(self.pids())
            began = await asyncio.to_thread(self.putter.put, commands)
            ended = await progress.reached({ENROLMENT: before[ENROLMENT] + len(commands)})
            return Round(len(commands), ended - began, Each({}, {}), meter.read())

    async def counted(self, commands: Sequence[Command], warm_up: Sequence[Command]) -> Round:
        """The same from a fresh start, with what it wrote."""
        rows, records = await rows_of(self.urls), self.topics.records(self.told)
        self.since = ends_of(self.stack.kafka("operator"), list(self.told))
        await self.begin()
        await self.play(warm_up)
        done = await self.play(commands)
        await self._until_sent()
        await self.end()
        written = Written(self.topics.records(self.told), await rows_of(self.urls)).since(Written(records, rows))
        return replace(done, written=written.each(len(commands) + len(warm_up)))

    async def opened(self, season: Season, editions: int) -> list[str]:
        """So many editions, open."""
        names, commands = season.open_editions(editions * season.scenario.seats)
        await self.begin()
        await self.play(commands)
        await self._until_sent()
        await self.end()
        return names

    def pids(self) -> dict[str, int]:
        """Kafka, PostgreSQL and enrolment."""
        return {p["name"].removesuffix("-0"): p["pid"] for p in self.stack.processes() if p["pid"]}

    async def _until_sent(self) -> None:
        async with Progress(self.urls) as progress:
            await eventually(progress.all_sent, "the outbox is empty", seconds=120, every=0.1)


def enrolment_alone(scenario: Scenario) -> dict[str, int]:
    """The records that one accepted request leaves while nobody else listens."""
    return {topic: n for topic, n in scenario.messages().items() if not topic.startswith("spn.scheduling.")}


async def measure(report: Report, system: System, rounds: int, requests: int) -> None:
    """Spread, the ceiling of that, and one edition that everybody wants; in turn."""
    step = Step(system, requests)
    played: dict[str, list[Round]] = {"spread": [], "ceiling": [], "one edition": []}
    for _ in range(rounds):
        await clear_up(step.stack)
        names = await step.opened(step.spread, EDITIONS)
        asked = step.spread.requests(names, requests)
        played["spread"].append(await step.counted(asked[WARM_UP:], asked[:WARM_UP]))
        show("enrolment, spread", played["spread"][-1])
        played["ceiling"].append(await _ceiling(step, requests, played["spread"][-1]))
        show("enrolment, ceiling", played["ceiling"][-1])
        await clear_up(step.stack)
        one = await step.opened(step.wanted, 1)
        asked = step.wanted.requests(one, requests)
        played["one edition"].append(await step.counted(asked[WARM_UP:], asked[:WARM_UP]))
        show("enrolment, one edition", played["one edition"][-1])
    for name, some in played.items():
        report.measures += rates(f"enrolment alone, {name}", some)
    report.measures += [
        _ratio(played, "spread", "ceiling", "enrolment alone against its ceiling", 0.5),
        _ratio(played, "one edition", "spread", "one edition for all against five hundred", 0.5),
        *differences(played["spread"], played["ceiling"]),
        await _lists(step, rounds),
    ]


async def _ceiling(step: Step, requests: int, like: Round) -> Round:
    access = step.stack.kafka("operator")
    roles = await recipe_of(access, list(step.told), step.urls, like.written, (ENROLMENT,), since=step.since)
    async with rival("ceiling", step.stack, step.scenario, roles, stores_positions=True) as one:
        return await one.round(requests - WARM_UP, WARM_UP, like.written)


async def _lists(step: Step, rounds: int) -> Measure:
    """People leave a long list and many short ones: by how much a long one costs more."""
    found = []
    for _ in range(rounds):
        long, short = await _leaving(step, 1, LONG), await _leaving(step, LONG // SHORT, SHORT)
        found.append(times_as_fast(long, short))
    note = f"commands a second on a list of {LONG:,} against lists of {SHORT}"
    return Measure("a long waiting list against short ones", "times", found, at_least=0.8, note=note)


async def _leaving(step: Step, editions: int, each: int) -> Round:
    """Editions with a seat that is taken and so many who wait, of whom some leave."""
    season = Season(replace(step.scenario, seats=1), f"list-{each}-{step.wanted.editions}-{step.spread.editions}")
    names = await step.opened(season, editions)
    asked = season.requests(names, editions * (each + 1))
    await step.begin()
    await step.play(asked)
    leaving = [Command(*leave) for leave in await _who_wait(step, names)]
    done = await step.play(leaving)
    await step.end()
    return done


async def _who_wait(step: Step, names: Sequence[str]) -> list[tuple[str, str, str, dict[str, str]]]:
    """Commands to leave, of the first in line of each list in turn."""
    connection = await asyncpg.connect(step.urls[ENROLMENT])
    try:
        rows = await connection.fetch(
            "SELECT edition_id, enrolment_id::text FROM (SELECT *, row_number() OVER (PARTITION BY edition_id "
            "ORDER BY number) AS rank FROM enrolments WHERE edition_id = ANY($1) AND status = 'waiting') e "
            "ORDER BY rank, edition_id LIMIT $2",
            names,
            LEAVING,
        )
    finally:
        await connection.close()
    return [
        ("enrolment.leave-list.v1", ENROLMENT_COMMANDS, row[0], {"edition_id": row[0], "enrolment_id": row[1]})
        for row in rows
    ]


def _ratio(played: dict[str, list[Round]], one: str, other: str, name: str, at_least: float) -> Measure:
    pairs = zip(played[one], played[other], strict=True)
    note = how([*played[one], *played[other]])
    return Measure(name, "times", [times_as_fast(a, b) for a, b in pairs], at_least=at_least, note=note)
