"""How this system speaks to Kafka: the settings of KAFKA clients that were measured, in one place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import KafkaError, ProducerClosed
from faststream.kafka import KafkaBroker
from faststream.kafka.security import parse_security
from faststream.security import BaseSecurity, SASLScram512

from spn.database import tls_of
from spn.messaging.repairs import repair
from spn.settings import ServiceSettings

METADATA_AGE_MS_MAX = 30_000
REQUEST_MS_MAX = 120_000
BATCH_BYTES_MAX = 524_288
"""Of a partition's batch before it is compressed: half of what a broker takes. With the default of 16 kB a turn of the
relay goes in pieces of six sessions, each sent only when the one before it is acknowledged."""
REBALANCE_MS_MAX = 60_000
POLL_MS_MAX = 300_000
HEARTBEAT_MS = 1_000
END_SECONDS_MAX = 1.0
ANSWER_MS_MAX = 2_000


def security_of(settings: ServiceSettings) -> BaseSecurity | None:
    """How to sign in, or None where the broker asks for nothing."""
    protocol = settings.kafka_security_protocol
    if protocol == "PLAINTEXT":
        return None
    assert settings.kafka_username is not None
    assert settings.kafka_password is not None
    context = (
        tls_of(str(settings.kafka_ca_file) if settings.kafka_ca_file else None) if protocol == "SASL_SSL" else None
    )
    return SASLScram512(
        settings.kafka_username,
        settings.kafka_password.get_secret_value(),
        use_ssl=protocol == "SASL_SSL",
        ssl_context=context,
    )


def broker_of(settings: ServiceSettings, client_id: str) -> KafkaBroker:
    """A FastStream broker that only consumes: nothing here publishes past the outbox."""
    repair()
    return KafkaBroker(
        settings.bootstrap,
        client_id=client_id,
        security=security_of(settings),
        metadata_max_age_ms=METADATA_AGE_MS_MAX,
        allow_auto_create_topics=False,
        consumer_only=True,
        apply_types=False,
        graceful_timeout=settings.stop_seconds_max / 2,
        logger=logging.getLogger("faststream"),
        log_level=logging.DEBUG,
    )


def consumer_arguments(settings: ServiceSettings) -> dict[str, Any]:
    """The consumer settings of every subscriber."""
    return {
        "auto_offset_reset": "earliest",
        "max_records": settings.batch_records_max,
        "session_timeout_ms": settings.kafka_session_timeout_ms,
        "heartbeat_interval_ms": HEARTBEAT_MS,
        "rebalance_timeout_ms": REBALANCE_MS_MAX,
        "max_poll_interval_ms": POLL_MS_MAX,
        "partition_assignment_strategy": (StickyPartitionAssignor,),
    }


def producer_maker(settings: ServiceSettings, client_id: str) -> Callable[[], AIOKafkaProducer]:
    """Makes producers for the relay: acknowledged by all, idempotent, keyed."""
    repair()

    def make() -> AIOKafkaProducer:
        return AIOKafkaProducer(
            bootstrap_servers=settings.bootstrap,
            client_id=client_id,
            acks="all",
            enable_idempotence=True,
            compression_type="lz4",
            linger_ms=0,
            max_batch_size=BATCH_BYTES_MAX,
            request_timeout_ms=REQUEST_MS_MAX,
            max_request_size=1_048_576,
            metadata_max_age_ms=METADATA_AGE_MS_MAX,
            **parse_security(security_of(settings)),
        )

    return make


def broker_probe(settings: ServiceSettings, client_id: str) -> Callable[[], Awaitable[bool]]:
    """Makes a question: whether one of the brokers answers. One that only takes connections is not there yet.

    It needs no right and no password, so that what is refused to this service is not taken for an outage.
    """
    encrypted = settings.kafka_security_protocol == "SASL_SSL"
    context = tls_of(str(settings.kafka_ca_file) if settings.kafka_ca_file else None) if encrypted else None
    places = collect_hosts(settings.bootstrap, randomize=False)

    async def answers() -> bool:
        for host, port, _ in places:
            try:
                connection = await create_conn(
                    host,
                    port,
                    client_id=client_id,
                    request_timeout_ms=ANSWER_MS_MAX,
                    security_protocol="SSL" if encrypted else "PLAINTEXT",
                    ssl_context=context,
                )
            except (OSError, TimeoutError, KafkaError):
                continue
            connection.close()
            return True
        return False

    return answers


async def end(producer: AIOKafkaProducer) -> None:
    """End a producer without sending what it still holds: that is for its successor to send.

    Its own stop waits for batches that no broker takes, and when that is cut short its tasks and connections live on:
    they would ask for metadata for ever, and send old batches when the broker is back.
    """
    unsent = producer._message_accumulator._batches
    for waiter in [batch._drain_waiter for batches in unsent.values() for batch in batches]:
        waiter.add_done_callback(retrieve)
    producer._message_accumulator.fail_all(ProducerClosed())
    for ending in (producer.stop, producer.client.close):
        task = asyncio.create_task(ending())  # type: ignore[no-untyped-call]
        if not (await asyncio.wait({task}, timeout=END_SECONDS_MAX))[0]:
            task.cancel()
            await asyncio.wait({task}, timeout=END_SECONDS_MAX)
        elif not task.cancelled():
            task.exception()


def retrieve(outcome: asyncio.Future[Any]) -> None:
    """Look at an outcome that nobody waits for any longer, so that it is not reported as forgotten."""
    if not outcome.cancelled():
        outcome.exception()
