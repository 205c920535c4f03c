"""Alive or only running? A consumer can be fenced, lose a right or a topic, or stand still, with its process alive.

Each sign was seen on a real broker; no single one catches all. A sign counts when it has lasted longer than the
patience while the broker answered, so that the watch stays quiet during an outage and while a broker comes back.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from aiokafka import TopicPartition

from spn.messaging.subscription import Subscription

LOOK_SECONDS = 2.0
STILL_SECONDS_MAX = 10.0
"""A consumer that has nothing to do asks twice a second."""
BATCH_SECONDS_MAX = 300.0
"""Longer than a batch is tried again, and than the group waits for one: it hangs."""
MEMBERSHIPS_MAX = 3
"""New memberships within twice the patience, at most. Two processes with one name take theirs from each other."""


@dataclass(slots=True)
class _Seen:
    """What the watch remembers of one consumer."""

    since: float | None = None
    member: str = ""
    joined: deque[float] = field(default_factory=lambda: deque(maxlen=MEMBERSHIPS_MAX + 1))


class Watchdog:
    """Watches the consumers of one process, once they were started."""

    def __init__(
        self, answers: Callable[[], Awaitable[bool]], subscriptions: Sequence[Subscription], patience_seconds: float
    ) -> None:
        self._answers = answers
        self.patience_seconds = patience_seconds
        self._subscriptions = subscriptions
        self._seen = {s.topic: _Seen() for s in subscriptions}
        self.broker_up = False
        self.started = False
        self.trouble: dict[str, str] = {}

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(min(LOOK_SECONDS, self.patience_seconds / 2))

    async def look(self) -> None:
        """One look at broker and consumers."""
        self.broker_up = await self._answers()
        now = time.monotonic()
        for subscription in self._subscriptions if self.started else ():
            seen = self._seen[subscription.topic]
            if not self.broker_up:
                seen.joined.clear()
            sign = self.sign_of(subscription) if self.broker_up else None
            if sign is None:
                seen.since = None
            elif seen.since is None:
                seen.since = now
            lasts = seen.since is not None and now - seen.since > self.patience_seconds
            if sign is not None and lasts:
                self.trouble[subscription.topic] = sign
            elif self._is_fenced(subscription, seen, now):
                self.trouble[subscription.topic] = "another live process has the name of this replica"
            else:
                self.trouble.pop(subscription.topic, None)

    def _is_fenced(self, subscription: Subscription, seen: _Seen, now: float) -> bool:
        """Whether its membership was taken from it again and again. Between two times it looks well."""
        # A client that is still connecting has no coordinator.
        coordinator = getattr(subscription.consumer, "_coordinator", None)
        member = coordinator.member_id if coordinator else ""
        if member and member != seen.member:
            seen.member = member
            seen.joined.append(now)
        return len(seen.joined) > MEMBERSHIPS_MAX and now - seen.joined[0] < 2 * self.patience_seconds

    def sign_of(self, subscription: Subscription) -> str | None:  # noqa: PLR0911 - one return a sign
        """What looks wrong with this consumer right now."""
        consumer = subscription.consumer
        if consumer is None:
            return None if subscription.stopping else "it has no client"
        if not subscription.reads:
            return "nobody reads it any more"
        for what in ("heartbeat", "coordination"):
            task = getattr(consumer._coordinator, f"_{what}_task", None)
            if task is not None and task.done():
                return f"its {what} has ended"
        assigned = subscription.partitions
        if not assigned:
            return None if subscription.spare else "no partition is assigned to it"
        if subscription.busy_since is not None:
            hangs = time.monotonic() - subscription.busy_since > BATCH_SECONDS_MAX
            return "its batch does not end" if hangs else None
        still = min(STILL_SECONDS_MAX, self.patience_seconds)
        stamps = [consumer.last_poll_timestamp(TopicPartition(subscription.topic, p)) for p in assigned]
        polled = max((s for s in stamps if s), default=None)
        if polled is not None and time.time() - polled / 1000 > still:
            return "it polls no longer"
        # Not the client's own measure: after one error while it is asked, that stays at zero for ever.
        if not subscription.is_reassigning and time.monotonic() - subscription.turned_at > still:
            return "its fetcher stands still"
        return None
