"""A model of Kafka: partitions with offsets and append times, groups and what they committed, clients that are stale.

What is promised here is what Kafka promises and no more: an order per partition, and that what was acknowledged stays.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError

from spn.messaging.envelope import Record
from spn.messaging.intake import EPOCH, record_of
from spn.messaging.partitions import partition_of

Headers = tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as a client of Kafka gives it: the time in milliseconds since 1970."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers

    @property
    def record(self) -> Record:
        """As the services read it."""
        return record_of(self)


@dataclass(slots=True)
class Group:
    """A consumer group of one topic: who owns which partition, and how far it said it is."""

    topic: str
    owners: dict[int, str] = field(default_factory=dict)
    committed: dict[int, int] = field(default_factory=dict)


class Broker:
    """The topics. ``now`` is the broker's own clock, which need not agree with anybody else's."""

    def __init__(self, partitions: Mapping[str, int], now: Callable[[], datetime]) -> None:
        self._now = now
        self.logs: dict[str, list[list[Entry]]] = {t: [[] for _ in range(n)] for t, n in partitions.items()}
        self.beginnings: dict[tuple[str, int], int] = defaultdict(int)
        self.groups: dict[str, Group] = {}
        self.listeners: list[Callable[[Entry], None]] = []

    def count(self, topic: str) -> int:
        """How many partitions a topic has."""
        return len(self.logs[topic])

    def home(self, topic: str, key: bytes | None) -> int:
        """Where this system's partitioner puts a key."""
        return partition_of(key or b"", self.count(topic))

    def append(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Headers, *, partition: int | None = None
    ) -> Entry:
        """The next record of the key's partition, or of another one."""
        place = self.home(topic, key) if partition is None else partition
        log = self.logs[topic][place]
        millis = (self._now() - EPOCH) // timedelta(milliseconds=1)
        entry = Entry(topic, place, len(log), millis, key, value, headers)
        log.append(entry)
        for hear in self.listeners:
            hear(entry)
        return entry

    def entries(self, topic: str) -> Iterable[Entry]:
        """Everything on a topic, partition by partition."""
        return itertools.chain.from_iterable(self.logs[topic])

    def ends(self, topic: str) -> dict[int, int]:
        """The offset that comes next, of each partition."""
        return {partition: len(log) for partition, log in enumerate(self.logs[topic])}

    def group(self, name: str, topic: str) -> Group:
        """The group of this name."""
        return self.groups.setdefault(name, Group(topic))


class Client:
    """What aiokafka's consumer is to a subscription. One ``expelled`` does not know it yet: it still fetches."""

    def __init__(self, broker: Broker, group: Group, slot: str) -> None:
        self._broker = broker
        self._group = group
        self._slot = slot
        self._fetcher = self  # aiokafka has one once it is started
        self.expelled = False
        self._position: dict[int, int] = {}

    def join(self) -> None:
        """Take what the group assigns; each partition anew from where the group committed."""
        self.expelled = False
        mine = [p for p, slot in self._group.owners.items() if slot == self._slot]
        self._position = {p: max(self._group.committed.get(p, 0), self._beginning(p)) for p in mine}

    def fetch(self, most: Mapping[int, int] | int) -> tuple[Entry, ...]:
        """The next records of each partition, at most so many of each."""
        batch: list[Entry] = []
        for partition, position in sorted(self._position.items()):
            count = most if isinstance(most, int) else most.get(partition, 0)
            some = self._broker.logs[self._group.topic][partition][position : position + count]
            self._position[partition] = position + len(some)
            batch += some
        return tuple(batch)

    def slip(self) -> None:
        """As when a position is not on the log any more: the client begins at the start of the log, without a word."""
        self._position = {p: self._beginning(p) for p in self._position}

    def _beginning(self, partition: int) -> int:
        return self._broker.beginnings[self._group.topic, partition]

    def assignment(self) -> set[TopicPartition]:
        return {TopicPartition(self._group.topic, p) for p in self._position}

    def partitions_for_topic(self, topic: str) -> set[int]:
        return set(range(self._broker.count(topic)))

    def highwater(self, place: TopicPartition) -> int:
        return self._broker.ends(place.topic)[place.partition]

    def seek(self, place: TopicPartition, offset: int) -> None:
        if place.partition not in self._position:
            raise IllegalStateError(f"{place} is not assigned")
        self._position[place.partition] = offset

    async def beginning_offsets(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return {p: self._beginning(p.partition) for p in places}

    async def end_offsets(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return {p: self._broker.ends(p.topic)[p.partition] for p in places}

    async def committed(self, place: TopicPartition) -> int | None:
        return self._group.committed.get(place.partition)

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Of a member that the group does not know any more nothing is taken."""
        if self.expelled or any(self._group.owners.get(p.partition) != self._slot for p in offsets):
            raise CommitFailedError("the group has rebalanced")
        self._group.committed.update({p.partition: offset for p, offset in offsets.items()})
