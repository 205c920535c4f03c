"""What the group is told of a consumer's positions. The database holds the truth; this is for lag and for newcomers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from spn.messaging.places import Places

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer

COMMIT_SECONDS_MAX = 10.0

log = structlog.get_logger("consumer")


class Commits:
    """The offsets that one consumer commits to its group: each once, and only of what it is assigned."""

    def __init__(self, topic: str, places: Places) -> None:
        self._topic = topic
        self._places = places
        self._committed: dict[int, int] = {}
        self._wanted = asyncio.Event()
        self._is_owing = False

    def want(self) -> None:
        """Something was handled that the group does not know of."""
        self._wanted.set()

    def remind(self) -> None:
        """What the group did not take is told once more: there may be no next record to tell it with."""
        if self._is_owing:
            self._is_owing = False
            self.want()

    async def wanted(self) -> None:
        """Wait until something was."""
        await self._wanted.wait()
        self._wanted.clear()

    async def commit(self, consumer: AIOKafkaConsumer, partitions: Iterable[int]) -> None:
        """Tell the group what is handled of these partitions. What it does not take is told later."""
        assigned = set(partitions)
        news = {p: o for p, o in self._places.handled.items() if p in assigned and o > self._committed.get(p, -1)}
        if not news:
            return
        try:
            async with asyncio.timeout(COMMIT_SECONDS_MAX):
                await consumer.commit({TopicPartition(self._topic, p): o for p, o in news.items()})
            self._committed.update(news)
        except (CommitFailedError, IllegalStateError, KafkaError, TimeoutError) as error:
            self._is_owing = True
            log.info("commit_not_taken", topic=self._topic, error=type(error).__name__)
