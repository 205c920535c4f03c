"""Records as they would come from Kafka: keys on their partitions, offsets without gaps."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel

from spn.messaging.envelope import Envelope, Record, headers_of
from spn.messaging.partitions import partition_of

Headers = Iterable[tuple[str, bytes | None]]


def headers_for(type_: str, *, id_: UUID | None = None, subject: str = "", sequence: int = 0, **more: Any) -> Headers:
    """The headers of a message: those of the envelope, with ``more`` of its attributes."""
    given = {"source": "/test", "time": datetime.now(UTC), "causation_id": None, "traceparent": None, **more}
    id_ = id_ or uuid4()
    envelope = Envelope(id=id_, type=type_, subject=subject, sequence=sequence, **{"correlation_id": str(id_), **given})
    return tuple((name, text.encode()) for name, text in headers_of(envelope).items())


class TopicLog:
    """One topic's log, in memory."""

    def __init__(self, topic: str, partitions: int = 12) -> None:
        self.topic = topic
        self.partitions = partitions
        self._ends: Counter[int] = Counter()

    def append(
        self,
        key: str,
        type_: str,
        data: BaseModel | Mapping[str, Any] | bytes,
        *,
        at: datetime | None = None,
        **envelope: Any,
    ) -> Record:
        """The next record of a key: a message with this data and these attributes of its envelope."""
        value = data.model_dump_json() if isinstance(data, BaseModel) else data
        value = value if isinstance(value, bytes | str) else json.dumps(value)
        raw = value.encode() if isinstance(value, str) else value
        return self.raw(key.encode(), raw, headers_for(type_, **envelope), at=at)

    def raw(
        self,
        key: bytes | None,
        value: bytes | None,
        headers: Headers,
        *,
        partition: int | None = None,
        at: datetime | None = None,
    ) -> Record:
        """The next record, from its bytes."""
        place = partition_of(key or b"", self.partitions) if partition is None else partition
        offset = self._ends[place]
        self._ends[place] += 1
        return Record(self.topic, place, offset, at or datetime.now(UTC), key, value, tuple(headers))
