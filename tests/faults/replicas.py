"""The replicas of a stack as targets: one fault at a time for each, and what became of it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator

import asyncpg
import httpx

from spn_local.config import SERVICE_NAMES
from spn_local.control import ControlError
from spn_local.stack import Stack

# What a database that is away makes of a question; the question is asked again.
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
SLOTS = (0, 1)
EXTRA_SLOT = 2
ASK_SECONDS = 2.0


class Replicas:
    """Signals, starts and stops. A replica that is frozen or being restarted is left alone by other faults."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._busy: dict[tuple[str, int], asyncio.Lock] = {}
        self._client = httpx.AsyncClient(timeout=ASK_SECONDS, trust_env=False)

    @contextlib.asynccontextmanager
    async def alone(self, service: str, slot: int) -> AsyncIterator[None]:
        """Nobody else does anything to this replica."""
        async with self._busy.setdefault((service, slot), asyncio.Lock()):
            yield

    async def send(self, service: str, slot: int, which: signal.Signals) -> None:
        """Send a signal; a replica that ends of it is started again."""
        await asyncio.to_thread(self.stack.kill_service, service, slot, which)

    async def start(self, service: str, slot: int) -> bool:
        """Start it and wait until it is ready; whether it is."""
        try:
            await asyncio.to_thread(self.stack.start_service, service, slot)
        except ControlError:
            return False
        return True

    async def stop(self, service: str, slot: int, which: signal.Signals = signal.SIGTERM) -> None:
        """End it and leave it down."""
        with contextlib.suppress(ControlError):
            await asyncio.to_thread(self.stack.stop_service, service, slot, which)

    async def is_ready(self, service: str, slot: int) -> bool:
        """Whether it says so itself."""
        try:
            answer = await self._client.get(f"{self.stack.http_url(service, slot)}/ready")
        except (httpx.HTTPError, KeyError):
            return False
        return answer.status_code == 200

    async def leader(self, service: str) -> int | None:
        """The slot that publishes, as the database has it; None when nobody can be asked."""
        try:
            connection = await asyncpg.connect(self.stack.database_url(service), timeout=ASK_SECONDS)
        except AWAY:
            return None
        try:
            slot = await connection.fetchval("SELECT slot FROM relay_lead", timeout=ASK_SECONDS)
        except AWAY:
            return None
        finally:
            connection.terminate()
        return int(slot) if slot is not None else None

    async def close(self) -> None:
        """Wake who is frozen, whatever happened."""
        for service in SERVICE_NAMES:
            for slot in (*SLOTS, EXTRA_SLOT):
                with contextlib.suppress(ControlError):
                    await self.send(service, slot, signal.SIGCONT)
        await self._client.aclose()
