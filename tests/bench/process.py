"""What the processes of the second and third program have in common: settings from the environment, and their end."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from spn_local.access import KafkaAccess
from tests.bench.following import POOL_ROWS, Follower
from tests.bench.recipe import Role

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Setting:
    """Where a process works, and as whom."""

    role: Role
    program: str
    prefix: str
    database_url: str
    access: KafkaAccess

    @property
    def group(self) -> str:
        """Its consumer group."""
        return f"{self.role.service}.{self.program}"

    @property
    def client(self) -> dict[str, Any]:
        """How a client of aiokafka signs in."""
        access = self.access
        return {
            "bootstrap_servers": access.bootstrap,
            "security_protocol": access.protocol,
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": access.username,
            "sasl_plain_password": access.password,
        }

    @contextlib.asynccontextmanager
    async def pool(self) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
        """Connections, with the limits that a session of a service has too."""
        settings = {"application_name": self.program, "jit": "off"}
        async with asyncpg.create_pool(self.database_url, min_size=2, max_size=10, server_settings=settings) as pool:
            yield pool

    async def follower(self, pool: asyncpg.Pool[asyncpg.Record]) -> Follower:
        """Its part of the recipe, with the rows that are there to be updated."""
        pools = {
            t.name: [r["id"] for r in await pool.fetch(f'SELECT id FROM "{t.name}" LIMIT {POOL_ROWS}')]
            for t in self.role.tables
            if t.updates
        }
        return Follower(self.role, self.prefix, pools)


def setting() -> Setting:
    """Read the environment."""
    given = os.environ
    return Setting(
        role=Role.load(Path(given["BENCH_ROLE"])),
        program=given["BENCH_PROGRAM"],
        prefix=given["BENCH_PREFIX"],
        database_url=given["DATABASE_URL"],
        access=KafkaAccess.from_environment(given),
    )


async def run_until_told(work: Coroutine[Any, Any, None]) -> None:
    """Work until SIGTERM. The kernel ends this process when the bench ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
