"""Reading topics without a consumer group: nothing is committed, and nobody else's place moves."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from spn_local.access import KafkaAccess
from spn_local.passing import passes

REQUEST_TIMEOUT_S = 15.0
POLL_S = 0.2


class TopicReader:
    """All partitions of one topic, from their beginning or from their end at this moment."""

    def __init__(self, access: KafkaAccess, topic: str, *, from_beginning: bool) -> None:
        """Raises KafkaException when the topic is not there, or may not be read."""
        self._consumer = Consumer(
            {
                **access.client_config(),
                # Never joined; but a client must have a name that its user may use.
                "group.id": f"{access.username or 'spn'}.cli-{uuid.uuid4()}",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
            }
        )
        self.ends = self._ends(topic)
        starts = [
            TopicPartition(topic, partition, low if from_beginning else high) for partition, low, high in self.ends
        ]
        self._consumer.assign(starts)
        self._left = {partition for partition, low, high in self.ends if from_beginning and low < high}

    def _ends(self, topic: str) -> list[tuple[int, int, int]]:
        found = self._consumer.list_topics(topic, timeout=REQUEST_TIMEOUT_S).topics[topic]
        if found.error is not None:
            raise KafkaException(found.error)
        return [
            (partition, *self._consumer.get_watermark_offsets(TopicPartition(topic, partition), REQUEST_TIMEOUT_S))
            for partition in sorted(found.partitions)
        ]

    @property
    def caught_up(self) -> bool:
        """Whether everything that was there at the start has been told."""
        return not self._left

    def messages(self) -> Iterator[Message | None]:
        """Messages as they come; None whenever there is none for a moment. Never ends by itself."""
        high = {partition: end for partition, _, end in self.ends}
        while True:
            message = self._consumer.poll(POLL_S)
            if message is None:
                yield None
                continue
            error = message.error()
            if error is not None:
                if not passes(error):
                    raise KafkaException(error)
                continue
            if (message.offset() or 0) + 1 >= high[message.partition() or 0]:
                self._left.discard(message.partition() or 0)
            yield message

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._consumer.close()


def headers_of(message: Message) -> dict[str, str]:
    """The headers as text, whatever bytes they hold; the last of a name wins."""
    pairs = message.headers() or []
    return {name: _text(value) for name, value in pairs}


def _text(value: bytes | str | None) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value or ""
