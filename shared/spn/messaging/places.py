"""Where a consumer is on each of its partitions: the database decides, the client follows."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import asyncpg
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError

from spn.messaging import offsets
from spn.messaging.envelope import Record
from spn.messaging.faults import TransientError

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer

ASK_SECONDS_MAX = 10.0


class Places:
    """The positions of one consumer. A partition is placed once its stored position was compared with the log."""

    def __init__(self, topic: str, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._topic = topic
        self._pool = pool
        self._placed: set[int] = set()
        self._lost: set[int] = set()
        self._doubtful: set[int] = set()
        """Sought while a batch could be waiting that was read before: it may lie beyond what was lost."""
        self.handled: dict[int, int] = {}
        """The next offset of each partition."""

    def __contains__(self, partition: int) -> bool:
        return partition in self._placed

    def forget(self) -> None:
        """The group assigned anew: the client is wherever the group last committed."""
        self._placed.clear()

    def lose(self, partitions: Iterable[int]) -> None:
        """The client is not where it should be: look the position up again and go there."""
        lost = set(partitions)
        self._placed -= lost
        self._lost |= lost

    def advance(self, records: Iterable[Record]) -> None:
        """These are handled."""
        for record in records:
            self.handled[record.partition] = record.offset + 1

    async def place(self, consumer: AIOKafkaConsumer, partitions: Sequence[int], *, at_hand: bool) -> set[int]:
        """Go to the stored position of each partition that is not placed; those where the client was elsewhere.

        ``at_hand``: it is for the batch at hand. Else another one may be waiting for its turn.

        :raises PositionError: the database and the log contradict each other.
        :raises TransientError: one of them cannot be asked now.
        """
        places = [TopicPartition(self._topic, p) for p in partitions if p not in self._placed]
        if not places:
            return set()
        try:
            async with asyncio.timeout(ASK_SECONDS_MAX):
                logs, stored = await self._look(consumer, places)
                begin = await self._begin(logs, stored)
        except offsets.PositionError:
            raise
        except Exception as error:
            raise TransientError(f"position unknown: {type(error).__name__}") from error
        # From here on nothing waits: a rebalance in between would put the client elsewhere unseen.
        sought = set()
        for place in places:
            start, known = begin[place], logs[place]
            group = known.beginning if known.committed is None else known.committed
            if start != group or place.partition in self._lost:
                sought.add(place.partition)
                with contextlib.suppress(IllegalStateError):
                    consumer.seek(place, start)
            self.handled[place.partition] = start
            self._placed.add(place.partition)
            self._lost.discard(place.partition)
        self._doubtful = self._doubtful - sought if at_hand else self._doubtful | sought
        return sought

    async def confirm(self) -> None:
        """What is placed is still stored: else a database that was emptied under us would go on without its past.

        :raises PositionError: it is not.
        """
        async with self._pool.acquire() as connection:
            stored = await offsets.load(connection, self._topic, sorted(self._placed))
        for partition in sorted(self._placed - stored.keys()):
            raise offsets.emptied(self._topic, partition, self.handled[partition])

    async def _look(
        self, consumer: AIOKafkaConsumer, places: Sequence[TopicPartition]
    ) -> tuple[dict[TopicPartition, offsets.Log], dict[int, int]]:
        """The logs, and what is stored of them.

        In this order: what is committed was stored before, and what is stored was on the log before. Others may go on
        while we look, or while we are frozen in between; asked in another order, that looks like a contradiction.
        """
        # All at once: who comes back has its partitions to wait for.
        asked = (consumer.committed(place) for place in places)
        beginnings, *committed = await asyncio.gather(consumer.beginning_offsets(places), *asked)
        async with self._pool.acquire() as connection:
            stored = await offsets.load(connection, self._topic, [p.partition for p in places])
        ends = await consumer.end_offsets(places)
        logs = {p: offsets.Log(beginnings[p], ends[p], c) for p, c in zip(places, committed, strict=True)}
        return logs, stored

    async def _begin(
        self, logs: dict[TopicPartition, offsets.Log], stored: dict[int, int]
    ) -> dict[TopicPartition, int]:
        """Where to begin, remembered at once: a partition without messages has a position too."""
        async with self._pool.acquire() as connection:
            begin = {p: offsets.start_at(self._topic, p.partition, stored.get(p.partition), logs[p]) for p in logs}
            await offsets.save(connection, {(self._topic, p.partition): start for p, start in begin.items()})
        return begin

    async def check(self, consumer: AIOKafkaConsumer, records: Sequence[Record]) -> bool:
        """Whether these records join what is handled, and each other. Where they go back, the partition is lost.

        A client whose position is not on the log begins at the start of the log, without a word. And a batch that
        waited while the client was sent back lies beyond what is to come again: a gap that is none of the log's.

        :raises PositionError: messages between what is handled and these, or between two of these, were removed unread.
        :raises TransientError: the broker cannot be asked now.
        """
        found = {record.partition for record in records}
        gaps, back = self._leaps(records)
        self.lose(back | gaps.keys() & self._doubtful)
        self._doubtful -= found
        gaps = {p: begin for p, begin in gaps.items() if p in self._placed}
        if gaps:
            try:
                async with asyncio.timeout(ASK_SECONDS_MAX):
                    beginnings = await consumer.beginning_offsets([TopicPartition(self._topic, p) for p in gaps])
            except Exception as error:
                raise TransientError(f"log unknown: {type(error).__name__}") from error
            for place, beginning in beginnings.items():
                offsets.refuse_removed(self._topic, place.partition, gaps[place.partition], beginning)
        return found <= self._placed

    def _leaps(self, records: Sequence[Record]) -> tuple[dict[int, int], set[int]]:
        """By partition that has gaps: where the first of them begins; and the partitions that go back somewhere."""
        following = dict(self.handled)
        gaps: dict[int, int] = {}
        back: set[int] = set()
        for record in records:
            partition, due = record.partition, following[record.partition]
            if record.offset > due:
                gaps.setdefault(partition, due)
            elif record.offset < due:
                back.add(partition)
            following[partition] = record.offset + 1
        return gaps, back
