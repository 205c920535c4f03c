"""The system that is tried: a stack of its own, two replicas of each service, made to notice soon."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from spn_local.config import SERVICE_NAMES, ServiceConfig
from spn_local.stack import Stack
from tests.faults.failing import Failpoints

SETTINGS = {
    # The least that the broker takes: eviction is part of the game.
    "KAFKA_SESSION_TIMEOUT_MS": "6000",
    "WATCHDOG_SECONDS": "20",
    # How long the mail is in doubt that a killed mailer was handing over is made of this.
    "SMTP_TIMEOUT_SECONDS": "2",
}


@asynccontextmanager
async def standing(logs: Path, points: Failpoints) -> AsyncIterator[Stack]:
    """Two replicas of every service, which can be made to die at failpoints; their logs are kept in the end."""
    services = [ServiceConfig(name, 2, environment=points.environment(name)) for name in SERVICE_NAMES]
    stack = Stack(services=services, environment=SETTINGS)
    try:
        await asyncio.to_thread(stack.start)
        yield stack
    finally:
        shutil.rmtree(logs, ignore_errors=True)
        if stack.paths.logs.exists():
            shutil.copytree(stack.paths.logs, logs)
        await asyncio.to_thread(stack.stop)
