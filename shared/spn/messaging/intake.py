"""Batches as they come from the client, and what a record of the client's is to us."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from spn.messaging.envelope import Record

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer, ConsumerRecord

IDLE_MS_MAX = 500
GATHER_RECORDS_MIN = 50
GATHER_SECONDS = 0.03
"""Where much comes, a batch waits so long for more: each costs some 5 ms whatever is in it."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS_MAX = 253_402_300_799_999


class Intake:
    """Asks one client for batches.

    FastStream's own looks again every 10 ms and sleeps 10 ms in between, which takes 1 % of a core a topic where
    nothing happens, and 5 ms of each message's time.
    """

    def __init__(self) -> None:
        self._last = 0

    async def batch(self, consumer: AIOKafkaConsumer, records_max: int) -> tuple[ConsumerRecord[Any, Any], ...]:
        """What has arrived, as soon as something has; nothing after half a second without anything.

        After a batch of some size, which was not all that it may be, the next one is given time to grow.
        """
        if GATHER_RECORDS_MIN <= self._last < records_max:
            await asyncio.sleep(GATHER_SECONDS)
        found = await consumer.getmany(timeout_ms=IDLE_MS_MAX, max_records=records_max)
        self._last = sum(map(len, found.values()))
        return tuple(chain.from_iterable(found.values()))


def record_of(raw: Any) -> Record:
    """A record of ours from one of aiokafka's."""
    # Any 64-bit number may be in it: what lies outside the calendar is put at its edge.
    moment = EPOCH + timedelta(milliseconds=min(max(raw.timestamp, 0), MILLISECONDS_MAX))
    return Record(raw.topic, raw.partition, raw.offset, moment, raw.key, raw.value, tuple(raw.headers))
