"""What aiokafka 0.14.0 does that a service cannot live with, put right before the first client is made.

Each of these was run on a real broker, and a test holds each: a newer version may need less.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.consumer import fetcher
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.errors import (
    CorruptRecordException,
    GroupCoordinatorNotAvailableError,
    NotCoordinatorForGroupError,
    for_code,
)
from aiokafka.protocol.commit import OffsetFetchRequest
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy

NO_LEADER_PAUSE_SECONDS = 0.25
_ELSEWHERE = (GroupCoordinatorNotAvailableError.errno, NotCoordinatorForGroupError.errno)


def repair() -> None:
    """Put aiokafka right in this process; once is enough, and more does no harm."""
    calm_metadata()
    heed_coordinator()
    fetcher.MemoryRecords = Readable  # type: ignore[attr-defined]


def calm_metadata() -> None:
    """Make aiokafka pause when no broker answers a metadata request.

    Without it a client that saw "no leader" asks again at once, for ever: 60 % of a core and 8,000 log lines a second
    each, which starves the broker that is starting.
    """
    original = AIOKafkaClient._metadata_update
    if getattr(original, "calm", False):
        return

    async def calm(self: Any, cluster: Any, topics: Any) -> bool:
        updated = bool(await original(self, cluster, topics))  # type: ignore[no-untyped-call]
        if not updated:
            await asyncio.sleep(NO_LEADER_PAUSE_SECONDS)
        return updated

    calm.calm = True  # type: ignore[attr-defined]
    AIOKafkaClient._metadata_update = calm  # type: ignore[method-assign]


def heed_coordinator() -> None:
    """Make aiokafka hear a coordinator that cannot say what was committed: it asks again, or raises.

    Since version 2 of the answer, and 3 is what is asked for, that stands beside the topics and not in them, where it
    is looked for. Unheard, a broker that is still loading its groups after a start says of each that it committed
    nothing.
    """
    original = GroupCoordinator._send_req
    if getattr(original, "heeds", False):
        return

    async def heeding(self: Any, request: Any) -> Any:
        answer = await original(self, request)  # type: ignore[no-untyped-call]
        code = getattr(answer, "error_code", 0) if isinstance(request, OffsetFetchRequest) else 0
        if code in _ELSEWHERE:
            self.coordinator_dead()
        if code:
            raise for_code(code)(self.group_id)
        return answer

    heeding.heeds = True  # type: ignore[attr-defined]
    GroupCoordinator._send_req = heeding  # type: ignore[method-assign]


class Readable(_MemoryRecordsPy):  # type: ignore[misc]
    """What was fetched of a partition, where the name of a header may be any bytes.

    A broker takes them, and clients in C and Go write them. Without this one such record stops its topic for ever: each
    look at its batch fails, the position stays before it, and what came from other partitions is lost with it.
    """

    def next_batch(self) -> Any:  # type: ignore[override]
        """The next batch, or None."""
        raw, batch = self._next_slice, super().next_batch()
        return None if batch is None else _Batch(raw, batch)


class _Batch:
    """A batch that the compiled reader reads; or, where that cannot, the one in Python."""

    def __init__(self, raw: Any, batch: Any) -> None:
        self._raw = raw
        self._batch = batch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        try:
            yield from self._batch
        except (UnicodeDecodeError, CorruptRecordException):  # the latter where aiokafka was not compiled
            # From the beginning of the batch: the fetcher leaves out what it has given already.
            yield from _leniently(self._raw)


def _leniently(raw: Any) -> Iterator[Any]:
    batch = _DefaultRecordBatchPy(raw)
    batch._maybe_uncompress()
    batch._buffer = _Lenient(batch._buffer)
    return iter(batch)


class _Lenient(bytearray):
    """Bytes that are always text: U+FFFD stands for what is not UTF-8, as in Kafka's own client."""

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return found if isinstance(found, int) else _Lenient(found)

    def decode(self, encoding: str = "utf-8", errors: str = "replace") -> str:  # noqa: ARG002
        return super().decode(encoding, "replace")
