"""Deleting in time what participants wrote: whatever is over goes within an hour of business time."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final, Protocol

import asyncpg
import structlog

from enrolment import needs, reflections
from spn.clock import Clock
from spn.messaging.faults import is_transient

SWEEP_EVERY: Final = timedelta(hours=1)
LOOK_SECONDS: Final = 60.0

log = structlog.get_logger("sweeping")


class Runs(Protocol):
    """The part of a running service that the sweep uses."""

    @property
    def pool(self) -> asyncpg.Pool[asyncpg.Record]: ...

    @property
    def clock(self) -> Clock: ...


async def sweeping(service: Runs) -> None:
    """Sweep at the start and every hour of business time, until cancelled. Any replica may: it comes to the same."""
    last: datetime | None = None
    while True:
        now = service.clock.now()
        if last is None or abs(now - last) >= SWEEP_EVERY:
            try:
                async with service.pool.acquire(timeout=5) as connection:
                    await needs.sweep(connection, now)
                    await reflections.sweep(connection, now)
                last = now
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("not_swept", error=type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)
