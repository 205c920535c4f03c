"""Alive or only running? A consumer can be fenced, lose a right or a topic, or stand still, with its process alive.

Each sign was seen on a real broker; no single one catches all. A sign counts when it has lasted longer than its
patience while the broker could be reached, so that the watch stays quiet during an outage.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from aiokafka import TopicPartition

from spn.messaging.subscription import Subscription

LOOK_SECONDS = 2.0
BATCH_SECONDS_MAX = 300.0
"""Longer than a batch is tried again, and than the group waits for one: it hangs."""


class Watchdog:
    """Watches the consumers of one process."""

    def __init__(
        self, bootstrap: Sequence[str], subscriptions: Sequence[Subscription], patience_seconds: float
    ) -> None:
        self._bootstrap = bootstrap
        self.patience_seconds = patience_seconds
        self._subscriptions = subscriptions
        self._since: dict[str, float] = {}
        self.broker_up = False
        self.trouble: dict[str, str] = {}

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(min(LOOK_SECONDS, self.patience_seconds / 2))

    async def look(self) -> None:
        """One look at broker and consumers."""
        self.broker_up = await reachable(self._bootstrap)
        now = time.monotonic()
        for subscription in self._subscriptions:
            sign = self.sign_of(subscription) if self.broker_up else None
            if sign is None:
                self._since.pop(subscription.topic, None)
                self.trouble.pop(subscription.topic, None)
                continue
            since = self._since.setdefault(subscription.topic, now)
            if now - since > self.patience_seconds:
                self.trouble[subscription.topic] = sign

    def sign_of(self, subscription: Subscription) -> str | None:  # noqa: PLR0911 - one return a sign
        """What looks wrong with this consumer right now."""
        consumer = subscription.consumer
        if consumer is None:
            return None if subscription.stopping else "it has no client"
        assigned = subscription.partitions
        if not assigned:
            return "no partition is assigned to it"
        if not subscription.reads:
            return "nobody reads it any more"  # cut off while it waited for records, its idle time stays at zero
        if subscription.busy_since is not None:
            hangs = time.monotonic() - subscription.busy_since > BATCH_SECONDS_MAX
            return "its batch does not end" if hangs else None
        stamps = [consumer.last_poll_timestamp(TopicPartition(subscription.topic, p)) for p in assigned]
        polled = max((s for s in stamps if s), default=None)
        if polled is not None and time.time() - polled / 1000 > self.patience_seconds:
            return "it polls no longer"
        if consumer._subscription.fetcher_idle_time > self.patience_seconds:
            return "its fetcher stands still"
        heartbeat = getattr(consumer._coordinator, "_heartbeat_task", None)
        if heartbeat is not None and heartbeat.done():
            return "its heartbeat has ended"
        return None


async def reachable(bootstrap: Sequence[str]) -> bool:
    """Whether a connection to one of the brokers can be opened."""
    for server in bootstrap:
        host, _, port = server.rpartition(":")
        try:
            async with asyncio.timeout(2):
                _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
            writer.close()
        except (OSError, TimeoutError, ValueError):
            continue
        return True
    return False
