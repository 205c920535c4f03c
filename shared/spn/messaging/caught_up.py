"""Whether the whole service, all replicas together, has handled what was on a topic at some moment."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from spn.messaging import offsets
from spn.messaging.policies import Connection
from spn.messaging.subscription import Subscription


async def ends_of(subscription: Subscription) -> dict[int, int]:
    """The end of each partition of a topic now, those of other replicas too. Empty while there is no client."""
    consumer = subscription.consumer
    places = [TopicPartition(subscription.topic, p) for p in range(subscription.partition_count() or 0)]
    if consumer is None or consumer._fetcher is None or not places:  # not started: it cannot be asked for ends yet
        return {}
    async with asyncio.timeout(5):
        return {place.partition: end for place, end in (await consumer.end_offsets(places)).items()}


async def is_handled(connection: Connection, topic: str, ends: Mapping[int, int]) -> bool:
    """Whether everything before these ends is handled, by whichever replica."""
    handled = await offsets.load(connection, topic, list(ends))
    return all(handled.get(partition, 0) >= end for partition, end in ends.items())


class CaughtUp:
    """Whether what a topic held when this was first asked is handled. Once it is, it stays so."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription
        self._ends: dict[int, int] = {}
        self._done = False

    async def __call__(self, connection: Connection) -> bool:
        """Ask; cheap once it is true."""
        if not self._done:
            with contextlib.suppress(KafkaError, OSError, TimeoutError):  # not known now: asked again
                self._ends = self._ends or await ends_of(self._subscription)
            self._done = bool(self._ends) and await is_handled(connection, self._subscription.topic, self._ends)
        return self._done
