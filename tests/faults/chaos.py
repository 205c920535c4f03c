"""Faults all the time: in every service a replica that dies at a failpoint and another blow, and outages under all."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from spn_local.config import SERVICE_NAMES
from spn_local.control import ControlError
from tests.faults.replicas import AWAY, EXTRA_SLOT, SLOTS, Replicas
from tests.faults.seeds import seeded

# Longer than the session time-out (6 s), after which the group goes on without the frozen one, and than the
# heartbeat of a leader may be old (5 s).
FREEZE_SECONDS = (8.0, 10.0)
BETWEEN_BLOWS_SECONDS = (5.0, 12.0)
BETWEEN_OUTAGES_SECONDS = (25.0, 40.0)
LOOK_SECONDS = 0.5

BLOWS = ("kill", "kill", "kill both", "freeze", "freeze leader", "restart", "scale")
OUTAGES = ("broker restart", "broker kill", "database restart", "database kill")


@dataclass
class Chaos:
    """Blows and outages, drawn from the seed; counted when they are done."""

    replicas: Replicas
    seed: int
    is_over: Callable[[], bool]
    """Whether nothing new begins any more."""
    done: Counter[str] = field(default_factory=Counter)
    now: dict[str, str] = field(default_factory=dict)
    """What is being done, by whom it is done to."""
    takeovers: int = 0

    async def run(self) -> None:
        """All streams, until the time is up and what was begun is done."""
        async with asyncio.TaskGroup() as streams:
            for service in SERVICE_NAMES:
                streams.create_task(self._blows(service))
            streams.create_task(self._outages())

    async def _blows(self, service: str) -> None:
        rng = seeded("blows", self.seed, service)
        one: dict[str, Callable[[str, Random], Awaitable[None]]] = {
            "kill": self._kill,
            "kill both": self._kill_both,
            "freeze": self._freeze,
            "freeze leader": self._freeze_leader,
            "restart": self._restart,
            "scale": self.scale,
        }
        for kind in _shuffled(rng, BLOWS):
            if not await self._pause(rng, BETWEEN_BLOWS_SECONDS):
                return
            await self._do(service, kind, one[kind](service, rng))

    async def _outages(self) -> None:
        rng = seeded("outages", self.seed)
        stack = self.replicas.stack
        one: dict[str, Callable[[], None]] = {
            "broker restart": stack.restart_kafka,
            "broker kill": lambda: stack.restart_kafka(kill=True),
            "database restart": stack.restart_postgres,
            "database kill": lambda: stack.restart_postgres(kill=True),
        }
        for kind in _shuffled(rng, OUTAGES):
            if not await self._pause(rng, BETWEEN_OUTAGES_SECONDS):
                return
            await self._do("all", kind, asyncio.to_thread(one[kind]))

    async def _do(self, whom: str, kind: str, work: Awaitable[None]) -> None:
        self.now[whom] = kind
        try:
            await work
        except ControlError:
            # It could not be started in time under all this; the supervisor goes on trying.
            self.done["unfinished"] += 1
        finally:
            del self.now[whom]
        self.done[kind] += 1

    async def _pause(self, rng: Random, seconds: tuple[float, float]) -> bool:
        """Wait for a while; whether there is still time."""
        until = time.monotonic() + rng.uniform(*seconds)
        while time.monotonic() < until and not self.is_over():  # noqa: ASYNC110 - time is no event
            await asyncio.sleep(LOOK_SECONDS)
        return not self.is_over()

    async def _kill(self, service: str, rng: Random) -> None:
        slot = rng.choice(SLOTS)
        async with self.replicas.alone(service, slot):
            await self.replicas.send(service, slot, signal.SIGKILL)

    async def _kill_both(self, service: str, _: Random) -> None:
        for slot in SLOTS:
            await self.replicas.send(service, slot, signal.SIGKILL)

    async def _freeze(self, service: str, rng: Random) -> None:
        await self._freeze_slot(service, rng.choice(SLOTS), rng.uniform(*FREEZE_SECONDS))

    async def _freeze_leader(self, service: str, rng: Random) -> None:
        seconds, slot = rng.uniform(*FREEZE_SECONDS), await self.replicas.leader(service)
        if slot is None:
            return
        await self._freeze_slot(service, slot, seconds)
        self.takeovers += await self.replicas.leader(service) not in (slot, None)

    async def _freeze_slot(self, service: str, slot: int, seconds: float) -> None:
        async with self.replicas.alone(service, slot):
            await self.replicas.send(service, slot, signal.SIGSTOP)
            try:
                await asyncio.sleep(seconds)
            finally:
                await self.replicas.send(service, slot, signal.SIGCONT)

    async def _restart(self, service: str, _: Random) -> None:
        """One after the other, as an upgrade does."""
        for slot in SLOTS:
            async with self.replicas.alone(service, slot):
                await self.replicas.stop(service, slot)
                await self.replicas.start(service, slot)

    async def scale(self, service: str, _: Random | None = None) -> None:
        """A third replica joins or, where it is up, ends: either way the group shares its partitions out anew."""
        async with self.replicas.alone(service, EXTRA_SLOT):
            name = f"{service}-{EXTRA_SLOT}"
            up = [p for p in await asyncio.to_thread(self.replicas.stack.processes) if p["name"] == name]
            if up and up[0]["wanted"]:
                await self.replicas.stop(service, EXTRA_SLOT)
            else:
                await self.replicas.start(service, EXTRA_SLOT)

    async def mend(self) -> None:
        """Everything up again, and nobody too many."""
        for service in SERVICE_NAMES:
            await self.replicas.stop(service, EXTRA_SLOT)
            for slot in SLOTS:
                await self.replicas.start(service, slot)


def _shuffled(rng: Random, kinds: Sequence[str]) -> Sequence[str]:
    """Far more than a run needs, in rounds that each have all of them."""
    rounds = [list(kinds) for _ in range(1_000)]
    for one in rounds:
        rng.shuffle(one)
    return [kind for one in rounds for kind in one]


async def patiently(work: Callable[[], Awaitable[None]], seconds: float) -> bool:
    """Do it as often as it takes while the database may be away; whether it was done."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(*AWAY):
            await work()
            return True
        await asyncio.sleep(LOOK_SECONDS)
    return False
