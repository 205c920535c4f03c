"""What no new start would mend leaves a process alive: it says what is missing, loses nothing and goes on by itself."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from spn.service import Service
from spn.testing.waiting import eventually
from spn.web import application
from spn_local.stack import Stack
from tests.integration.rights import Rights
from tests.integration.telling import first_seen, tell
from tests.integration.toys import Toy, assigned, new_toy
from tests.toy.parts import ANSWERED, COUNTED

PATIENCE_SECONDS = 4.0
OUTAGE_SECONDS = 4 * PATIENCE_SECONDS


@pytest.fixture
def rights(service: Toy) -> Rights:
    """A user of the toy's own."""
    if not service.stack.kafka("admin").signs_in:
        pytest.skip("a broker without users has no rights to take away")
    made = Rights(service)
    made.begin()
    return made


@asynccontextmanager
async def signed_in(service: Toy, rights: Rights, slot: str = "0") -> AsyncIterator[Service]:
    """A replica that signs in as the toy's own user."""
    async with service.running(slot, **rights.settings()) as replica:
        yield replica


async def says(replica: Service, path: str) -> tuple[int, str]:
    """What its HTTP side answers."""
    transport = httpx.ASGITransport(app=application(replica))
    async with httpx.AsyncClient(transport=transport, base_url="http://toy") as client:
        answer = await client.get(path)
    return answer.status_code, answer.text


async def test_a_topic_that_may_not_be_written_waits_by_itself_and_can_be_seen(service: Toy, rights: Rights) -> None:
    topic = service.topic("events")
    async with signed_in(service, rights) as replica, service.bus.watch(topic) as events:
        await service.add("c")
        await events.count(1, COUNTED)
        await rights.take(rights.write_events)
        await service.add("c")
        await eventually(lambda: topic in replica.relay.state.refusals.why, "the relay is refused")
        await service.add("c", tick_in=0)  # its deadline becomes a command, on a topic that may be written
        await service.until_entries(1, "tick")
        commands = await service.bus.read(service.topic("commands"))
        assert len(commands) == len({c.id for c in commands}), "what was taken is not sent again"
        status, said = await says(replica, "/ready")
        assert (status, f'"relay {topic}":"TopicAuthorizationFailedError"' in said) == (503, True), said
        assert f'spn_relay_refused{{topic="{topic}"}} 1.0' in (await says(replica, "/metrics"))[1]
        assert (await says(replica, "/live"))[0] == 200
        await asyncio.to_thread(rights.give, rights.write_events)
        seen = await events.count(7)
        await service.until_published()
        assert first_seen(seen, "g") == list(range(1, 8))
        await eventually(lambda: not replica.relay.state.refusals.why, "nothing is refused any longer")
        assert (await says(replica, "/ready"))[0] == 200


async def test_a_topic_that_was_deleted_does_not_hold_up_the_others(service: Toy, rights: Rights) -> None:
    async with signed_in(service, rights) as replica, service.bus.watch(service.topic("events")) as events:
        gone = f"spn.{service.name}.dead-letters"
        for deleted in rights.client.delete_topics([gone]).values():
            deleted.result(20)
        await service.pool.execute("INSERT INTO outbox (topic, key, headers, value) VALUES ($1, '', '{}', '')", gone)
        await eventually(lambda: gone in replica.relay.state.refusals.why, "the relay is refused")
        await tell(service, 1, "g")
        await events.count(1)


async def test_a_process_whose_topic_is_missing_at_the_start_waits_for_it(service: Toy, rights: Rights) -> None:
    await rights.take(rights.read_notes)
    async with service.running(wait=False, watchdog_seconds=PATIENCE_SECONDS, **rights.settings()) as replica:
        await eventually(lambda: replica.missing_topics, "it sees that a topic is missing")
        assert await replica.ready() == {f"topic {service.topic('notes')}": "is not there, or may not be read"}
        await patience_passes(2)
        assert (await replica.live(), replica.why) == ({}, None)
        await asyncio.to_thread(rights.give, rights.read_notes)
        await assigned(replica)
        assert await replica.ready() == {}


async def test_a_changed_database_password_is_said_and_loses_nothing(service: Toy) -> None:
    role = urlsplit(service.url).username
    admin = await asyncpg.connect(service.stack.admin_database_url)
    async with service.running(watchdog_seconds=PATIENCE_SECONDS) as replica:
        await service.note("c", note="before")
        await service.until_entries(2)
        await admin.execute(f"ALTER ROLE {role} PASSWORD 'another'")
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", role)
        await service.note("c", note="meanwhile")
        await eventually(lambda: database_is_missed(replica), "it says that it cannot get in")
        await patience_passes(2)
        assert (await replica.live(), replica.why) == ({}, None)
        await admin.execute(f"ALTER ROLE {role} PASSWORD '{role}'")
        entries = await service.until_entries(4)
        assert [e["note"] for e in entries] == ["before", "before", "meanwhile", "meanwhile"]
        assert await service.pool.fetchval("SELECT count(*) FROM dead_letters") == 0
        await eventually(lambda: is_ready(replica), "it is ready again")
    await admin.close()


