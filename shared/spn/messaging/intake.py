"""Batches as they come from the client, and what a record of the client's is to us."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from spn.messaging.envelope import Record

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer, ConsumerRecord

IDLE_MS_MAX = 500
BUSY_RECORDS = 50
BUSY_RECORDS_A_SECOND = 200
"""Much comes where so many arrived at more than this rate."""
GATHER_SECONDS = 0.03
"""Where much comes, a batch waits so long for more: each costs some 5 ms whatever is in it."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS_MAX = 253_402_300_799_999


class Intake:
    """Asks one client for batches.

    FastStream's own looks again every 10 ms and sleeps 10 ms in between, which takes 1 % of a core a topic where
    nothing happens, and 5 ms of each message's time.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._level = 0.0
        self._looked = 0.0

    async def batch(self, consumer: AIOKafkaConsumer, records_max: int) -> tuple[ConsumerRecord[Any, Any], ...]:
        """What has arrived, as soon as something has; nothing after half a second without anything.

        :raises KafkaError: some of it may be read and lost: positions have to be sought again.

        Where much comes, the client has the first partition's share before the others': the rest is waited for.
        """
        records = await _arrived(consumer, records_max, IDLE_MS_MAX)
        if records and self._is_busy(len(records)) and len(records) < records_max:
            given = _given(consumer)
            await asyncio.sleep(GATHER_SECONDS)
            # To ask while the group assigns anew is to wait until it has, and to read again what is here already.
            if given is not None and _given(consumer) is given:
                records += await _arrived(consumer, records_max - len(records), 0)
        return records

    def _is_busy(self, arrived: int) -> bool:
        """A bucket that leaks at the rate that is not yet much, and whether it stands high now."""
        now = self._now()
        self._level = max(0.0, self._level - (now - self._looked) * BUSY_RECORDS_A_SECOND) + arrived
        self._looked = now
        return self._level >= BUSY_RECORDS


def _given(consumer: AIOKafkaConsumer) -> object | None:
    """What the group assigned, an object of its own each time; None while it assigns anew."""
    state = consumer._subscription
    return None if state.reassignment_in_progress else state.subscription.assignment


async def _arrived(consumer: AIOKafkaConsumer, records_max: int, wait_ms: int) -> tuple[ConsumerRecord[Any, Any], ...]:
    found = await consumer.getmany(timeout_ms=wait_ms, max_records=records_max)
    return tuple(chain.from_iterable(found.values()))


def record_of(raw: Any) -> Record:
    """A record of ours from one of aiokafka's."""
    # Any 64-bit number may be in it: what lies outside the calendar is put at its edge.
    moment = EPOCH + timedelta(milliseconds=min(max(raw.timestamp, 0), MILLISECONDS_MAX))
    return Record(raw.topic, raw.partition, raw.offset, moment, raw.key, raw.value, tuple(raw.headers))
