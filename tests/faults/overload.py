"""Ten times the load that the system can take, on its topic and over HTTP, and what that does to it.

`python -m tests.faults.overload --seconds 60`; a short one runs with the tests.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from random import Random

import typer

from spn_demo.quiet import NeverQuietError, Stillness
from spn_local.config import SERVICE_NAMES, ServiceConfig
from spn_local.issuer import HOURS_MAX
from spn_local.paths import checkout_root
from spn_local.stack import Stack
from spn_local.topics.table import load_topics
from tests.faults import season
from tests.faults.examine import Examined, examine
from tests.faults.ledger import Ledger
from tests.faults.overload_clients import LATER, Crowd, Health
from tests.faults.overload_memory import Memory
from tests.faults.seeds import seeded, uuid_of
from tests.faults.wire import Command, Wire

TIMES = 10
CLIENTS = 300
MEASURED_COMMANDS = 400
REQUESTS_PER_EDITION = 60
EDITIONS_AT_ONCE = 8
PUMP_SECONDS = 0.02
MEETING_SECONDS_MAX = 20.0
PROBES = 20
PROBE_SECONDS_MAX = 2.0
MEGABYTES_MAX = 250
MORE_THAN_THE_BACKLOG = 2.0
"""Draining shares the machine with mails, audits and whatever else runs there."""
SLACK_SECONDS = 30.0
LIMITS = {"ENROLMENT_HTTP_REQUESTS_MAX": "100", "ENROLMENT_HTTP_BACKLOG_MAX": "50"}
"""So small that a crowd of one process meets one of them on any machine."""

Tell = Callable[[str], None]


@dataclass
class Overload:
    """What was seen."""

    seed: int
    seconds: float
    per_second: float = 0.0
    """What the system can take: enrolments, from the command to the last mail."""
    put: int = 0
    drained_seconds: float = 0.0
    megabytes: dict[str, float] = field(default_factory=dict)
    crowd: dict[str, int] = field(default_factory=dict)
    slowest_seconds: float = 0.0
    unhealthy: list[str] = field(default_factory=list)
    wrong_answers: list[str] = field(default_factory=list)
    probes: list[float] = field(default_factory=list)
    examined: Examined | None = None
    still_moving: str = ""

    @property
    def backlog_seconds(self) -> float:
        """How long what was put takes a system that is not overloaded."""
        return self.put / self.per_second if self.per_second else 0.0

    def wrong(self) -> Iterator[str]:
        """What should not have been, in sentences."""
        if self.still_moving:
            yield f"it did not come to rest: {self.still_moving}"
        longest = MORE_THAN_THE_BACKLOG * self.backlog_seconds + SLACK_SECONDS
        if self.drained_seconds > longest:
            yield f"the backlog of {self.backlog_seconds:.0f} s took {self.drained_seconds:.0f} s"
        for name, peak in self.megabytes.items():
            if peak > MEGABYTES_MAX:
                yield f"{name} used {peak:.0f} MB, more than {MEGABYTES_MAX}"
        yield from self.unhealthy[:5]
        yield from self.wrong_answers[:5]
        if not any(self.crowd.get(str(status)) for status in LATER):
            yield f"nobody was sent away by a limit: {self.crowd}"
        if not self.probes or sorted(self.probes)[len(self.probes) // 2] > PROBE_SECONDS_MAX:
            yield f"afterwards an answer still takes {self.probes} s"
        found = self.examined
        if found is None or not found.ok:
            yield f"lost, doubled or out of order: {found and (found.lost + found.doubled + found.disordered)[:5]}"


def commands(rng: Random) -> Iterator[Command]:
    """Enrolments without end, in editions that are published just before; several editions take turns."""
    for number in count():
        editions = [f"ov-{number:04d}-{i}-{rng.getrandbits(24):06x}" for i in range(EDITIONS_AT_ONCE)]
        for edition in editions:
            seats = REQUESTS_PER_EDITION * 2 // 3
            yield Command(uuid_of(rng), "edition.publish.v1", edition, season.edition(edition, seats, -1.0))
        for person in range(REQUESTS_PER_EDITION):
            for edition in editions:
                yield Command(uuid_of(rng), "enrolment.request.v1", edition, season.request(edition, person))


class Play:
    """A stack under more than it can take."""

    def __init__(self, stack: Stack, seen: Overload, results: Path, tell: Tell) -> None:
        self.stack, self.seen, self.tell = stack, seen, tell
        self.topics = list(load_topics(stack.config.topics).topics)
        self.ledger = Ledger(results / "overload.jsonl")
        self.wire = Wire(stack, self.ledger)
        self.coming = commands(seeded(seen.seed))
        token = stack.token("platform", hours=HOURS_MAX)
        self.crowd = Crowd(stack.http_url("enrolment"), token, self.ledger, seeded(seen.seed, "crowd"))

    async def measure(self) -> None:
        """How much it can take."""
        began = time.monotonic()
        for one in islice(self.coming, MEASURED_COMMANDS):
            self.wire.send(one)
        await self.rest(300)
        self.seen.per_second = MEASURED_COMMANDS / (time.monotonic() - began)
        self.tell(f"It can take {self.seen.per_second:.0f} enrolments a second, from the command to the last mail.")

    async def flood(self) -> None:
        """Ten times that, and a crowd at the HTTP side, for so long."""
        began = time.monotonic()
        async with self.watched():
            crowd = [asyncio.create_task(self.crowd.client(number)) for number in range(CLIENTS)]
            each_second = TIMES * self.seen.per_second
            while self.seen.put < int(each_second * self.seen.seconds):
                past = min(time.monotonic() - began, self.seen.seconds)
                for one in islice(self.coming, int(each_second * past) - self.seen.put):
                    self.wire.send(one)
                    self.seen.put += 1
                self.wire.pump()
                await asyncio.sleep(PUMP_SECONDS)
            await self.meet_a_limit()
            self.crowd.over.set()
            await asyncio.gather(*crowd)
            self.tell(f"{self.seen.put} commands were put, {self.crowd.tally()} came back over HTTP.")
            began = time.monotonic()
            try:
                await self.rest(3 * self.seen.backlog_seconds + 120)
            except NeverQuietError as error:
                self.seen.still_moving = str(error)
            self.seen.drained_seconds = time.monotonic() - began
        self.seen.crowd, self.seen.slowest_seconds = self.crowd.tally(), self.crowd.slowest_seconds
        self.seen.wrong_answers = self.crowd.wrong

    async def meet_a_limit(self) -> None:
        """Let the crowd go on until somebody was sent away: the backlog is there for so much longer.

        Which of the limits it meets depends on the machine; each has tests of its own (shared/tests/test_admission.py).
        """
        until = time.monotonic() + MEETING_SECONDS_MAX
        while not self.crowd.met_a_limit and time.monotonic() < until:
            self.wire.pump()
            await asyncio.sleep(PUMP_SECONDS)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Memory and health of every service, all the while."""
        memory = Memory({p["name"]: p["pid"] for p in self.stack.processes() if p["name"][:-2] in SERVICE_NAMES})
        health = Health({name: self.stack.http_url(name) for name in SERVICE_NAMES})
        watching = [asyncio.create_task(memory.watch()), asyncio.create_task(health.watch())]
        yield
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        self.seen.megabytes, self.seen.unhealthy = memory.megabytes, health.wrong
        assert health.asked, "nobody looked"

    async def rest(self, seconds: float) -> None:
        """Wait until nothing moves."""
        urls = {name: self.stack.http_url(name) for name in SERVICE_NAMES}
        with Stillness(urls, self.stack.kafka("admin"), self.topics) as stillness:
            resting = asyncio.create_task(asyncio.to_thread(stillness.wait, seconds))
            while not (await asyncio.wait({resting}, timeout=PUMP_SECONDS))[0] or self.wire.waiting():
                self.wire.pump()
            resting.result()

    async def look(self) -> None:
        """How it does afterwards, and what came of all that was acknowledged."""
        self.seen.probes = [await self.crowd.probe() for _ in range(PROBES)]
        await self.rest(120)
        operator, asked = self.stack.kafka("operator"), self.ledger.commands
        self.seen.examined = await asyncio.to_thread(examine, operator, self.topics, asked)

    async def close(self) -> None:
        """Leave nothing open."""
        await self.crowd.close()
        self.wire.close()
        self.ledger.close()


