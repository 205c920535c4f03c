"""One run: a stack, a load, faults until the time is up, quiet, and then a look at what came of it."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from spn.messaging import failpoints
from spn_audit import Audit, Sources, audit
from spn_audit import Ledger as AuditLedger
from spn_demo.quiet import NeverQuietError, Stillness
from spn_local.config import SERVICE_NAMES
from spn_local.issuer import HOURS_MAX
from spn_local.stack import Stack
from spn_local.topics.table import load_topics
from tests.faults.chaos import Chaos
from tests.faults.deaths import Deaths, bug_letters, mended
from tests.faults.edge import Edge
from tests.faults.examine import Examined, examine
from tests.faults.failing import Failpoints
from tests.faults.ledger import Ledger
from tests.faults.ledger import mended as mended_line
from tests.faults.load import Load
from tests.faults.plan import PER_SECOND, plan_of
from tests.faults.replicas import SLOTS, Replicas
from tests.faults.standing import standing
from tests.faults.stumbling import Stumbling
from tests.faults.wire import Wire

TOLD_EVERY_SECONDS = 5.0
ACKNOWLEDGED_SECONDS = 120.0
QUIET_SECONDS = 240.0
AUDIT_SECONDS = 60.0
LOOK_SECONDS = 1.0
# A machine that is busy with much else gets this much more time for the deaths it owes.
LONGER_SECONDS_MAX = 240.0

Tell = Callable[[str], None]


@dataclass
class Run:
    """What is known of a run when it is over."""

    seed: int
    minutes: float
    hits_needed: int
    seconds: float = 0.0
    quiet_seconds: float = 0.0
    restarts: int = 0
    still_moving: str = ""
    examined: Examined | None = None
    audit: Audit | None = None
    hits: dict[tuple[str, str], int] = field(default_factory=dict)

    def hits_of(self, name: str) -> int:
        """How many processes died at this failpoint."""
        return sum(count for (one, _), count in self.hits.items() if one == name)


class Faults:
    """A run and its parts."""

    def __init__(self, stack: Stack, points: Failpoints, run: Run, results: Path, tell: Tell) -> None:
        self.stack, self.points, self.run, self.tell = stack, points, run, tell
        self.topics = list(load_topics(stack.config.topics).topics)
        self.ledger = Ledger(results / "ledger.jsonl")
        self.wire = Wire(stack, self.ledger)
        token = stack.token("platform", hours=HOURS_MAX)
        self.edge = Edge([stack.http_url("enrolment", slot) for slot in SLOTS], token, self.ledger)
        self.load = Load(self.wire, self.edge)
        self.replicas = Replicas(stack)
        self.bugs = {name: Stumbling(name, stack.database_url(name)) for name in SERVICE_NAMES}
        self.began = time.monotonic()
        self.chaos = Chaos(self.replicas, run.seed, self._is_over)
        self.deaths = Deaths(self.chaos, points, self.bugs, self.wire)

    def _is_over(self) -> bool:
        """The time is up, and each failpoint had its deaths or more time than that."""
        seconds, past = self.run.minutes * 60, time.monotonic() - self.began
        hits = self.points.hits()
        owed = any(sum(hits[name, s] for s in SERVICE_NAMES) < self.run.hits_needed for name in failpoints.ALL)
        return past > (seconds + LONGER_SECONDS_MAX if owed else seconds)

    async def play(self, per_second: float = PER_SECOND) -> None:
        """Load and faults until the time is up; then everything stands again."""
        for bug in self.bugs.values():
            await bug.set_up()
        self.began, over = time.monotonic(), asyncio.Event()
        steps = plan_of(self.run.seed, self.run.minutes * 60 + LONGER_SECONDS_MAX, per_second)
        async with asyncio.TaskGroup() as streams:
            teller = streams.create_task(self._tell())
            playing = streams.create_task(self.load.play(steps, over))
            await asyncio.gather(self.chaos.run(), self.deaths.run())
            over.set()
            await playing
            teller.cancel()
        self.run.seconds = time.monotonic() - self.began
        self.run.hits = dict(self.points.hits())
        await self.chaos.mend()

    async def come_to_rest(self) -> None:
        """Wait until nothing moves: all acknowledged, all bugs mended, nothing on its way.

        :raises NeverQuietError: it does not; it says what still moves.
        """
        began = time.monotonic()
        await self.load.finish(ACKNOWLEDGED_SECONDS)
        urls = {name: self.stack.http_url(name) for name in SERVICE_NAMES}
        with Stillness(urls, self.stack.kafka("admin"), self.topics) as stillness:
            while True:
                await asyncio.to_thread(stillness.wait, QUIET_SECONDS)
                if not await self._ask_again():
                    break
                if time.monotonic() - began > QUIET_SECONDS:
                    raise NeverQuietError("letters that were asked for again keep failing")
                await asyncio.sleep(LOOK_SECONDS)
        self.load.listen()
        self.run.quiet_seconds = time.monotonic() - began

    async def _ask_again(self) -> list[str]:
        """The services where something that failed because of a bug still waits; it is asked for."""
        waiting = [name for name, bug in self.bugs.items() if await bug_letters(bug)]
        for name in waiting:
            await mended(self.bugs[name])
        return waiting

    async def look(self) -> None:
        """Compare what is there with the ledger, by our own eyes and by the auditor's."""
        if self.wire.replaced:
            self.tell(f"{self.wire.replaced} clients of ours stood still after an outage and were replaced.")
        for name, bug in self.bugs.items():
            for topic, partition, offset in await bug.mended_letters():
                self.ledger.taken([mended_line(name, "a bug that went away")], topic, partition, offset)
        commands, operator = self.ledger.commands, self.stack.kafka("operator")
        self.run.examined = await asyncio.to_thread(examine, operator, self.topics, commands)
        self.run.restarts = sum(p["restarts"] for p in await asyncio.to_thread(self.stack.processes))
        sources = Sources.of_stack(self.stack.addresses, mails=self.stack.mail_dir)
        self.run.audit = await audit(sources, AuditLedger.read(self.ledger.file), AUDIT_SECONDS)

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(TOLD_EVERY_SECONDS)
            now = ", ".join(f"{whom}: {kind}" for whom, kind in self.chaos.now.items())
            self.tell(
                f"{time.monotonic() - self.began:4.0f} s  {len(self.ledger.commands):5} commands, "
                f"{len(self.load.answered):5} answered  {self.points.hits().total():3} deaths, "
                f"{self.chaos.done.total():3} blows  {now}"
            )

    async def close(self) -> None:
        """Leave nothing open."""
        await self.replicas.close()
        await self.edge.close()
        self.wire.close()
        self.ledger.close()


async def run_faults(seed: int, minutes: float, hits_needed: int, results: Path, tell: Tell) -> tuple[Run, Faults]:
    """A whole run; what came of it, and its parts."""
    run = Run(seed, minutes, hits_needed)
    with tempfile.TemporaryDirectory(prefix="spn-faults-") as folder:
        points = Failpoints(Path(folder))
        async with standing(results / "logs", points) as stack:
            faults = Faults(stack, points, run, results, tell)
            try:
                tell("Everything stands; the faults begin.")
                await faults.play()
                tell("The faults are over; waiting until nothing moves.")
                await faults.come_to_rest()
                tell(f"Nothing moves after {run.quiet_seconds:.0f} s; looking at what came of it.")
            except (NeverQuietError, TimeoutError) as error:
                run.still_moving = str(error) or "the broker or the edge did not acknowledge all that was sent"
                tell(run.still_moving)
            finally:
                await faults.look()
                await faults.close()
    return run, faults
