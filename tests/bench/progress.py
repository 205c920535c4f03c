"""How far the services are: their own stored positions against what the scenario brings them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

import asyncpg

from spn_local.topics.table import load_topics
from tests.bench.scenario import ROOT, SERVICES

LOOK_SECONDS = 0.05
PATIENCE_SECONDS = 600.0
HANDLED = "SELECT coalesce(sum(next_offset), 0)::bigint FROM consumer_offsets"
UNSENT = "SELECT count(*) FROM outbox"


class TooSlowError(Exception):
    """A program did not finish in time; the text says who had done how much."""


def readings(messages: Mapping[str, int]) -> dict[str, int]:
    """By service: how many of these records it reads."""
    topics = load_topics(ROOT / "deploy" / "topics.yaml").topics
    return {s: sum(n for topic, n in messages.items() if s in topics[topic].readers) for s in SERVICES}


class Progress:
    """Reads how far four databases are, each on one connection."""

    def __init__(self, urls: Mapping[str, str], handled: str = HANDLED) -> None:
        self._urls = urls
        self._handled = handled
        self._connections: dict[str, asyncpg.Connection[asyncpg.Record]] = {}

    async def __aenter__(self) -> Self:
        for service, url in self._urls.items():
            self._connections[service] = await asyncpg.connect(url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for connection in self._connections.values():
            await connection.close()

    async def handled(self) -> dict[str, int]:
        """By service: how many records it has handled ever."""
        return {service: await c.fetchval(self._handled) for service, c in self._connections.items()}

    async def reached(
        self, wanted: Mapping[str, int], seconds: float = PATIENCE_SECONDS, look: Callable[[], None] = lambda: None
    ) -> float:
        """Wait until each service has handled so many; the real time at which that was seen.

        ``look`` may raise when there is no use in waiting on.
        :raises TooSlowError: it did not come so far.
        """
        deadline = time.monotonic() + seconds
        left = {s: n for s, n in wanted.items() if n}
        while True:
            for service in list(left):
                if await self._connections[service].fetchval(self._handled) >= left[service]:
                    del left[service]
            if not left:
                return time.time()
            look()
            if time.monotonic() > deadline:
                raise TooSlowError(f"after {seconds:g} s: {await self.handled()} of {dict(wanted)}")
            await asyncio.sleep(LOOK_SECONDS)

    async def all_sent(self) -> bool:
        """Whether every outbox is empty."""
        return not any([await c.fetchval(UNSENT) for c in self._connections.values()])
