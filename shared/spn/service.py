"""A service process: its consumers, relay, lanes, deadlines and HTTP side, started and stopped together."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import asyncpg
import structlog
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry

from spn.clock import Clock, clock_from
from spn.database import SHARED_MIGRATIONS, missing_migrations, open_pool, session_settings
from spn.health import health_routes
from spn.messaging import dead_letters, firing, inbox, kafka, outbox
from spn.messaging.caught_up import CaughtUp
from spn.messaging.contract import Outgoing
from spn.messaging.envelope import Envelope
from spn.messaging.faults import is_transient
from spn.messaging.lanes import POLL_SECONDS, Lane
from spn.messaging.parsing import Parser
from spn.messaging.pipeline import Pipeline
from spn.messaging.policies import Connection, Policies
from spn.messaging.relay import Relay
from spn.messaging.subscription import Subscription
from spn.messaging.watchdog import PATIENCE_SECONDS, Watchdog
from spn.settings import ServiceSettings
from spn.status import Meters, read_status

DEADLINE_SECONDS = 0.2
LOOP_LATE_SECONDS_MAX = 10.0
PURGE_SECONDS = 600.0

log = structlog.get_logger("service")


@dataclass(frozen=True, slots=True)
class Parts:
    """What makes one service: all that ``app.py`` has to say."""

    name: str
    policies: Policies
    migrations: str
    lanes: tuple[Lane, ...] = ()
    gates: Callable[[Service], Mapping[str, firing.Gate]] | None = None
    routes: tuple[Callable[[Service], APIRouter], ...] = ()
    tasks: tuple[Callable[[Service], Awaitable[None]], ...] = ()
    closers: tuple[Callable[[], Awaitable[None]], ...] = ()


class StoppedByItselfError(Exception):
    """The service cannot go on usefully and ends, so that its supervisor starts it anew."""


@dataclass(slots=True)
class Service:
    """A running service. Also the desk at which lanes work."""

    parts: Parts
    settings: ServiceSettings
    pool: asyncpg.Pool[asyncpg.Record] = field(init=False)
    clock: Clock = field(init=False)
    pipeline: Pipeline = field(init=False)
    relay: Relay = field(init=False)
    watchdog: Watchdog = field(init=False)
    subscriptions: list[Subscription] = field(default_factory=list)
    meters: Meters = field(init=False)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    why: Exception | None = None
    beat: float = 0.0
    background: list[asyncio.Task[None]] = field(default_factory=list)
    _caught_up: dict[str, CaughtUp] = field(default_factory=dict)

    async def tell(self, connection: Connection, outgoing: Sequence[Outgoing], because: Envelope | None) -> None:
        """Put events in the outbox, in the transaction that is open on ``connection``."""
        now, source = self.clock.now(), self.pipeline.source
        await outbox.append(connection, [outbox.pending(o, source=source, time=now, cause=because) for o in outgoing])
        await outbox.wake(connection)

    async def caught_up(self, topic: str) -> bool:
        """Whether the service has handled what this topic held when that was first asked, by whichever replica."""
        subscription = self.subscription(topic)
        if subscription is None:
            return True
        asked = self._caught_up.setdefault(topic, CaughtUp(subscription))
        async with self.pool.acquire() as connection:
            return await asked(connection)

    def subscription(self, topic: str) -> Subscription | None:
        """The consumer of this topic, once the service runs."""
        return next((s for s in self.subscriptions if s.topic == topic), None)

    async def status(self) -> dict[str, Any]:
        """The numbers of this replica and its database; remembered for /metrics."""
        numbers = await read_status(self.pool, self.parts.lanes, self.clock.now(), self.subscriptions)
        self.meters.latest = numbers
        return {
            "service": self.parts.name,
            "slot": self.settings.replica_slot,
            "leader": self.relay.state.leads,
            **numbers,
        }

    async def live(self) -> dict[str, str]:
        """What makes this process useless until it is started anew."""
        wrong = {f"consumer {topic}": sign for topic, sign in self.watchdog.trouble.items()}
        late = time.monotonic() - self.beat
        if late > LOOP_LATE_SECONDS_MAX:
            wrong["loop"] = f"last beat {late:.0f} s ago"
        turn = asyncio.get_running_loop().time() - self.relay.state.last_turn
        if turn > PATIENCE_SECONDS * 2:
            wrong["relay"] = f"last turn {turn:.0f} s ago"
        if self.why is not None:
            wrong["service"] = type(self.why).__name__
        return wrong

    async def ready(self) -> dict[str, str]:
        """What keeps this process from its work at the moment."""
        wrong = {}
        try:
            async with self.pool.acquire(timeout=2) as connection:
                await connection.fetchval("SELECT 1", timeout=2)
        except Exception as error:  # noqa: BLE001 - whatever it is, the service is not ready
            wrong["database"] = type(error).__name__
        if not self.watchdog.broker_up:
            wrong["broker"] = "cannot be reached"
        return wrong

    def end(self, why: Exception) -> None:
        """Stop this process because it cannot go on usefully."""
        if self.why is None:
            self.why = why
            log.error("service_ends", why=f"{type(why).__name__}: {why}")
        self.ended.set()


@contextlib.asynccontextmanager
async def running(service: Service) -> AsyncIterator[None]:
    """Everything started in order; at the end everything stopped within the bound, whatever hangs."""
    await _prepare(service)
    settings = service.settings
    broker = kafka.broker_of(settings, f"{service.parts.name}-{settings.replica_slot}")
    for subscription in service.subscriptions:
        subscription.attach(broker, **kafka.consumer_arguments(settings))
    tasks = [asyncio.create_task(_kept(service, one), name=name) for name, one in _loops(service)]
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
    service.watchdog = Watchdog(settings.bootstrap, service.subscriptions)
    service.meters = Meters(service.subscriptions, service.relay.state)


def _partitions(service: Service, topic: str) -> int | None:
    subscription = service.subscription(topic)
    return subscription.partition_count() if subscription else None


def _loops(service: Service) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
    """Every loop of the process, by name."""
    loops: list[tuple[str, Callable[[], Awaitable[None]]]] = [
        ("relay", service.relay.run),
        ("watchdog", service.watchdog.run),
        ("pulse", lambda: _pulse(service)),
        ("deadlines", lambda: _fire(service)),
        ("purge", lambda: _purge(service)),
    ]
    for subscription in service.subscriptions:
        loops += [
            (f"tick {subscription.topic}", subscription.tick),
            (f"commit {subscription.topic}", subscription.commit_forever),
        ]
    for lane in service.parts.lanes:
        loops.append((f"lane {lane.name}", lambda lane=lane: _run_lane(service, lane)))  # type: ignore[misc]
    for task in service.parts.tasks:
        loops.append((f"task {task.__name__}", lambda task=task: task(service)))  # type: ignore[misc]
    return loops


async def _kept(service: Service, loop: Callable[[], Awaitable[None]]) -> None:
    """A loop that ends by itself or fails ends the process: half a service is worse than none."""
    try:
        await loop()
    except asyncio.CancelledError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is ends the process, loudly
        service.end(error)


async def _start_broker(service: Service, broker: Any) -> None:
    """Wait for a broker that can be reached and knows the topics, then start the consumers."""
    try:
        while not await preflight(service):  # noqa: ASYNC110 - no event tells that a broker is back
            await asyncio.sleep(0.5)
        await broker.start()
        log.info("consumers_started", topics=len(service.subscriptions))
    except Exception as error:  # noqa: BLE001 - whatever it is ends the process, loudly
        service.end(error)


async def preflight(service: Service) -> bool:
    """Whether the broker answers and every topic exists: a consumer that starts without its topic hangs for ever."""
    producer = kafka.producer_maker(service.settings, f"{service.parts.name}-preflight")()
    try:
        async with asyncio.timeout(10):
            await producer.start()
            for topic in service.parts.policies.topics:
                await producer.partitions_for(topic)
    except Exception as error:  # noqa: BLE001 - tried again
        log.warning("kafka_not_ready", error=f"{type(error).__name__}: {error}"[:300])
        return False
    finally:
        await kafka.end(producer)
    return True


async def _stop(service: Service, broker: Any, tasks: list[asyncio.Task[None]]) -> None:
    log.info("stopping")
    for subscription in service.subscriptions:
        subscription.stopping = True
    bound = service.settings.stop_seconds_max
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(bound * 0.6):
            await asyncio.gather(*(s.finish() for s in service.subscriptions), return_exceptions=True)
    for task in tasks:
        task.cancel()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(bound * 0.3):
            await asyncio.gather(*tasks, return_exceptions=True)
            for closer in (broker.stop, *service.parts.closers, service.pool.close):
                with contextlib.suppress(Exception):
                    await closer()
    service.pool.terminate()
    log.info("stopped")


async def _pulse(service: Service) -> None:
    """Proof that the loop turns; and the end of a process whose consumers are beyond help."""
    while True:
        service.beat = time.monotonic()
        for subscription in service.subscriptions:
            if subscription.fatal.done():
                subscription.fatal.result()
        if service.watchdog.trouble:
            raise StoppedByItselfError(str(service.watchdog.trouble))
        await asyncio.sleep(1)


async def _fire(service: Service) -> None:
    """The leader turns due deadlines into decisions and commands."""
    gates = service.parts.gates(service) if service.parts.gates else {}
    while True:
        more = False
        if service.relay.state.leads:
            with _weathering("deadlines"):
                more = await firing.fire_commands(service.pipeline, gates)
                more = await firing.fire_decisions(service.pipeline) or more
                await firing.replay(service.pipeline)
        if not more:
            await asyncio.sleep(DEADLINE_SECONDS)


async def _run_lane(service: Service, lane: Lane) -> None:
    while True:
        more = False
        if service.relay.state.leads or not lane.alone:
            with _weathering(f"lane {lane.name}"):
                more = await lane.work(service)
        if not more:
            await asyncio.sleep(min(POLL_SECONDS, DEADLINE_SECONDS))


async def _purge(service: Service) -> None:
    while True:
        with _weathering("purge"):
            await purge(service.pool, service.settings)
        await asyncio.sleep(PURGE_SECONDS)


async def purge(pool: asyncpg.Pool[asyncpg.Record], settings: ServiceSettings) -> None:
    """Forget old marks of the inbox, answered HTTP commands and dead letters past their term. Never the outbox."""
    async with pool.acquire() as connection:
        while await inbox.purge(connection, timedelta(days=settings.inbox_days)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        await connection.execute(
            "DELETE FROM http_commands WHERE created_at < now() - interval '30 days' AND answer IS NOT NULL"
        )
        await dead_letters.purge(connection)


@contextlib.contextmanager
def _weathering(what: str) -> Any:
    """What the surroundings do to a loop is logged and tried again; a bug ends the process."""
    try:
        yield
    except Exception as error:
        if not is_transient(error):
            log.exception("loop_failed", what=what, error=type(error).__name__)
            return
        log.warning("loop_interrupted", what=what, error=type(error).__name__)


def web(service: Service) -> FastAPI:
    """The HTTP side of a running service."""
    registry = CollectorRegistry()
    registry.register(service.meters)
    app = FastAPI(title=f"spn-{service.parts.name}", docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    app.include_router(health_routes(service.live, service.ready, service.status, registry))
    for routes in service.parts.routes:
        app.include_router(routes(service))
    return app
