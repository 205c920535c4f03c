"""Reads topics from their beginning to the end they have now."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from uuid import uuid4

from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

from spn_local.access import KafkaAccess

READ_SECONDS = 120.0


def read_all(access: KafkaAccess, topics: Iterable[str]) -> Iterator[Message]:
    """Every record of these topics, a partition's in their order.

    :raises TimeoutError: they could not be read to their end in time.
    """
    reader = Consumer(
        {**access.client_config(), "group.id": f"{access.username}.{uuid4()}", "enable.auto.commit": False}
    )
    try:
        known = reader.list_topics(timeout=15).topics
        places = [TopicPartition(t, p, OFFSET_BEGINNING) for t in topics for p in known[t].partitions]
        ends = {(p.topic, p.partition): reader.get_watermark_offsets(p, 15)[1] for p in places}
        left = {place: end for place, end in ends.items() if end}
        reader.assign(places)
        until = time.monotonic() + READ_SECONDS
        while left:
            if time.monotonic() > until:
                raise TimeoutError(f"{len(left)} partitions were not read to their end in {READ_SECONDS:.0f} s")
            for message in reader.consume(1_000, 0.5):
                if message.error() is None:
                    yield message
                    place = (message.topic(), message.partition())
                    if message.offset() + 1 >= left.get(place, 0):
                        left.pop(place, None)
    finally:
        reader.close()
