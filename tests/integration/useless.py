"""Ways of being alive and useless, made with their real causes on a real broker, and what the process does."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from confluent_kafka.admin import AdminClient

from spn.testing.waiting import eventually
from spn_local.stack import Stack
from tests.integration.processes import ToyProcess
from tests.integration.rights import Rights
from tests.integration.toys import Toy, new_toy

RED_SECONDS_MAX = 60.0
LOOK_SECONDS = 0.1
RESTART_SECONDS = 0.5


@dataclass
class Seen:
    """What was seen of one process, in seconds from the cause on."""

    red: float | None = None
    wrong: dict[str, str] = field(default_factory=dict)
    ended: float | None = None
    code: int | None = None
    works_again: bool = False


@dataclass
class Trial:
    """A toy, its rights, and the process that is to become useless."""

    service: Toy
    rights: Rights
    process: ToyProcess


Cause: TypeAlias = Callable[[Trial], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def fenced(trial: Trial) -> AsyncIterator[None]:
    """A second live process with the same group_instance_id, too stubborn to end by itself."""
    rival = trial.service.process("0", WATCHDOG_SECONDS="600", **trial.rights.environment())
    rival.start()
    await rival.ready()
    yield
    await rival.kill()


@asynccontextmanager
async def group_right_gone(trial: Trial) -> AsyncIterator[None]:
    """It may no longer be a member of its groups."""
    await trial.rights.take(trial.rights.group)
    yield
    trial.rights.give(trial.rights.group)


@asynccontextmanager
async def heart_dead(trial: Trial) -> AsyncIterator[None]:
    """The right to its groups was away for a moment: its heartbeat never comes back."""
    await trial.rights.take(trial.rights.group)
    await asyncio.sleep(3)  # some heartbeats
    trial.rights.give(trial.rights.group)
    yield


@asynccontextmanager
async def topic_right_gone(trial: Trial) -> AsyncIterator[None]:
    """It may no longer read one of its topics."""
    await trial.rights.take(trial.rights.read_notes)
    yield
    trial.rights.give(trial.rights.read_notes)


@asynccontextmanager
async def topic_gone(trial: Trial) -> AsyncIterator[None]:
    """One of its topics was deleted; later it is made anew."""
    stack, topic = trial.service.stack, trial.service.topic("notes")
    admin = AdminClient(stack.kafka("admin").client_config())
    for deleted in admin.delete_topics([topic]).values():
        deleted.result(20)
    yield
    await asyncio.to_thread(stack.create_topic, topic, 4)


@asynccontextmanager
async def loop_blocked(trial: Trial) -> AsyncIterator[None]:
    """Something in it never gives way."""
    trial.process.signal(signal.SIGUSR1)
    yield


CAUSES: Mapping[str, Cause] = {
    "fenced": fenced,
    "group right gone": group_right_gone,
    "heart dead": heart_dead,
    "topic right gone": topic_right_gone,
    "topic gone": topic_gone,
    "loop blocked": loop_blocked,
}


async def play(stack: Stack, folder: Path) -> dict[str, Seen]:
    """All causes at the same time, each on a toy of its own."""

    async def one(name: str, cause: Cause) -> Seen:
        place = folder / name.replace(" ", "-")
        place.mkdir()
        async with AsyncExitStack() as ends:
            trial = await begun(await ends.enter_async_context(new_toy(stack, place)))
            seen, restarting = await suffered(trial, cause)
            ends.push_async_callback(cancelled, restarting)
            await worked_again(trial, seen)
        return seen

    return dict(zip(CAUSES, await asyncio.gather(*(one(n, c) for n, c in CAUSES.items())), strict=True))


async def begun(service: Toy) -> Trial:
    """A toy with a user of its own, and a process that works."""
    rights = Rights(service)
    await asyncio.to_thread(rights.begin)
    process = service.process("0", TOY_FAULT="block-on-signal", **rights.environment())
    process.start()
    await process.ready(90)
    await service.add("before")
    await service.until_entries(1, "add", seconds=60)
    return Trial(service, rights, process)


async def suffered(trial: Trial, cause: Cause) -> tuple[Seen, asyncio.Task[None]]:
    """The cause happens, lasts until the process ends of it, and goes away; someone starts the process anew."""
    seen, began = Seen(), time.monotonic()
    async with cause(trial):
        while trial.process.process.poll() is None and time.monotonic() - began < 2 * RED_SECONDS_MAX:
            status, body = await trial.process.get("/live")
            if status != 200 and seen.red is None and trial.process.process.poll() is None:
                seen.red, seen.wrong = time.monotonic() - began, (body or {}).get("wrong", {})
            await asyncio.sleep(LOOK_SECONDS)
        seen.code = trial.process.process.poll()
        seen.ended = None if seen.code is None else time.monotonic() - began
        restarting = asyncio.create_task(keep_running(trial.process))
        await eventually(lambda: trial.process.process.poll() is None, "it is started anew")
    return seen, restarting


async def keep_running(process: ToyProcess) -> None:
    """What a supervisor does, until cancelled."""
    while True:
        if process.process.poll() is not None:
            await asyncio.sleep(RESTART_SECONDS)
            process.start()
        await asyncio.sleep(LOOK_SECONDS)


async def cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def worked_again(trial: Trial, seen: Seen) -> None:
    """The cause is gone: what is put now is handled, and told."""
    with contextlib.suppress(AssertionError):
        await trial.service.note("after")
        await trial.service.add("after")
        await trial.service.until_entries(2, "add", seconds=60)
        await trial.service.until_entries(1, "count_note", seconds=60)
        await trial.service.until_published()
        await eventually(healthy(trial.process), "it says that all is well", every=0.2)
        seen.works_again = True


def healthy(process: ToyProcess) -> Callable[[], Awaitable[bool]]:
    """Asks whether both probes are green."""

    async def both() -> bool:
        return [(await process.get(path))[0] for path in ("/live", "/ready")] == [200, 200]

    return both
