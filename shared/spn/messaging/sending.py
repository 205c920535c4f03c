"""Handing rows of the outbox to the broker. A topic that it refuses waits by itself: what goes elsewhere goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidTopicError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)
from pydantic_core import from_json

from spn.messaging import kafka
from spn.messaging.partitions import partition_of

TOPIC_SECONDS_MAX = 5.0
"""A client that does not know a topic asks for it for two minutes."""
REST_SECONDS = 5.0
REFUSALS = (InvalidTopicError, MessageSizeTooLargeError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError)
"""No waiting helps against these: somebody has to change a right, a topic or its limit."""


class Refusals:
    """Which topics are refused and why, and which of them are left in peace for the moment."""

    def __init__(self) -> None:
        self.why: dict[str, str] = {}
        self._until: dict[str, float] = {}

    def resting(self) -> list[str]:
        """The topics that are not tried now."""
        now = time.monotonic()
        self._until = {topic: until for topic, until in self._until.items() if until > now}
        return list(self._until)

    def tried(self, resting: Iterable[str], failed: Mapping[str, BaseException]) -> None:
        """All but these were tried, and these failed. Whatever else was refused before is not any longer."""
        refused = {topic: error for topic, error in failed.items() if isinstance(error, REFUSALS)}
        stays = {*resting, *refused}
        self.why = {topic: why for topic, why in self.why.items() if topic in stays}
        for topic, error in refused.items():
            self.why[topic] = type(error).__name__
            self._until[topic] = time.monotonic() + REST_SECONDS

    def forget(self) -> None:
        """Somebody else publishes now, and will find out."""
        self.why.clear()
        self._until.clear()


async def send(producer: AIOKafkaProducer, rows: Sequence[Any]) -> dict[str, BaseException]:
    """Send rows and wait until all are acknowledged; the topics of which one was not, with the reason."""
    failed: dict[str, BaseException] = {}
    partitions: dict[str, int] = {}
    waiting = []
    for _, topic, key, headers, value in rows:
        if topic in failed:
            continue
        pairs = [(name, text.encode()) for name, text in from_json(headers).items()]
        try:
            if topic not in partitions:
                partitions[topic] = await _count(producer, topic)
            partition = None if key is None else partition_of(key, partitions[topic])
            sent = await producer.send(topic, value=value, key=key, headers=pairs, partition=partition)
        except REFUSALS as error:
            failed[topic] = error
        else:
            sent.add_done_callback(kafka.retrieve)
            waiting.append((topic, sent))
    results = await asyncio.gather(*(sent for _, sent in waiting), return_exceptions=True)
    for (topic, _), result in zip(waiting, results, strict=True):
        if isinstance(result, BaseException):
            failed.setdefault(topic, result)
    return failed


async def _count(producer: AIOKafkaProducer, topic: str) -> int:
    """How many partitions a topic has.

    :raises UnknownTopicOrPartitionError: the broker does not know it, or does not answer in time.
    """
    try:
        return len(await asyncio.wait_for(producer.partitions_for(topic), TOPIC_SECONDS_MAX))
    except TimeoutError:
        raise UnknownTopicOrPartitionError(topic) from None
