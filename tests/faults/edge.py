"""Commands over HTTP: sent again with the same Idempotency-Key until somebody takes them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

import httpx

from tests.faults.ledger import Ledger, command
from tests.faults.wire import Command

TRY_SECONDS = 8.0
PAUSE_SECONDS = 0.3
# Longer than the longest outage.
GIVE_UP_TRIES = 120
TAKEN = (200, 202, 409)


class Edge:
    """One client of enrolment's HTTP side, which asks the replicas in turn."""

    def __init__(self, urls: Sequence[str], token: str, ledger: Ledger) -> None:
        self._urls = urls
        self._ledger = ledger
        self._client = httpx.AsyncClient(
            headers={"authorization": f"Bearer {token}"}, timeout=TRY_SECONDS, trust_env=False
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self.status: Counter[str] = Counter()
        """What came back, by HTTP status; ``none``: nothing did."""

    def send(self, one: Command) -> None:
        """Send it in the background. Its own id is the Idempotency-Key; the edge gives the command another one."""
        task = asyncio.create_task(self._until_taken(one))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def waiting(self) -> int:
        """How many are not taken yet."""
        return len(self._tasks)

    async def _until_taken(self, one: Command) -> None:
        for number in range(GIVE_UP_TRIES):
            url = f"{self._urls[number % len(self._urls)]}/v1/commands/{one.type}"
            try:
                answer = await self._client.post(url, json=dict(one.data), headers={"idempotency-key": one.id})
            except httpx.HTTPError:
                self.status["none"] += 1
            else:
                self.status[str(answer.status_code)] += 1
                if answer.status_code in TAKEN:
                    id_ = str(answer.json()["href"]).rsplit("/", 1)[-1]
                    self._ledger.taken([command(id_, one.type, one.key)], one.topic, None, None)
                    return
            await asyncio.sleep(PAUSE_SECONDS)

    async def close(self) -> None:
        """Leave what is still on its way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()
