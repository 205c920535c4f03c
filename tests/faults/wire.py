"""Kafka in the hands of the platform and of strangers: what the broker acknowledges goes into the ledger."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import uuid4

from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

from spn_local.stack import Stack
from tests.faults.ledger import Ledger, Line, command
from tests.faults.reading import read_all
from tests.faults.sender import Sender

Headers: TypeAlias = Sequence[tuple[str, bytes | str | None]]

OUTCOMES = ("spn.enrolment.editions", "spn.enrolment.events", "spn.billing.events", "spn.scheduling.events")
REMEMBERED = 200
# Longer than any outage of a run: what is given up by the client may be on the topic all the same.
DELIVERY_MS = 300_000
RECORD_BYTES = 2_000_000


@dataclass(frozen=True)
class Command:
    """A command of the platform."""

    id: str
    type: str
    key: str
    data: Mapping[str, Any] = field(repr=False)

    @property
    def topic(self) -> str:
        """Where it goes."""
        ours = self.type.startswith(("session.", "timetable."))
        return "spn.scheduling.commands" if ours else "spn.enrolment.commands"


def headers_for(id_: str, type_: str, subject: str) -> dict[str, bytes | str | None]:
    """The envelope of a message of the platform."""
    return {
        "ce_specversion": "1.0",
        "ce_id": id_,
        "ce_type": type_,
        "ce_source": "/spn/platform",
        "ce_subject": subject,
        "ce_time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "ce_correlationid": id_,
        "content-type": "application/json",
    }


@dataclass(frozen=True)
class Put:
    """A record to be put on a topic, and what must come of it."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    lines: tuple[Line, ...]
    partition: int = -1

    @classmethod
    def of(cls, one: Command) -> Put:
        """The record of a command."""
        value = json.dumps(one.data, ensure_ascii=False).encode()
        headers = list(headers_for(one.id, one.type, one.key).items())
        return cls(one.topic, one.key.encode(), value, headers, (command(one.id, one.type, one.key),))

    def is_in(self, message: Message) -> bool:
        """Whether a record on the topic is this one, to the byte."""
        return (message.key(), message.value(), message.headers() or []) == (
            self.key,
            self.value,
            [(name, raw.encode() if isinstance(raw, str) else raw) for name, raw in self.headers],
        )


class Wire:
    """Three producers and one reader. ``pump`` has to be called often: nothing here has a thread."""

    def __init__(self, stack: Stack, ledger: Ledger) -> None:
        platform = {
            **stack.kafka("platform").client_config(),
            "enable.idempotence": True,
            "linger.ms": 0,
            "message.timeout.ms": DELIVERY_MS,
        }
        self.ledger = ledger
        self._everywhere = stack.kafka("admin")
        self._unplaced: list[tuple[Put, int]] = []
        self._platform = Sender({**platform, "partitioner": "murmur2_random"})
        self._astray = Sender({**platform, "partitioner": "consistent_random"})
        admin = self._everywhere.client_config()
        self._stranger = Sender(
            {
                **admin,
                "enable.idempotence": True,  # a copy that nobody acknowledged would be in no ledger
                "partitioner": "murmur2_random",
                "message.max.bytes": RECORD_BYTES,
                "message.timeout.ms": DELIVERY_MS,
            }
        )
        self._reader = Consumer(
            {
                **stack.kafka("platform").client_config(),
                "group.id": f"platform.{uuid4()}",
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 100,
            }
        )
        known = self._reader.list_topics(timeout=15).topics
        places = [TopicPartition(t, p, OFFSET_BEGINNING) for t in OUTCOMES for p in known[t].partitions]
        self._reader.assign(places)
        self.refused: list[str] = []
        self.told: deque[Message] = deque(maxlen=REMEMBERED)
        """The newest events, as they stood on their topics: what can be replayed."""

    def send(self, one: Command, *, astray: bool = False) -> None:
        """As the platform; ``astray``: with the partitioner that the contract does not name."""
        self._produce(self._astray if astray else self._platform, Put.of(one))

    def put(self, record: Put) -> None:
        """As somebody who may write everywhere."""
        self._produce(self._stranger, record)

    def pump(self) -> list[Message]:
        """Hear acknowledgements and outcomes; the news."""
        for sender in self._senders:
            sender.poll()
        news = [m for m in self._reader.consume(500, 0) if m.error() is None]
        self.told.extend(news)
        return news

    def waiting(self) -> int:
        """How many records the broker has not acknowledged yet."""
        return sum(map(len, self._senders))

    @property
    def replaced(self) -> int:
        """How many clients stood still and were replaced."""
        return sum(sender.replaced for sender in self._senders)

    @property
    def _senders(self) -> tuple[Sender, ...]:
        return self._platform, self._astray, self._stranger

    def _produce(self, sender: Sender, record: Put) -> None:
        def delivered(error: Any, message: Message) -> None:
            if error is not None:
                self.refused.append(f"{record.topic}: {error}")
            else:
                self.taken(record, message.partition(), message.offset())

        sender.send(
            delivered,
            record.topic,
            value=record.value,
            key=record.key,
            headers=list(record.headers),
            partition=record.partition,
        )

    def taken(self, record: Put, partition: int, offset: int | None) -> None:
        """A record is on its topic. Of one that was sent again the broker may say no more than that it is there."""
        if offset is not None:
            self.ledger.taken(record.lines, record.topic, partition, offset)
        elif all(line["kind"] == "command" for line in record.lines):
            self.ledger.taken(record.lines, record.topic, None, None)
        else:
            self._unplaced.append((record, partition))

    def locate(self) -> int:
        """Look up where records stand whose place the broker did not tell and an audit must know; how many they were.

        :raises LookupError: one is not there, though it was acknowledged.
        """
        number = len(self._unplaced)
        while self._unplaced:
            record, partition = self._unplaced.pop()
            known = self.ledger.offsets(record.topic, partition)
            for message in read_all(self._everywhere, [record.topic]):
                if message.partition() == partition and message.offset() not in known and record.is_in(message):
                    self.ledger.taken(record.lines, record.topic, partition, message.offset())
                    break
            else:
                raise LookupError(f"{record.topic}/{partition}: an acknowledged record is not there: {record}")
        return number

    def close(self) -> None:
        """Stop reading and sending."""
        self._reader.close()
        for sender in self._senders:
            sender.close()


def text_of(message: Message, name: str) -> str:
    """A header as text; empty when it is missing or no text."""
    for found, raw in message.headers() or ():
        if found == name and raw is not None:
            return bytes(raw).decode("utf-8", "replace")
    return ""


def data_of(message: Message) -> dict[str, Any]:
    """The JSON object of a message; empty when it holds none."""
    try:
        found = json.loads(message.value() or b"")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
