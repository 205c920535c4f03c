"""A consumer that stands still while its process lives: /live turns red and the process ends itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from aiokafka.errors import CorruptRecordException

from spn.messaging import watchdog
from spn.messaging.subscription import Subscription
from spn.messaging.tally import Tally
from spn.service import Service, StoppedByItselfError
from spn.testing.waiting import eventually
from spn.web import application
from tests.integration.toys import Toy

PATIENCE = 1.0


@pytest.fixture
async def replica(service: Toy) -> AsyncIterator[Service]:
    """A running toy whose watchdog, now that it runs, has little patience."""
    async with service.running() as made:
        made.watchdog.patience_seconds = PATIENCE
        yield made


async def live(replica: Service) -> int:
    """What /live says."""
    transport = httpx.ASGITransport(app=application(replica))
    async with httpx.AsyncClient(transport=transport, base_url="http://toy") as client:
        return (await client.get("/live")).status_code


def stop_reading(subscription: Subscription) -> None:
    """Its loop is gone: nobody asks for records any more."""
    for task in subscription._subscriber.tasks:
        task.cancel()


def stop_heart(subscription: Subscription) -> None:
    """As after the right to its group was taken away and given back."""
    subscription.consumer._coordinator._heartbeat_task.cancel()  # type: ignore[union-attr]


def stop_coordination(subscription: Subscription) -> None:
    """As after any error that the client did not think of; its heartbeat goes on."""

    def fail(_: object) -> bool:
        raise RuntimeError

    coordinator: Any = subscription.consumer._coordinator  # type: ignore[union-attr]
    coordinator.need_rejoin = fail
    coordinator.request_rejoin()


def spoil(subscription: Subscription) -> None:
    """As when what the broker sends can never be read: each time it is asked for records the client fails."""

    async def fail(*_: object, **__: object) -> None:
        raise CorruptRecordException

    subscription.consumer._fetcher.fetched_records = fail  # type: ignore[union-attr]


def lose_partitions(subscription: Subscription) -> None:
    """As after its topic was deleted."""
    subscription.consumer._subscription.unsubscribe()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("fault", "sign"),
    [
        (stop_reading, "nobody reads it any more"),
        (stop_heart, "its heartbeat has ended"),
        (stop_coordination, "its coordination has ended"),
        (spoil, "its fetcher stands still"),
        (lose_partitions, "no partition is assigned to it"),
    ],
)
async def test_a_stuck_consumer_turns_live_red_and_ends_its_process(
    service: Toy, replica: Service, fault: Callable[[Subscription], None], sign: str
) -> None:
    assert await live(replica) == 200
    fault(replica.subscriptions[1])
    await eventually(lambda: replica.watchdog.trouble, "the watchdog sees it")
    assert replica.watchdog.trouble == {service.topic("notes"): sign}
    assert await live(replica) == 503
    await eventually(replica.ended.is_set, "the replica ends itself")
    assert isinstance(replica.why, StoppedByItselfError)
    assert sign in str(replica.why)


async def test_a_batch_that_never_ends_turns_live_red(
    service: Toy, replica: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "BATCH_SECONDS_MAX", 1.0)
    end = asyncio.Event()

    async def hang(*_: object) -> Tally:
        await end.wait()
        return Tally()

    monkeypatch.setattr(replica.pipeline, "handle", hang)
    await service.note("c")
    await eventually(lambda: replica.watchdog.trouble, "the watchdog sees it")
    assert replica.watchdog.trouble == {service.topic("notes"): "its batch does not end"}
    end.set()


async def test_a_batch_that_never_gets_its_turn_turns_live_red(service: Toy, replica: Service) -> None:
    async with replica.subscriptions[1]._turn:
        await service.note("c")
        await eventually(lambda: replica.watchdog.trouble, "the watchdog sees it")
    assert replica.watchdog.trouble == {service.topic("notes"): "its fetcher stands still"}


async def test_a_consumer_that_has_nothing_to_do_is_not_taken_for_a_stuck_one(service: Toy, replica: Service) -> None:
    began = time.monotonic()
    await eventually(lambda: time.monotonic() - began > 5 * PATIENCE, "five times its patience has passed")
    assert replica.watchdog.trouble == {}
    assert await live(replica) == 200
    await service.note("c")
    await service.until_entries(2)


async def test_a_group_that_takes_long_to_assign_anew_makes_no_sign(service: Toy, replica: Service) -> None:
    subscription = replica.subscriptions[1]
    consumer: Any = subscription.consumer
    join, go_on = consumer._coordinator._do_rejoin_group, asyncio.Event()

    async def wait(*asked: Any) -> Any:
        await go_on.wait()
        return await join(*asked)

    consumer._coordinator._do_rejoin_group = wait
    consumer._coordinator.request_rejoin()
    await eventually(lambda: subscription.is_reassigning, "the group assigns anew")
    quiet = "its client has handed over nothing for four times its patience"
    await eventually(lambda: time.monotonic() - subscription.turned_at > 4 * PATIENCE, quiet)
    assert replica.watchdog.trouble == {}
    go_on.set()
    await service.note("c")
    await service.until_entries(1, "count_note")


async def test_a_consumer_that_is_still_connecting_is_no_error(
    service: Toy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its client is there before its coordinator is: on a busy machine for seconds, and then the process would end."""
    monkeypatch.setattr(watchdog, "LOOK_SECONDS", 0.001)
    async with service.running() as replica:
        assert replica.why is None
