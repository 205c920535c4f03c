"""Which errors of a reader pass by themselves: those of a consumer carry no mark for it (`retriable` is false)."""

from __future__ import annotations

from typing import Final

from confluent_kafka import KafkaError

_PASSING: Final = frozenset({
    # of the connection
    KafkaError._ALL_BROKERS_DOWN,
    KafkaError._TRANSPORT,
    KafkaError._TIMED_OUT,
    KafkaError._PARTITION_EOF,
    # of a leader that is new, or that is being chosen: librdkafka asks for it again (KIP-320)
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.REPLICA_NOT_AVAILABLE,
    KafkaError.FENCED_LEADER_EPOCH,
    KafkaError.UNKNOWN_LEADER_EPOCH,
    KafkaError.OFFSET_NOT_AVAILABLE,
    KafkaError.KAFKA_STORAGE_ERROR,
})  # fmt: skip


def passes(error: KafkaError) -> bool:
    """Whether a reader that goes on gets the messages all the same."""
    return not error.fatal() and (error.retriable() or error.code() in _PASSING)
