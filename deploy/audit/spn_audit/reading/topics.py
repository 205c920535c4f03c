"""Reading topics from their beginning to their end of this moment; looked at again, only what came since."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from spn_audit.log.book import LogBook
from spn_audit.log.record import Record
from spn_audit.reading.snapshot import CannotAuditError, Pace
from spn_local.access import KafkaAccess
from spn_local.passing import passes

BATCH = 500
POLL_SECONDS = 0.2
REQUEST_SECONDS_MAX = 15.0
SILENCE_SECONDS_MAX = 30.0


class Topics:
    """A reader of its own, in no group: nothing is committed, and nobody else's place moves."""

    def __init__(self, access: KafkaAccess, names: Iterable[str], book: LogBook, pace: Pace) -> None:
        self._names = list(names)
        self._book = book
        self._pace = pace
        self._consumer = Consumer(
            {
                **access.client_config(),
                # Never joined; but a client must have a name that its user may use.
                "group.id": f"{access.username or 'spn'}.audit-{uuid.uuid4()}",
                "enable.auto.commit": False,
                "auto.offset.reset": "error",
                # What is fetched ahead is bounded too.
                "queued.max.messages.kbytes": 16_384,
                "fetch.message.max.bytes": 1_048_576,
            }
        )

    def read(self) -> None:
        """Learn everything from where the last reading ended to the end of now. Blocks; meant for a thread.

        :raises CannotAuditError: Kafka cannot be reached, or a topic not be read.
        """
        try:
            ends = self._ends()
            self._read_to(ends)
            self._book.ends = dict(ends)
        except KafkaException as error:
            raise CannotAuditError(f"Kafka could not be read: {error}") from None

    def _ends(self) -> dict[tuple[str, int], int]:
        known = self._consumer.list_topics(timeout=REQUEST_SECONDS_MAX).topics
        if missing := [name for name in self._names if name not in known]:
            raise CannotAuditError(f"There are no such topics, or they may not be read: {', '.join(missing)}")
        ends = {}
        for name in self._names:
            for partition in sorted(known[name].partitions):
                place = TopicPartition(name, partition)
                low, high = self._consumer.get_watermark_offsets(place, timeout=REQUEST_SECONDS_MAX)
                self._book.begins_at((name, partition), low)
                ends[name, partition] = high
        return ends

    def _read_to(self, ends: Mapping[tuple[str, int], int]) -> None:
        at = {place: self._book.next_of(place) for place in ends}
        left = {place for place, end in ends.items() if at[place] < end}
        self._consumer.assign([TopicPartition(*place, at[place]) for place in sorted(left)])
        heard = time.monotonic()
        while left:
            messages = self._consumer.consume(BATCH, POLL_SECONDS)
            if messages:
                heard = time.monotonic()
            elif time.monotonic() - heard > SILENCE_SECONDS_MAX:
                raise CannotAuditError(
                    f"Kafka gave nothing for {SILENCE_SECONDS_MAX:.0f} s; {len(left)} partitions left"
                )
            for message in messages:
                self._take(message, ends, left)
            time.sleep(self._pace.owed(len(messages)))
        self._consumer.unassign()

    def _take(self, message: Message, ends: Mapping[tuple[str, int], int], left: set[tuple[str, int]]) -> None:
        if (error := message.error()) is not None:
            if passes(error):
                return
            raise KafkaException(error)
        place = (message.topic(), message.partition())
        # What came after the end that was asked for waits for the next reading, which begins there.
        if message.offset() < ends[place]:
            self._book.learn(record_of(message))
        if message.offset() + 1 >= ends[place]:
            left.discard(place)

    def close(self) -> None:
        """Leave."""
        self._consumer.close()


def record_of(message: Message) -> Record:
    """A record of ours from one of Kafka's."""
    headers: dict[str, str] = {}
    clean = True
    for name, raw in message.headers() or []:
        text, whole = _text(raw)
        headers[name] = text
        clean = clean and whole
    key, whole = _text(message.key() or b"")
    return Record(
        topic=message.topic(),
        partition=message.partition(),
        offset=message.offset(),
        timestamp_ms=message.timestamp()[1],
        key=key,
        value=message.value() or b"",
        headers=headers,
        clean=clean and whole,
    )


def _text(raw: bytes | str | None) -> tuple[str, bool]:
    if raw is None:
        return "", False
    if isinstance(raw, str):
        return raw, True
    try:
        return raw.decode(), True
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace"), False
