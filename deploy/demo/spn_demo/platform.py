"""SPN's platform in the demo: a plain Kafka client (user `platform`) that puts commands on topics and hears answers.

It knows the services by their contracts only: topics, keys, headers, JSON.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from confluent_kafka import Producer

from spn_demo.answers import Answer, NoAnswerError
from spn_demo.journal import Journal, Told
from spn_local.access import KafkaAccess

ANSWERED = "command.answered.v1"
OUTCOME_TOPICS = ("spn.enrolment.events", "spn.scheduling.events")
DELIVERY_S = 20.0


@dataclass(frozen=True)
class Command:
    """A command on its way."""

    type: str
    topic: str
    key: str
    data: Mapping[str, Any]
    id: str = field(default_factory=lambda: str(uuid4()))
    trace: str = field(default_factory=lambda: f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01")

    def headers(self, now: datetime) -> list[tuple[str, str | bytes | None]]:
        """CloudEvents attributes in binary mode, and the start of a trace."""
        return [
            ("ce_specversion", "1.0"),
            ("ce_id", self.id),
            ("ce_type", self.type),
            ("ce_source", "/spn/platform"),
            ("ce_subject", self.key),
            ("ce_time", now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")),
            ("ce_correlationid", self.id),
            ("content-type", "application/json"),
            ("traceparent", self.trace),
        ]


class Platform:
    """One producer, and one reader of the outcomes that the platform may see."""

    def __init__(self, access: KafkaAccess, now: Callable[[], datetime]) -> None:
        self._now = now
        self._producer = Producer(
            # The partitioner that the contract names: the one of Java's client.
            {**access.client_config(), "partitioner": "murmur2_random", "enable.idempotence": True, "linger.ms": 0}
        )
        self._failures: list[str] = []
        self._outcomes = Journal(access, OUTCOME_TOPICS, from_beginning=())
        self._read = 0
        self._answers: dict[str, Answer] = {}

    def send(self, command: Command) -> None:
        """Hand it to the producer; `flush` makes sure of it."""
        self._producer.produce(
            command.topic,
            key=command.key.encode(),
            value=json.dumps(command.data, ensure_ascii=False).encode(),
            headers=command.headers(self._now()),
            on_delivery=lambda error, _: self._failures.append(str(error)) if error else None,
        )
        self._producer.poll(0)

    def flush(self) -> None:
        """Wait until the broker has everything that was sent.

        :raises NoAnswerError: it did not take something.
        """
        left = self._producer.flush(DELIVERY_S)
        if left or self._failures:
            raise NoAnswerError(f"Kafka did not take {left or len(self._failures)} commands: {self._failures[:1]}")

    def answer_to(self, command: Command, patience_s: float) -> Answer:
        """The one answer to a command.

        :raises NoAnswerError: none came in time.
        """
        deadline = time.monotonic() + patience_s
        while command.id not in self._answers:
            if time.monotonic() > deadline:
                raise NoAnswerError(f"No answer to {command.type} ({command.id}) within {patience_s:.0f} s")
            self._listen(0.1)
        return self._answers[command.id]

    def _listen(self, patience_s: float) -> None:
        news: list[Told] = self._outcomes.since(self._read, patience_s)
        self._read += len(news)
        for told in news:
            if told.type == ANSWERED:
                self._answers[told.subject] = Answer.told(told.data)

    def close(self) -> None:
        """Stop sending and reading."""
        self._producer.purge()
        self._outcomes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
