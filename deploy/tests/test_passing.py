"""Which errors of Kafka a reader sits out."""

from __future__ import annotations

import pytest
from confluent_kafka import KafkaError

from spn_local.passing import passes


@pytest.mark.parametrize(
    "code", [KafkaError.FENCED_LEADER_EPOCH, KafkaError.LEADER_NOT_AVAILABLE, KafkaError._TRANSPORT]
)
def test_a_leader_that_changes_and_a_lost_connection_are_sat_out(code: int) -> None:
    assert passes(KafkaError(code))


@pytest.mark.parametrize("code", [KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.UNKNOWN_TOPIC_OR_PART])
def test_a_right_or_a_topic_that_is_not_there_ends_the_reading(code: int) -> None:
    assert not passes(KafkaError(code))


def test_nothing_fatal_is_sat_out() -> None:
    assert not passes(KafkaError(KafkaError._TRANSPORT, "no more", True))
