"""Starting and stopping a service process: everything together, within a bound, whatever hangs."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import structlog

from spn.clock import clock_from
from spn.database import SHARED_MIGRATIONS, missing_migrations, open_pool, session_settings
from spn.loops import kept, loops_of
from spn.messaging import kafka
from spn.messaging.parsing import Parser
from spn.messaging.pipeline import Pipeline
from spn.messaging.relay import Relay
from spn.messaging.subscription import Subscription
from spn.messaging.watchdog import Watchdog
from spn.service import Service, StoppedByItselfError
from spn.status import Meters

log = structlog.get_logger("service")


@contextlib.asynccontextmanager
async def running(service: Service) -> AsyncIterator[None]:
    """Everything started in order; at the end everything stopped within the bound, whatever hangs."""
    await _prepare(service)
    settings = service.settings
    broker = kafka.broker_of(settings, f"{service.parts.name}-{settings.replica_slot}")
    for subscription in service.subscriptions:
        subscription.attach(broker, **kafka.consumer_arguments(settings))
    tasks = [asyncio.create_task(kept(service, one), name=name) for name, one in loops_of(service)]
    starter = asyncio.create_task(_start_broker(service, broker))
    try:
        yield
    finally:
        # Cut short while it connects, a consumer would leave its connection behind.
        await asyncio.wait({starter}, timeout=settings.stop_seconds_max * 0.1)
        await _stop(service, broker, [starter, *tasks, *service.background])


async def _prepare(service: Service) -> None:
    settings, parts = service.settings, service.parts
    url = settings.database_url.get_secret_value()
    application = f"{parts.name}-{settings.replica_slot}"
    service.pool = await open_pool(url, application=application, size_max=settings.database_connections_max)
    async with service.pool.acquire() as connection:
        missing = await missing_migrations(connection, SHARED_MIGRATIONS, parts.migrations)
    if missing:
        raise StoppedByItselfError(
            f"the database lacks {len(missing)} migrations: run 'spn-{parts.name} migrate' first"
        )
    service.clock = clock_from(settings.spn_clock_file)
    service.beat = time.monotonic()
    parser = Parser(parts.policies, service.clock, lambda topic: _partitions(service, topic))
    service.pipeline = Pipeline(parts.name, parts.policies, service.pool, service.clock, parser)
    slot = settings.replica_slot
    service.subscriptions = [Subscription(parts.name, slot, t, service.pipeline) for t in parts.policies.topics]
    limits = session_settings(f"{application}-relay")

    async def connect() -> asyncpg.Connection[asyncpg.Record]:
        return await asyncpg.connect(url, timeout=5, command_timeout=20, server_settings=limits)

    service.relay = Relay(connect, kafka.producer_maker(settings, f"{application}-relay"), slot)
    probe = kafka.broker_probe(settings, f"{application}-watchdog")
    service.watchdog = Watchdog(probe, service.subscriptions, settings.watchdog_seconds)
    service.meters = Meters(service.subscriptions, service.relay.state)


def _partitions(service: Service, topic: str) -> int | None:
    subscription = service.subscription(topic)
    return subscription.partition_count() if subscription else None


async def _start_broker(service: Service, broker: Any) -> None:
    """Wait for a broker that can be reached and knows the topics, then start the consumers."""
    try:
        while not await preflight(service):  # noqa: ASYNC110 - no event tells that a broker is back
            await asyncio.sleep(0.5)
        service.watchdog.started = True
        await broker.connect()
        # Each waits for its group; together they take no longer than the slowest.
        await asyncio.gather(*(one.start() for one in broker.subscribers))
        log.info("consumers_started", topics=len(service.subscriptions))
    except Exception as error:  # noqa: BLE001 - whatever it is ends the process, loudly
        service.end(error)


async def preflight(service: Service) -> bool:
    """Whether the broker answers and every topic exists: a consumer that starts without its topic hangs for ever."""
    producer = kafka.producer_maker(service.settings, f"{service.parts.name}-preflight")()
    try:
        async with asyncio.timeout(10):
            await producer.start()
            known = (await producer.client.fetch_all_metadata()).topics()
    except Exception as error:  # noqa: BLE001 - tried again
        log.warning("kafka_not_ready", error=f"{type(error).__name__}: {error}"[:300])
        return False
    finally:
        await kafka.end(producer)
    missing = sorted(set(service.parts.policies.topics) - known)
    service.missing_topics = missing
    if missing:
        log.warning("kafka_not_ready", missing=missing, why="no such topic, or no right to read it")
    return not missing


async def _stop(service: Service, broker: Any, tasks: list[asyncio.Task[None]]) -> None:
    log.info("stopping")
    for subscription in service.subscriptions:
        subscription.stopping = True
    bound = service.settings.stop_seconds_max
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(bound * 0.5):
            await asyncio.gather(*(s.finish() for s in service.subscriptions), return_exceptions=True)
    for task in tasks:
        task.cancel()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(bound * 0.25):
            await asyncio.gather(*tasks, return_exceptions=True)
            for closer in (broker.stop, *service.parts.closers, service.pool.close):
                with contextlib.suppress(Exception):
                    await closer()
    service.pool.terminate()
    log.info("stopped")
