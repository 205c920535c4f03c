"""A client that sends, and is replaced when it stands still."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from confluent_kafka import KafkaError, Message, Producer

Heard: TypeAlias = Callable[[KafkaError | None, Message], None]

STANDSTILL_SECONDS = 60.0
"""Longer than any outage of a run."""


class Sender:
    """One of librdkafka's producers. ``poll`` has to be called often.

    Its idempotent one stood still for good once in 46 outages of a broker: others went on, it sent nothing more until
    the run was over, a quarter of an hour later.
    """

    def __init__(self, config: Mapping[str, Any], standstill_seconds: float = STANDSTILL_SECONDS) -> None:
        self._config = dict(config)
        self._patience = standstill_seconds
        self._producer = Producer(self._config)
        self._moved = time.monotonic()
        self._closed = False
        self.replaced = 0

    def __len__(self) -> int:
        """How many records are not acknowledged yet."""
        return len(self._producer)

    def send(self, heard: Heard, topic: str, **record: Any) -> None:
        """Send a record, given as ``produce`` takes it; ``heard`` is called once, when it was taken or was not."""
        if not len(self._producer):
            self._moved = time.monotonic()

        def told(error: KafkaError | None, message: Message) -> None:
            self._moved = time.monotonic()
            if error is not None and error.code() == KafkaError._PURGE_QUEUE and not self._closed:
                self.send(heard, topic, **record)  # it never left the client that is replaced
            else:
                heard(error, message)

        self._producer.produce(topic, on_delivery=told, **record)

    def poll(self) -> None:
        """Hear what was taken."""
        self._producer.poll(0)
        if len(self._producer) and time.monotonic() - self._moved > self._patience:
            self._replace()

    def _replace(self) -> None:
        old, self._producer = self._producer, Producer(self._config)
        self.replaced += 1
        old.purge()
        old.flush(1)

    def close(self) -> None:
        """Send no more."""
        self._closed = True
        self._producer.purge()
        self._producer.flush(1)