async def database_is_missed(replica: Service) -> bool:
    return (await replica.ready()).get("database") == "InvalidPasswordError"


async def is_ready(replica: Service) -> bool:
    return not await replica.ready()


@pytest.mark.parametrize("sqlstate", ["53100", "53200", "25006"], ids=["disk full", "out of memory", "read only"])
async def test_a_database_that_takes_nothing_buries_nothing(service: Toy, sqlstate: str) -> None:
    async with service.running() as replica:
        await service.pool.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{sqlstate}'; END $$;"
            "CREATE TRIGGER refuse BEFORE INSERT ON outbox EXECUTE FUNCTION refuse()"
        )
        await service.add("c")
        await eventually(lambda: replica.subscriptions[0].progress.retries > 2, "it is tried again")
        assert await replica.live() == {}
        await service.pool.execute("DROP TRIGGER refuse ON outbox")
        assert len(await service.until_entries(1, "add")) == 1
        assert await service.pool.fetchval("SELECT count(*) FROM dead_letters") == 0
        answers = [e for e in await service.bus.read(service.topic("events")) if e.type == ANSWERED]
        assert len(answers) <= 1


async def test_more_replicas_than_partitions_are_all_well(service: Toy) -> None:
    async with AsyncExitStack() as ends:
        replicas = []
        for slot in range(6):
            running = service.running(str(slot), wait=slot == 0, watchdog_seconds=PATIENCE_SECONDS)
            replicas.append(await ends.enter_async_context(running))
        await eventually(lambda: sum(idle(r) for r in replicas) >= 2, "some have no partition", every=0.2)
        await patience_passes(3)
        assert [(r.why, r.watchdog.trouble) for r in replicas] == [(None, {})] * 6
        assert sorted(p for r in replicas for p in r.subscriptions[1].partitions) == [0, 1, 2, 3]


async def patience_passes(times: int) -> None:
    """So long that whoever is taken for useless has ended."""
    began = time.monotonic()
    await eventually(lambda: time.monotonic() - began > times * PATIENCE_SECONDS, "its patience has passed", every=0.2)


def idle(replica: Service) -> bool:
    """Whether the group had nothing for it."""
    return any(s.spare for s in replica.subscriptions)


@pytest.fixture
def broken() -> Iterator[Stack]:
    """A stack of its own, whose broker may be stopped."""
    with Stack() as made:
        yield made


@pytest.mark.slow
async def test_the_watch_stays_quiet_while_the_broker_is_away_and_while_it_is_slow_to_come_back(
    broken: Stack, tmp_path: Path, collected: None
) -> None:
    del collected
    async with (
        new_toy(broken, tmp_path) as service,
        service.running("0", watchdog_seconds=PATIENCE_SECONDS) as one,
        service.running("1", watchdog_seconds=PATIENCE_SECONDS) as two,
    ):
        await service.note("c")
        await service.until_entries(2)
        await asyncio.to_thread(broken.stop_kafka, kill=True)
        await quiet(one, two)
        # The kernel takes connections for a broker that stands still, and nobody answers.
        starting = asyncio.create_task(asyncio.to_thread(broken.start_kafka))
        pid = await eventually(lambda: broken.process("kafka")["pid"], "its process is there", every=0.1)
        await eventually(lambda: accepts(broken.bootstrap), "it takes connections", every=0.01)
        os.kill(pid, signal.SIGSTOP)
        await quiet(one, two)
        os.kill(pid, signal.SIGCONT)
        await starting
        await service.note("c")
        await service.until_entries(4, seconds=60)
        for replica in (one, two):
            assert (replica.why, await replica.live()) == (None, {})


async def quiet(*replicas: Service) -> None:
    """For longer than the patience: alive, and not ready."""
    until, not_ready = time.monotonic() + OUTAGE_SECONDS, 0
    while time.monotonic() < until:
        for replica in replicas:
            assert (await replica.live(), replica.why) == ({}, None)
            not_ready += "broker" in await replica.ready()
        await asyncio.sleep(0.2)
    assert not_ready


async def accepts(bootstrap: str) -> bool:
    """Whether somebody listens there."""
    host, _, port = bootstrap.rpartition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return False
    writer.close()
    return True
