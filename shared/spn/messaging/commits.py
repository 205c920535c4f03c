"""What the group is told of a consumer's positions. The database holds the truth; this is for lag and for newcomers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from spn.messaging.places import Places

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer

COMMIT_SECONDS_MAX = 10.0
TOLD_AGAIN_SECONDS = 10.0
"""So often all is told, known or not: a commit that the client sends anew after the group has assigned anew is taken,
and sets back what the next owner told of the partition meanwhile."""

log = structlog.get_logger("consumer")


class Commits:
    """The offsets that one consumer commits to its group, when there are new ones and again after a while.

    Only of what it is assigned and has placed since: what it remembers of a partition that it had before may be older
    than what the owner in between told. While the group assigns anew there is one moment for it, before anything is
    given away: later on the client would tell it as a member of the new assignment, of which it knows nothing yet.
    """

    def __init__(self, topic: str, places: Places) -> None:
        self._topic = topic
        self._places = places
        self._committed: dict[int, int] = {}
        self._wanted = asyncio.Event()
        self._is_owing = False
        self._told_all = time.monotonic()

    def want(self) -> None:
        """Something was handled that the group does not know of."""
        self._wanted.set()

    def owe(self) -> None:
        """It cannot be told now: with the next reminder."""
        self._is_owing = True

    def remind(self) -> None:
        """What the group did not take, or may have lost, is told once more: no next record may come to do it with."""
        if time.monotonic() - self._told_all > TOLD_AGAIN_SECONDS:
            self._told_all = time.monotonic()
            self._committed.clear()
            self.want()
        elif self._is_owing:
            self.want()
        self._is_owing = False

    async def wanted(self) -> None:
        """Wait until something was."""
        await self._wanted.wait()
        self._wanted.clear()

    async def commit(self, consumer: AIOKafkaConsumer, partitions: Iterable[int]) -> None:
        """Tell the group what is handled of these partitions. What it does not take is told later."""
        handled = {p: self._places.handled[p] for p in partitions if p in self._places}
        news = {p: offset for p, offset in handled.items() if offset > self._committed.get(p, -1)}
        if not news:
            return
        try:
            async with asyncio.timeout(COMMIT_SECONDS_MAX):
                await consumer.commit({TopicPartition(self._topic, p): o for p, o in news.items()})
            self._committed.update(news)
        except (CommitFailedError, IllegalStateError, KafkaError, TimeoutError) as error:
            self.owe()
            log.info("commit_not_taken", topic=self._topic, error=type(error).__name__)
