"""A deadline's command comes again when it was too early, and waits where nobody knows what else is on its way."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest
from aiokafka.errors import KafkaConnectionError

from shared.tests.conftest import Pool
from spn.clock import Clock, FileClock, SystemClock
from spn.messaging import firing, uptime
from spn.messaging.deadlines import Due
from spn.messaging.policies import Connection
from spn.messaging.uptime import MercyGate, beat, up_since
from spn.testing.bench import Bench
from spn.testing.waiting import eventually
from tests.toy.parts import TICK

DUE = Due("counter.tick", "c", "g", SystemClock().now() - timedelta(hours=1))


async def test_a_deadline_that_is_set_again_at_its_old_instant_is_a_new_command(bench: Bench) -> None:
    for _ in range(2):  # the log's clock is behind: the first command sets its deadline again
        await bench.pool.execute(
            "INSERT INTO deadlines VALUES ($1, $2, $3, $4)", DUE.kind, DUE.root, DUE.subject, DUE.due_at
        )
        await firing.fire_commands(bench.pipeline, {})
    assert len({t.id for t in await bench.told(TICK)}) == 2


class Topic:
    """A subscription whose broker is as the test wants it."""

    topic = "toy.commands"
    _fetcher = object()  # the client has started

    def __init__(self, answer: Exception | dict[Any, int], partitions: int | None = 1) -> None:
        self.consumer = self
        self.asked = 0
        self._answer, self._partitions = answer, partitions

    def partition_count(self) -> int | None:
        return self._partitions

    async def end_offsets(self, places: Any) -> dict[Any, int]:
        self.asked += 1
        if isinstance(self._answer, Exception):
            raise self._answer
        return dict.fromkeys(places, 3)


async def test_a_broker_that_is_away_holds_deadlines_back_and_is_not_asked_for_each(pool: Pool) -> None:
    topic = Topic(KafkaConnectionError())
    gate = MercyGate(lambda: topic, timedelta())  # type: ignore[arg-type, return-value]
    async with pool.acquire() as connection:
        assert [await gate(connection, DUE) for _ in range(3)] == [False] * 3
    assert topic.asked == 1


async def test_a_clock_that_steps_back_begins_one_period_and_not_one_a_beat(pool: Pool) -> None:
    noon = SystemClock().now()
    async with pool.acquire() as connection:
        for minutes in (0, 1, -60, -59, -58):
            await beat(connection, noon + timedelta(minutes=minutes))
        assert await connection.fetchval("SELECT count(*) FROM edge_uptime") == 2
        assert await up_since(connection, noon - timedelta(hours=2)) == timedelta(minutes=3)


async def test_a_topic_whose_partitions_are_not_known_lets_nothing_pass(pool: Pool) -> None:
    gate = MercyGate(lambda: Topic({}, None), timedelta())  # type: ignore[arg-type, return-value]
    async with pool.acquire() as connection:
        assert not await gate(connection, DUE)


async def test_what_is_held_passes_once_it_is_handled_and_the_gate_forgets(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spn.messaging.uptime.HELD_MAX", 1)
    topic = Topic({})
    gate = MercyGate(lambda: topic, timedelta())  # type: ignore[arg-type, return-value]
    async with pool.acquire() as connection:
        taken_away = Due("counter.tick", "gone", "g", DUE.due_at)
        assert not await gate(connection, taken_away)
        assert not await gate(connection, DUE)
        assert list(gate._held) == [DUE.id]
        await connection.execute("INSERT INTO consumer_offsets VALUES ('toy.commands', 0, 3)")
        assert await gate(connection, DUE)
    assert gate._held == {}


async def test_a_connection_that_breaks_off_is_a_beat_missed_and_no_more(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [asyncpg.InternalClientError("got result for unknown protocol state 0")]

    async def beat_later(connection: Connection, now: datetime) -> None:
        if broken:
            raise broken.pop()
        await beat(connection, now)

    async def is_up() -> bool:
        return bool(await pool.fetchval("SELECT count(*) FROM edge_uptime"))

    monkeypatch.setattr(uptime, "BEAT_SECONDS", 0.01)
    monkeypatch.setattr(uptime, "beat", beat_later)
    service: Any = SimpleNamespace(pool=pool, clock=SystemClock(), broker_up=True)
    task = asyncio.create_task(uptime.beating(service))
    try:
        await eventually(is_up, "the next beat is written down", seconds=10)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_time_without_a_broker_is_no_time_in_which_people_could_answer(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their answers are kept, and come to the log too late."""
    looks = asyncio.Semaphore(0)

    class Cut:
        """A service whose database is there and whose broker is not."""

        def __init__(self) -> None:
            self.pool = pool
            self.clock: Clock = SystemClock()

        @property
        def broker_up(self) -> bool:
            looks.release()
            return False

    monkeypatch.setattr(uptime, "BEAT_SECONDS", 0.01)
    task = asyncio.create_task(uptime.beating(Cut()))
    try:
        for _ in range(3):
            await asyncio.wait_for(looks.acquire(), 10)
        assert await pool.fetchval("SELECT count(*) FROM edge_uptime") == 0
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_clock_file_that_is_half_written_leaves_the_clock_as_it_was(tmp_path: Any) -> None:
    path = tmp_path / "clock"
    path.write_text('["2026-01-01T00:00:00+00:00", "2030-01-01T00:00:00+00:00"]\n')
    clock = FileClock(path)
    before = clock.now()
    path.write_text(path.read_text() + '["2026-01-02T00:00:00+00:00", "20')
    assert timedelta() <= clock.now() - before < timedelta(minutes=1)
