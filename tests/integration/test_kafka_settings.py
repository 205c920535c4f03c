"""The defaults that lose, repeat or reorder messages: what the objects really have that were built."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from faststream import AckPolicy
from faststream.kafka.subscriber.usecase import BatchSubscriber

from spn.messaging import intake, kafka
from spn.running import preflight, running
from spn.service import Service
from spn.testing.waiting import eventually
from spn.web import application
from spn_local.topics.cluster import KafkaAdmin
from tests.integration.toys import Toy
from tests.toy.parts import toy


@pytest.fixture
async def replica(service: Toy) -> AsyncIterator[Service]:
    """A running toy."""
    async with service.running() as made:
        yield made


async def test_each_topic_has_a_consumer_and_a_group_of_its_own(service: Toy, replica: Service) -> None:
    """One group over several topics starts with dozens of rebalances."""
    found = {s.consumer._group_id: s.consumer.subscription() for s in replica.subscriptions if s.consumer}
    assert found == {f"{service.name}.{t}": {t} for t in (service.topic("commands"), service.topic("notes"))}


def consumers(replica: Service) -> list[Any]:
    return [s.consumer for s in replica.subscriptions]


async def test_consumers_acknowledge_by_hand_and_after_the_work(replica: Service) -> None:
    for subscription in replica.subscriptions:
        assert subscription._subscriber.ack_policy is AckPolicy.MANUAL
    for consumer in consumers(replica):
        assert consumer._enable_auto_commit is False


async def test_consumers_have_the_settings_that_were_measured(replica: Service) -> None:
    for consumer in consumers(replica):
        assert consumer._auto_offset_reset == "earliest"
        assert consumer._group_instance_id == f"{replica.parts.name}-0"
        coordinator = consumer._coordinator
        assert coordinator._session_timeout_ms == 30_000
        assert coordinator._heartbeat_interval_ms == 1_000
        assert coordinator._rebalance_timeout_ms == 60_000
        assert coordinator._max_poll_interval == 300
        assert coordinator._assignors == (StickyPartitionAssignor,)
        assert consumer._client._metadata_max_age_ms == 30_000


async def test_batches_are_bounded_and_one_at_a_time(replica: Service) -> None:
    for subscription in replica.subscriptions:
        subscriber = subscription._subscriber
        assert type(subscriber) is BatchSubscriber  # not one of the concurrent ones
        assert subscriber.max_records == 500


async def test_a_consumer_waits_for_records_and_does_not_look_again_and_again(
    replica: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    polls, original = Counter[str](), AIOKafkaConsumer.getmany

    async def counted(self: AIOKafkaConsumer, *partitions: TopicPartition, **more: Any) -> Any:
        polls.update(p.topic for p in self.assignment())
        return await original(self, *partitions, **more)

    monkeypatch.setattr(AIOKafkaConsumer, "getmany", counted)
    looks = [subscription._subscriber.get_msg for subscription in replica.subscriptions]
    assert looks == [subscription._next_batch for subscription in replica.subscriptions]
    began = time.monotonic()
    await eventually(lambda: time.monotonic() - began > 1, "a second has passed")
    assert max(polls.values()) <= 4 * max(len(s.partitions) for s in replica.subscriptions)


async def test_a_batch_sees_when_the_group_assigns_anew(replica: Service) -> None:
    """What it asks of the client for that is not public."""
    consumer = consumers(replica)[0]
    before = await eventually(lambda: intake._given(consumer), "the group has assigned")
    assert intake._given(consumer) is before
    consumer._coordinator.request_rejoin()
    await eventually(lambda: intake._given(consumer) not in (None, before), "the group has assigned anew")


async def test_nobody_can_steer_our_output_with_a_header(replica: Service) -> None:
    assert all(s._subscriber._no_reply for s in replica.subscriptions)


async def test_a_broker_that_only_consumes_cannot_publish(replica: Service) -> None:
    assert all(s._subscriber._outer_config.consumer_only for s in replica.subscriptions)
    assert not any(s._subscriber._outer_config.allow_auto_create_topics for s in replica.subscriptions)


async def test_the_library_keeps_its_logger(replica: Service) -> None:
    """Without one it hides its errors as well."""
    assert all(s._subscriber._outer_config.logger.logger.logger is not None for s in replica.subscriptions)


async def test_the_producer_of_the_relay_is_idempotent_and_waits_for_all(service: Toy) -> None:
    producer = kafka.producer_maker(service.settings(), "t")()
    try:
        sender = producer._sender
        assert sender._acks == -1
        assert sender._txn_manager is not None
        assert sender._txn_manager.transactional_id is None
        assert sender._request_timeout_ms == 120_000
        assert producer._message_accumulator._batch_ttl == 120
        assert producer._message_accumulator._linger_time == 0
        assert producer._compression_type is not None
        assert producer._max_request_size == 1_048_576
    finally:
        await kafka.end(producer)


async def test_several_brokers_are_a_list(service: Toy) -> None:
    settings = service.settings(kafka_bootstrap_servers="localhost:1, localhost:2")
    producer = kafka.producer_maker(settings, "t")()
    found = {(host, port) for host, port, _ in producer.client.hosts}
    await kafka.end(producer)
    assert found == {("localhost", 1), ("localhost", 2)}
    assert kafka.broker_of(settings, "t").specification.url == ["localhost:1", "localhost:2"]


async def test_a_topic_that_is_missing_is_not_made_and_the_service_waits_for_it(service: Toy) -> None:
    """A consumer that starts without its topic hangs for ever; one with a default of one partition is worse."""
    parts = toy(f"{service.name}-later")
    waiting = Service(parts, service.settings())
    async with running(waiting):
        assert not await preflight(waiting)
        assert waiting.subscriptions[0].consumer is None
        admin = KafkaAdmin(service.stack.kafka("admin"))
        assert not set(parts.policies.topics) & admin.state().topics.keys()
        for topic in parts.policies.topics:
            admin.create_topic(topic, 2, {})
        await eventually(lambda: all(s.partitions for s in waiting.subscriptions), "it starts once they are there")
    assert waiting.why is None


async def test_the_web_side_publishes_nothing(replica: Service) -> None:
    """FastStream's own AsyncAPI page brings a route that publishes to any topic."""
    transport = httpx.ASGITransport(app=application(replica))
    async with httpx.AsyncClient(transport=transport, base_url="http://toy") as client:
        for path in ("/asyncapi/try", "/docs/asyncapi/try", "/try"):
            assert (await client.post(path, json={})).status_code == 404
        for path in ("/live", "/ready", "/status", "/metrics"):
            assert (await client.get(path)).status_code == 200
            assert (await client.post(path)).status_code == 405
