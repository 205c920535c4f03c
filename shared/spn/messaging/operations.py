"""What an operator does to a service that stands still."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from faststream.kafka.security import parse_security

from spn.messaging import kafka, offsets, sequences
from spn.messaging.offsets import Position
from spn.messaging.repairs import repair
from spn.settings import ServiceSettings


async def rewind_to(settings: ServiceSettings, service: str, topics: Sequence[str], to: Position) -> list[str]:
    """Store new positions for these topics; a line of report each."""
    lines = []
    connection = await asyncpg.connect(settings.database_url.get_secret_value(), timeout=10)
    try:
        if await sequences.is_emptied(connection):
            await sequences.leap(connection)
            lines.append("the database was empty: its events are numbered far beyond any told before")
        for topic in topics:
            positions = await _positions(settings, f"{service}.{topic}", topic, to)
            await offsets.rewind(connection, {(topic, p): o for p, o in positions.items()})
            lines.append(f"{topic}: {len(positions)} partitions set to {to.value}")
    finally:
        await connection.close(timeout=5)
    return lines


async def _positions(settings: ServiceSettings, group: str, topic: str, to: Position) -> dict[int, int]:
    repair()
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap,
        group_id=group,
        enable_auto_commit=False,
        **parse_security(kafka.security_of(settings)),
    )
    await consumer.start()
    try:
        await consumer._client.add_topic(topic)
        partitions = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(partitions)
        beginnings = await consumer.beginning_offsets(partitions)
        if to is Position.EARLIEST:
            return {p.partition: o for p, o in beginnings.items()}
        return {p.partition: (await consumer.committed(p)) or beginnings[p] for p in partitions}
    finally:
        await consumer.stop()
