"""One run: a stack, a load, faults until the time is up, quiet, and then a look at what came of it."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spn_demo.quiet import NeverQuietError, Stillness
from spn_local.config import SERVICE_NAMES, ServiceConfig
from spn_local.stack import Stack
from spn_local.topics.table import load_topics
from tests.faults.chaos import Chaos
from tests.faults.deaths import Deaths, bug_letters, mended
from tests.faults.edge import Edge
from tests.faults.examine import Examined, examine
from tests.faults.failing import Failpoints
from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.plan import PER_SECOND, plan_of
from tests.faults.replicas import SLOTS, Replicas
from tests.faults.stumbling import Stumbling
from tests.faults.wire import Wire

SETTINGS = {"KAFKA_SESSION_TIMEOUT_MS": "6000", "WATCHDOG_SECONDS": "20", "LOG_LEVEL": "info"}
TOLD_EVERY_SECONDS = 5.0
ACKNOWLEDGED_SECONDS = 120.0
QUIET_SECONDS = 240.0
LOOK_SECONDS = 1.0

Tell = Callable[[str], None]


@dataclass
class Run:
    """What is known of a run when it is over."""

    seed: int
    minutes: float
    results: Path
    seconds: float = 0.0
    quiet_seconds: float = 0.0
    asked: dict[str, int] = field(default_factory=dict)
    blows: dict[str, int] = field(default_factory=dict)
    takeovers: int = 0
    hits: dict[str, int] = field(default_factory=dict)
    missed: dict[str, int] = field(default_factory=dict)
    restarts: int = 0
    counted: dict[str, Any] = field(default_factory=dict)
    examined: Examined | None = None
    wrong: list[str] = field(default_factory=list)


@asynccontextmanager
async def standing(folder: Path, points: Failpoints) -> AsyncIterator[Stack]:
    """Two replicas of every service, which can be made to die at failpoints; ``folder`` gets their logs in the end."""
    services = [ServiceConfig(name, 2, environment=points.environment(name)) for name in SERVICE_NAMES]
    stack = Stack(services=services, environment=SETTINGS)
    await asyncio.to_thread(stack.start)
    try:
        yield stack
    finally:
        shutil.copytree(stack.paths.logs, folder, dirs_exist_ok=True)
        await asyncio.to_thread(stack.stop)


class Faults:
    """A run and its parts."""

    def __init__(self, stack: Stack, points: Failpoints, run: Run, tell: Tell) -> None:
        self.stack, self.points, self.run, self.tell = stack, points, run, tell
        self.ledger = Ledger(run.results / "ledger.jsonl")
        self.wire = Wire(stack, self.ledger)
        token = stack.addresses.environment["ENROLMENT_HTTP_TOKEN"]
        self.edge = Edge([stack.http_url("enrolment", slot) for slot in SLOTS], token, self.ledger)
        self.load = Load(self.wire, self.edge)
        self.replicas = Replicas(stack)
        self.bugs = {name: Stumbling(name, stack.database_url(name)) for name in SERVICE_NAMES}

    async def play(self, per_second: float = PER_SECOND) -> None:
        """Load and faults until the time is up; then everything stands again."""
        seconds, began = self.run.minutes * 60, time.monotonic()
        for bug in self.bugs.values():
            await bug.set_up()
        chaos = Chaos(self.replicas, self.run.seed, began + seconds)
        deaths = Deaths(chaos, self.points, self.bugs, self.wire)
        over = asyncio.Event()
        async with asyncio.TaskGroup() as streams:
            teller = streams.create_task(self._tell(began, chaos))
            playing = streams.create_task(self.load.play(plan_of(self.run.seed, seconds * 2, per_second), over))
            await asyncio.gather(chaos.run(), deaths.run())
            over.set()
            await playing
            teller.cancel()
        self.run.seconds = time.monotonic() - began
        self.run.blows, self.run.takeovers = dict(chaos.done), chaos.takeovers
        self.run.missed = dict(deaths.missed)
        await chaos.mend()

    async def come_to_rest(self) -> None:
        """Wait until nothing moves: all acknowledged, all bugs mended, nothing on its way.

        :raises NeverQuietError: it does not; it says what still moves.
        """
        began = time.monotonic()
        await self.load.finish(ACKNOWLEDGED_SECONDS)
        urls = {name: self.stack.http_url(name) for name in SERVICE_NAMES}
        topics = list(load_topics(self.stack.config.topics).topics)
        with Stillness(urls, self.stack.kafka("admin"), topics) as stillness:
            while True:
                await asyncio.to_thread(stillness.wait, QUIET_SECONDS)
                if not await self._mended():
                    break
                if time.monotonic() - began > QUIET_SECONDS:
                    raise NeverQuietError("letters that were asked for again keep failing")
                await asyncio.sleep(LOOK_SECONDS)
        self.load.listen()
        self.run.quiet_seconds = time.monotonic() - began

    async def _mended(self) -> list[str]:
        """The services where something that failed because of a bug still waits; it is asked for."""
        waiting = [name for name, bug in self.bugs.items() if await bug_letters(bug)]
        for name in waiting:
            await mended(self.bugs[name])
        return waiting

    async def look(self) -> None:
        """Compare what is there with the ledger."""
        topics = list(load_topics(self.stack.config.topics).topics)
        operator = self.stack.kafka("operator")
        self.run.examined = await asyncio.to_thread(examine, operator, topics, self.ledger.commands)
        self.run.asked = dict(self.load.asked)
        hits = self.points.hits()
        self.run.hits = {name: sum(n for (one, _), n in hits.items() if one == name) for name, _ in sorted(hits)}
        self.run.restarts = sum(p["restarts"] for p in self.stack.processes())

    async def _tell(self, began: float, chaos: Chaos) -> None:
        while True:
            await asyncio.sleep(TOLD_EVERY_SECONDS)
            hits = sum(self.points.hits().values())
            now = ", ".join(f"{whom}: {kind}" for whom, kind in chaos.now.items())
            self.tell(
                f"{time.monotonic() - began:4.0f} s  commands {len(self.ledger.commands):5}  "
                f"answered {len(self.load.answered):5}  deaths {hits:3}  blows {chaos.done.total():3}  {now}"
            )

    async def close(self) -> None:
        """Leave nothing open."""
        await self.replicas.close()
        await self.edge.close()
        self.wire.close()
        self.ledger.close()


async def run_faults(seed: int, minutes: float, results: Path, tell: Tell) -> Run:
    """A whole run; what came of it."""
    run = Run(seed, minutes, results)
    with tempfile.TemporaryDirectory(prefix="spn-faults-") as folder:
        points = Failpoints(Path(folder))
        async with standing(results / "logs", points) as stack:
            faults = Faults(stack, points, run, tell)
            try:
                tell("everything stands; the faults begin")
                await faults.play()
                tell("the faults are over; waiting until nothing moves")
                await faults.come_to_rest()
            except NeverQuietError as error:
                run.wrong.append(str(error))
            finally:
                await faults.look()
                await faults.close()
    return run