async def overload(seed: int, seconds: float, results: Path, tell: Tell) -> Overload:
    """The whole scenario on a stack of its own."""
    seen = Overload(seed, seconds)
    stack = Stack(services=[ServiceConfig(name) for name in SERVICE_NAMES], environment=LIMITS)
    try:
        await asyncio.to_thread(stack.start)
        play = Play(stack, seen, results, tell)
        try:
            await play.measure()
            await play.flood()
            await play.look()
        finally:
            await play.close()
    finally:
        await asyncio.to_thread(stack.stop)
    return seen


def main(seconds: float = 60.0, seed: int = 1, results: Path = Path("build/faults")) -> None:
    """Overload the system and say what came of it."""
    seen = asyncio.run(overload(seed, seconds, checkout_root() / results, typer.echo))
    peaks = ", ".join(f"{name} {peak:.0f}" for name, peak in seen.megabytes.items())
    typer.echo(f"{seen.put} commands in {seconds:g} s, backlog {seen.backlog_seconds:.0f} s")
    typer.echo(f"drained in {seen.drained_seconds:.0f} s; peaks in MB: {peaks}; HTTP {seen.crowd}")
    typer.echo(f"slowest HTTP answer {seen.slowest_seconds:.1f} s; afterwards {max(seen.probes, default=0):.2f} s")
    if wrong := list(seen.wrong()):
        typer.echo("\n".join(f"wrong: {one}" for one in wrong))
        raise typer.Exit(1)
    typer.echo(f"It held; once more: python -m tests.faults.overload --seconds {seconds:g} --seed {seed}")


if __name__ == "__main__":
    typer.run(main)
