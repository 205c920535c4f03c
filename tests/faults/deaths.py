"""Deaths at failpoints: arm one in a service, bring about what leads there, see somebody die, wait until it is back."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

from spn.messaging import failpoints
from spn.testing.waiting import eventually
from spn_local.config import SERVICE_NAMES
from tests.faults import poison
from tests.faults.chaos import LOOK_SECONDS, Chaos, patiently
from tests.faults.failing import Failpoints, order_of
from tests.faults.replicas import SLOTS
from tests.faults.seeds import seeded
from tests.faults.stumbling import SHARES, Stumbling
from tests.faults.wire import Wire

DIE_SECONDS = 40.0
# How long the way to a failpoint may take before it is tried anew. A group misses a member that ended, and does not
# come back, after its session time-out (6 s).
LEAD_UP_SECONDS = {failpoints.REBALANCE: 9.0, failpoints.DEAD_LETTER: 2.0, failpoints.REPLAY: 3.0}
STUMBLE_SECONDS = 8.0
BACK_SECONDS = 12.0


@dataclass
class Deaths:
    """One stream a service, in the order that the seed gives."""

    chaos: Chaos
    points: Failpoints
    stumblings: dict[str, Stumbling]
    wire: Wire
    missed: Counter[str] = field(default_factory=Counter)
    """Armed, and nobody came there in time."""

    async def run(self) -> None:
        """All streams, until the time is up."""
        async with asyncio.TaskGroup() as streams:
            for service in SERVICE_NAMES:
                streams.create_task(self._stream(service))

    async def _stream(self, service: str) -> None:
        rng = seeded("deaths", self.chaos.seed, service)
        lead_up: dict[str, Callable[[str, Random], Awaitable[None]]] = {
            failpoints.DEAD_LETTER: self._poison,
            failpoints.REBALANCE: self.chaos.scale,
            failpoints.REPLAY: self._replay,
        }
        for name in order_of(self.chaos.seed, service):
            if self.chaos.is_over():
                return
            self.points.arm(service, name)
            await self._until_hit(service, name, lead_up.get(name, self._nothing), rng)
            await self._until_back(service)

    async def _until_hit(
        self, service: str, name: str, lead_up: Callable[[str, Random], Awaitable[None]], rng: Random
    ) -> None:
        until, again = time.monotonic() + DIE_SECONDS, 0.0
        while self.points.is_armed(service, name):
            now = time.monotonic()
            if now > until:
                self.points.disarm(service, name)
                self.missed[name] += 1
                return
            if now > again:
                await lead_up(service, rng)
                again = time.monotonic() + LEAD_UP_SECONDS.get(name, DIE_SECONDS)
            await asyncio.sleep(LOOK_SECONDS)

    async def _nothing(self, service: str, rng: Random) -> None:
        """The load leads there by itself."""

    async def _poison(self, service: str, rng: Random) -> None:
        self.wire.put(poison.deadly(rng, service))

    async def _replay(self, service: str, rng: Random) -> None:
        """A bug for a moment, and then who asks for what failed because of it."""
        bug, share = self.stumblings[service], rng.randrange(SHARES)
        if not await bug_letters(bug):
            await patiently(lambda: bug.begin(share), STUMBLE_SECONDS)
            with contextlib.suppress(AssertionError):
                await eventually(lambda: bug_letters(bug), "something fails", seconds=STUMBLE_SECONDS)
        await mended(bug)

    async def _until_back(self, service: str) -> None:
        """Not for ever: some blow may have come between."""
        until = time.monotonic() + BACK_SECONDS
        while time.monotonic() < until:
            if all([await self.chaos.replicas.is_ready(service, slot) for slot in SLOTS]):
                return
            await asyncio.sleep(LOOK_SECONDS)


async def bug_letters(bug: Stumbling) -> bool:
    """Whether something failed because of it; no, while the database is away."""
    found: list[int] = []

    async def look() -> None:
        found.extend(await bug.letters())

    await patiently(look, LOOK_SECONDS)
    return bool(found)


async def mended(bug: Stumbling) -> None:
    """The bug is gone, and everything that failed because of it is asked for."""

    async def mend() -> None:
        await bug.end()
        await bug.ask_again()

    await patiently(mend, STUMBLE_SECONDS)
