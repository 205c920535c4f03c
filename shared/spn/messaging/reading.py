"""Reading a topic from its beginning to where it ends now, without a consumer group: nobody's place moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from faststream.kafka.security import parse_security

from spn.messaging import kafka
from spn.messaging.repairs import repair
from spn.settings import ServiceSettings

SILENCE_SECONDS_MAX = 15.0


class UnreadableTopicError(OSError):
    """A topic that is not there, may not be read, or stops answering before its end."""


async def records_until_now(settings: ServiceSettings, topic: str) -> AsyncIterator[Any]:
    """Every record that the topic holds at this moment, in order within a partition.

    :raises UnreadableTopicError: it cannot be read to its end.
    """
    repair()
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **parse_security(kafka.security_of(settings)),
    )
    await consumer.start()
    try:
        await consumer._client.add_topic(topic)
        places = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic) or ()]
        if not places:
            raise UnreadableTopicError(f"{topic} is not there, or may not be read")
        consumer.assign(places)
        begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        left = {place for place in places if begins[place] < ends[place]}
        while left:
            found = await consumer.getmany(*left, timeout_ms=int(SILENCE_SECONDS_MAX * 1_000))
            if not found:
                raise UnreadableTopicError(f"{topic} said nothing for {SILENCE_SECONDS_MAX:g} s before its end")
            for place, records in found.items():
                for record in records:
                    if record.offset < ends[place]:
                        yield record
                if await consumer.position(place) >= ends[place]:
                    left.discard(place)
    finally:
        await consumer.stop()
