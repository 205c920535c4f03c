"""Every message of every topic, in memory, as a consumer of its own read it (user `operator`)."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeAlias
from uuid import uuid4

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Message, TopicPartition

from spn_cli.reading import headers_of
from spn_local.access import KafkaAccess
from spn_local.passing import passes

PATIENCE_S = 15.0
Place: TypeAlias = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Told:
    """One message, as it stood on its topic. ``data`` is None when the value is not JSON, as with a PDF.

    What is no news stood there before the journal began: it says who is who, and is no part of the story.
    """

    topic: str
    partition: int
    offset: int
    appended: datetime
    heard: float
    key: str
    type: str
    source: str
    subject: str
    id: str
    time: datetime
    correlation: str
    causation: str | None
    sequence: int
    data: Any
    raw: bytes = field(repr=False)
    is_news: bool = True

    @property
    def service(self) -> str:
        """Who sent it: the last part of ce_source."""
        return self.source.rpartition("/")[2] or "unknown"

    @property
    def is_command(self) -> bool:
        return self.topic.endswith(".commands")


def told_by(message: Message, *, is_news: bool = True) -> Told:
    """A message as data, whatever it holds: what is malformed is left empty."""
    headers = headers_of(message)
    appended = datetime.fromtimestamp(message.timestamp()[1] / 1000, UTC)
    raw = message.value() or b""
    return Told(
        topic=message.topic(),
        partition=message.partition(),
        offset=message.offset(),
        appended=appended,
        heard=time.monotonic(),
        key=(message.key() or b"").decode("utf-8", "replace"),
        type=headers.get("ce_type", ""),
        source=headers.get("ce_source", ""),
        subject=headers.get("ce_subject", ""),
        id=headers.get("ce_id", ""),
        time=_instant(headers.get("ce_time"), appended),
        correlation=headers.get("ce_correlationid", ""),
        causation=headers.get("ce_causationid"),
        sequence=int(headers.get("ce_sequence") or 0),
        data=_json(raw) if headers.get("content-type", "application/json") == "application/json" else None,
        raw=raw,
        is_news=is_news,
    )


def _instant(value: str | None, otherwise: datetime) -> datetime:
    try:
        return datetime.fromisoformat(value or "")
    except ValueError:
        return otherwise


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


class Journal:
    """Reads the topics named in a thread of its own, without a group, and keeps all of it in the order of arrival."""

    def __init__(
        self, access: KafkaAccess, topics: Iterable[str], *, from_beginning: Sequence[str] | None = None
    ) -> None:
        """``from_beginning``: topics of which also what is there already is read, as no news; None: all is news."""
        self._consumer = Consumer(
            {
                **access.client_config(),
                "group.id": f"{access.username or 'spn'}.demo-{uuid4()}",
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 100,
                "fetch.error.backoff.ms": 20,
            }
        )
        self._changed = threading.Condition()
        self._told: list[Told] = []
        self._next: dict[Place, int] = {}
        self._news_from: dict[Place, int] = {}
        self._error: Exception | None = None
        self._closing = threading.Event()
        self._consumer.assign(self._starts(list(topics), from_beginning))
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def _starts(self, topics: Sequence[str], from_beginning: Sequence[str] | None) -> list[TopicPartition]:
        known = self._consumer.list_topics(timeout=PATIENCE_S).topics
        starts = []
        for topic in topics:
            for partition in sorted(known[topic].partitions):
                place = TopicPartition(topic, partition, OFFSET_BEGINNING)
                if from_beginning is not None:
                    end = self._consumer.get_watermark_offsets(place, PATIENCE_S)[1]
                    self._news_from[topic, partition] = end
                    if topic not in from_beginning:
                        place.offset = self._next[topic, partition] = end
                starts.append(place)
        return starts

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self._keep(self._consumer.consume(500, 0.05))
        except Exception as error:  # noqa: BLE001 whoever waits for the journal hears of it
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _keep(self, messages: Sequence[Message]) -> None:
        if not messages:
            return
        with self._changed:
            for message in messages:
                error = message.error()
                if error is None:
                    place = (message.topic(), message.partition())
                    is_news = message.offset() >= self._news_from.get(place, 0)
                    self._told.append(told_by(message, is_news=is_news))
                    self._next[place] = message.offset() + 1
                elif not passes(error):
                    raise KafkaException(error)
            self._changed.notify_all()

    def since(self, index: int, patience_s: float = 0.0) -> list[Told]:
        """What came after the first ``index`` messages; waits for a while when that is nothing yet."""
        with self._changed:
            self._changed.wait_for(lambda: self._error or len(self._told) > index, patience_s)
            if self._error is not None:
                raise self._error
            return self._told[index:]

    def behind(self, ends: Mapping[Place, int]) -> int:
        """How many messages of these end offsets have not been read yet."""
        with self._changed:
            return sum(max(0, end - self._next.get(place, 0)) for place, end in ends.items())

    def close(self) -> None:
        """Stop reading. What was read stays."""
        self._closing.set()
        self._thread.join(PATIENCE_S)
        self._consumer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
