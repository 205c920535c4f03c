"""Kafka in the hands of a test: put what a stranger would, see all that is there."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import confluent_kafka
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.codec import gzip_encode
from aiokafka.record.default_records import DefaultRecordBase
from aiokafka.record.util import calc_crc32c

from spn.testing.records import headers_for
from spn.testing.waiting import eventually
from spn_local.access import KafkaAccess

COMMITTED_SECONDS_MAX = 30


def client_arguments(access: KafkaAccess) -> dict[str, Any]:
    """The arguments with which a client of aiokafka signs in."""
    signing = {
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": access.username,
        "sasl_plain_password": access.password,
    }
    return {
        "bootstrap_servers": access.bootstrap,
        "security_protocol": access.protocol,
        **(signing if access.signs_in else {}),
    }


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as it is on the topic."""

    partition: int
    offset: int
    at: datetime
    key: str
    headers: dict[str, str]
    value: bytes

    @property
    def type(self) -> str:
        return self.headers["ce_type"]

    @property
    def id(self) -> str:
        return self.headers["ce_id"]

    @property
    def sequence(self) -> int:
        return int(self.headers["ce_sequence"])

    @property
    def data(self) -> Any:
        return json.loads(self.value)


class Watch:
    """Everything of one topic, from its beginning on."""

    def __init__(self, consumer: AIOKafkaConsumer, topic: str) -> None:
        self._consumer = consumer
        self.topic = topic
        self.seen: list[Seen] = []

    async def read(self) -> list[Seen]:
        """All that is there by now."""
        ends = await self._consumer.end_offsets(self._consumer.assignment())
        while any([await self._consumer.position(p) < end for p, end in ends.items()]):
            for records in (await self._consumer.getmany(timeout_ms=200)).values():
                self.seen += map(_seen, records)
        return self.seen

    async def until(self, enough: Callable[[list[Seen]], object], what: str, seconds: float = 30.0) -> list[Seen]:
        """All that is there once there is enough."""

        async def look() -> bool:
            return bool(enough(await self.read()))

        await eventually(look, f"{what}; {self.topic} has {len(self.seen)} records", seconds=seconds)
        return self.seen

    async def count(self, number: int, *types: str, seconds: float = 30.0) -> list[Seen]:
        """The records of these types, once there are so many."""

        def these(seen: Iterable[Seen]) -> list[Seen]:
            return [s for s in seen if not types or s.type in types]

        what = f"{number} records{' of ' if types else ''}{', '.join(types)}"
        return these(await self.until(lambda seen: len(these(seen)) >= number, what, seconds))


class Bus:
    """A producer, and watches."""

    def __init__(self, access: KafkaAccess, producer: AIOKafkaProducer) -> None:
        self.access = access
        self.producer = producer

    async def put(
        self,
        topic: str,
        key: str,
        type_: str,
        data: Mapping[str, Any] | bytes,
        *,
        partition: int | None = None,
        **envelope: Any,
    ) -> tuple[int, int]:
        """Put a message; partition and offset."""
        value = data if isinstance(data, bytes) else json.dumps(data).encode()
        return await self.raw(topic, key.encode(), value, headers_for(type_, **envelope), partition=partition)

    async def raw(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Iterable[tuple[str, bytes | None]],
        **more: Any,
    ) -> tuple[int, int]:
        """Put bytes; partition and offset."""
        done = await self.producer.send_and_wait(topic, value, key=key, headers=list(headers), **more)
        return done.partition, done.offset

    async def misnamed(
        self,
        topic: str,
        key: bytes,
        value: bytes,
        headers: Iterable[tuple[str, bytes | None]],
        name: bytes,
        *,
        partition: int,
        compressed: bool = False,
    ) -> None:
        """Put a record that has a header with this name, which may be any bytes, as clients in C and Go may."""
        batch, stand_in = self.producer.create_batch(), "?" * len(name)
        batch.append(timestamp=None, key=key, value=value, headers=[*headers, (stand_in, b"x")])
        batch._buffer = _renamed(batch._build(), stand_in.encode(), name, compressed=compressed)
        await (await self.producer.send_batch(batch, topic, partition=partition))

    @asynccontextmanager
    async def watch(self, topic: str) -> AsyncIterator[Watch]:
        """A watch over a topic that exists."""
        consumer = AIOKafkaConsumer(auto_offset_reset="earliest", **client_arguments(self.access))
        await consumer.start()
        try:
            await consumer._client.add_topic(topic)
            partitions = await eventually(lambda: consumer.partitions_for_topic(topic), f"{topic} is known")
            consumer.assign([TopicPartition(topic, p) for p in partitions])
            yield Watch(consumer, topic)
        finally:
            await consumer.stop()

    async def read(self, topic: str) -> list[Seen]:
        """All of a topic, now."""
        async with self.watch(topic) as watch:
            return await watch.read()

    async def committed(self, group: str, topic: str) -> dict[int, int]:
        """The offsets that a group committed, by partition."""
        return await asyncio.to_thread(_committed, self.access, group, topic)


def _renamed(built: bytes, old: bytes, new: bytes, *, compressed: bool) -> bytes:
    """A record batch as it was built, but for these bytes in its records."""
    batch = DefaultRecordBase
    head, records = bytearray(built[: batch.HEADER_STRUCT.size]), built[batch.HEADER_STRUCT.size :].replace(old, new)
    if compressed:
        head[batch.ATTRIBUTES_OFFSET + 1] |= batch.CODEC_GZIP
        records = gzip_encode(records)
    whole = head + records
    struct.pack_into(">i", whole, batch.AFTER_LEN_OFFSET - 4, len(whole) - batch.AFTER_LEN_OFFSET)
    struct.pack_into(">I", whole, batch.CRC_OFFSET, calc_crc32c(bytes(whole[batch.ATTRIBUTES_OFFSET :])))
    return bytes(whole)


def _committed(access: KafkaAccess, group: str, topic: str) -> dict[int, int]:
    # Not by aiokafka: one of its clients that is closed while it connects leaves the connection open.
    reader = confluent_kafka.Consumer({**access.client_config(), "group.id": group, "enable.auto.commit": False})
    try:
        partitions = reader.list_topics(topic, timeout=COMMITTED_SECONDS_MAX).topics[topic].partitions
        places = [confluent_kafka.TopicPartition(topic, p) for p in partitions]
        found = reader.committed(places, timeout=COMMITTED_SECONDS_MAX)
        return {place.partition: place.offset for place in found if place.offset >= 0}
    finally:
        reader.close()


def _seen(raw: Any) -> Seen:
    at = datetime.fromtimestamp(raw.timestamp / 1000, UTC)
    headers = {name: value.decode(errors="replace") for name, value in raw.headers if value is not None}
    return Seen(raw.partition, raw.offset, at, (raw.key or b"").decode(errors="replace"), headers, raw.value or b"")


@asynccontextmanager
async def bus_of(access: KafkaAccess) -> AsyncIterator[Bus]:
    """A bus for a user."""
    producer = AIOKafkaProducer(acks="all", linger_ms=0, max_request_size=2_000_000, **client_arguments(access))
    await producer.start()
    try:
        yield Bus(access, producer)
    finally:
        await producer.stop()
