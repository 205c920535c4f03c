"""What a service process does again and again, each loop by itself: relay, deadlines, lanes, purge, pulse."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

import asyncpg
import structlog

from spn.messaging import dead_letters, firing, inbox
from spn.messaging.faults import is_transient
from spn.messaging.lanes import Lane
from spn.service import Service, StoppedByItselfError
from spn.settings import ServiceSettings

DEADLINE_SECONDS = 0.2
LANE_SECONDS = 0.2
PURGE_SECONDS = 600.0
RED_SECONDS = 2
"""How long /live says what is wrong before the process ends of it."""

log = structlog.get_logger("loops")


def loops_of(service: Service) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
    """Every loop of the process, by name."""
    loops: list[tuple[str, Callable[[], Awaitable[None]]]] = [
        ("relay", service.relay.run),
        ("watchdog", service.watchdog.run),
        ("pulse", lambda: _pulse(service)),
        ("deadlines", lambda: _fire(service)),
        ("purge", lambda: _purge(service)),
    ]
    for subscription in service.subscriptions:
        loops += [
            (f"tick {subscription.topic}", subscription.tick),
            (f"commit {subscription.topic}", subscription.commit_forever),
        ]
    for lane in service.parts.lanes:
        loops.append((f"lane {lane.name}", lambda lane=lane: run_lane(service, lane)))  # type: ignore[misc]
    for task in service.parts.tasks:
        loops.append((f"task {task.__name__}", lambda task=task: task(service)))  # type: ignore[misc]
    return loops


async def kept(service: Service, loop: Callable[[], Awaitable[None]]) -> None:
    """A loop that ends by itself or fails ends the process: half a service is worse than none."""
    try:
        await loop()
        service.end(StoppedByItselfError("a loop that has no end ended"))
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        service.end(StoppedByItselfError("something that a loop waited for was cancelled"))
    except Exception as error:  # noqa: BLE001 - whatever it is ends the process, loudly
        service.end(error)


async def _pulse(service: Service) -> None:
    """Proof that the loop turns; and the end of a process whose consumers are beyond help."""
    red = 0
    while True:
        service.beat = time.monotonic()
        for subscription in service.subscriptions:
            if subscription.fatal.done():
                subscription.fatal.result()
        red = red + 1 if service.watchdog.trouble else 0
        if red > RED_SECONDS:
            raise StoppedByItselfError(str(service.watchdog.trouble))
        await asyncio.sleep(1)


async def _fire(service: Service) -> None:
    """The leader turns due deadlines into decisions and commands."""
    gates = service.parts.gates(service) if service.parts.gates else {}
    while True:
        more = False
        if service.relay.state.leads:
            with _weathering("deadlines that become commands"):
                more = await firing.fire_commands(service.pipeline, gates)
            with _weathering("deadlines that are decided"):
                more = await firing.fire_decisions(service.pipeline) or more
                await firing.replay(service.pipeline)
        if not more:
            await asyncio.sleep(DEADLINE_SECONDS)


async def run_lane(service: Service, lane: Lane) -> None:
    """Work after each batch of this replica; and now and then, for what another one or the time brought."""
    bell = asyncio.Event()
    service.pipeline.bells.append(bell)
    while True:
        bell.clear()
        more = False
        if service.relay.state.leads or not lane.alone:
            with _weathering(f"lane {lane.name}"):
                more = await lane.work(service)
        if not more:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), LANE_SECONDS)


async def _purge(service: Service) -> None:
    while True:
        with _weathering("purge"):
            await purge(service.pool, service.settings)
        await asyncio.sleep(PURGE_SECONDS)


async def purge(pool: asyncpg.Pool[asyncpg.Record], settings: ServiceSettings) -> None:
    """Forget old marks of the inbox, HTTP commands and dead letters past their term. Never the outbox.

    A command without an answer after a year gets none: whatever it waited behind was forgotten long before.
    """
    async with pool.acquire() as connection:
        while await inbox.purge(connection, timedelta(days=settings.inbox_days)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        await connection.execute(
            "DELETE FROM http_commands WHERE created_at < now() - interval '30 days' "
            "AND (answer IS NOT NULL OR created_at < now() - interval '1 year')"
        )
        await dead_letters.purge(connection)


@contextlib.contextmanager
def _weathering(what: str) -> Iterator[None]:
    """What goes wrong in a turn is logged and tried again at the next one; a bug with where it came from."""
    try:
        yield
    except Exception as error:
        if not is_transient(error):
            log.exception("loop_failed", what=what, error=type(error).__name__)
            return
        log.warning("loop_interrupted", what=what, error=type(error).__name__)
