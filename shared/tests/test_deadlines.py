"""A deadline fires once, whoever looks, as a decision and as a command."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.tests.conftest import NAME, Logs, Pool
from spn.messaging import dead_letters, firing
from spn.messaging.contract import Command
from spn.messaging.deadlines import Due
from spn.messaging.policies import Connection, DueData
from spn.testing.bench import Bench
from tests.toy.parts import ADD, COUNTED, TICK, topics_of, toy

NOON = datetime(2027, 1, 14, 12, tzinfo=UTC)


@dataclass
class HandClock:
    """Business time that the test moves."""

    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    def at(self, real: datetime) -> datetime:
        return real


@pytest.fixture
def clock() -> HandClock:
    """It is noon."""
    return HandClock()


@pytest.fixture
def bench(pool: Pool, clock: HandClock) -> Bench:
    """The toy on that clock."""
    return Bench(NAME, toy(NAME).policies, pool, clock=clock, partitions=topics_of(NAME).get)


async def ask(bench: Bench, logs: Logs, counter: str, **more: float) -> None:
    command = {"group_id": "g", "counter_id": counter, **more}
    await bench.handle(logs.commands.append("g", ADD, command, at=bench.clock.now()))


async def rung(pool: Pool) -> list[str]:
    return [r[0] for r in await pool.fetch("SELECT counter_id FROM entries WHERE handler = 'ring' ORDER BY id")]


async def test_a_deadline_fires_when_it_is_due_and_not_before(bench: Bench, logs: Logs, clock: HandClock) -> None:
    await ask(bench, logs, "c", ring_in=60)
    clock.moment += timedelta(seconds=59)
    await firing.fire_decisions(bench.pipeline)
    assert await rung(bench.pool) == []
    clock.moment += timedelta(seconds=1)
    await firing.fire_decisions(bench.pipeline)
    await firing.fire_decisions(bench.pipeline)
    assert await rung(bench.pool) == ["c"]
    assert await bench.pool.fetchval("SELECT count(*) FROM deadlines") == 0


async def test_two_replicas_that_see_the_same_deadlines_fire_each_once(
    bench: Bench, logs: Logs, clock: HandClock, pool: Pool
) -> None:
    for number in range(40):
        await ask(bench, logs, f"c{number}", ring_in=number, tick_in=number)
    clock.moment += timedelta(minutes=1)
    replicas = [Bench(NAME, toy(NAME).policies, pool, clock=clock).pipeline for _ in range(2)]
    await asyncio.gather(
        *(firing.fire_decisions(r) for r in replicas), *(firing.fire_commands(r, {}) for r in replicas)
    )
    assert sorted(await rung(pool)) == sorted(f"c{n}" for n in range(40))
    ticks = await bench.told(TICK)
    assert sorted(t.data["counter_id"] for t in ticks) == sorted(f"c{n}" for n in range(40))
    assert len({t.id for t in ticks}) == 40
    assert len(await bench.told(COUNTED)) == 80


async def test_a_later_deadline_takes_the_place_of_the_earlier_one(bench: Bench, logs: Logs, clock: HandClock) -> None:
    await ask(bench, logs, "c", ring_in=10)
    await ask(bench, logs, "c", ring_in=100)
    clock.moment += timedelta(seconds=50)
    await firing.fire_decisions(bench.pipeline)
    assert await rung(bench.pool) == []
    clock.moment += timedelta(seconds=50)
    await firing.fire_decisions(bench.pipeline)
    assert await rung(bench.pool) == ["c"]


async def test_a_deadline_that_was_moved_while_it_fired_is_left_for_later(
    bench: Bench, logs: Logs, clock: HandClock
) -> None:
    await ask(bench, logs, "c", ring_in=10)
    seen = Due("counter.ring", "c", "g", clock.now() + timedelta(seconds=10))
    await ask(bench, logs, "c", ring_in=100)
    clock.moment += timedelta(seconds=10)
    tally = await bench.pipeline.fire([seen])
    assert (tally.messages, await rung(bench.pool)) == (0, [])
    assert await bench.pool.fetchval("SELECT count(*) FROM deadlines") == 1


async def test_a_gate_holds_a_command_back_without_losing_it(bench: Bench, logs: Logs, clock: HandClock) -> None:
    await ask(bench, logs, "c", tick_in=1)
    await ask(bench, logs, "d", tick_in=2)
    clock.moment += timedelta(minutes=1)

    async def only_d(_: Connection, due: Due) -> bool:
        return due.root == "d"

    await firing.fire_commands(bench.pipeline, {"counter.tick": only_d})
    assert [t.data["counter_id"] for t in await bench.told(TICK)] == ["d"]
    await firing.fire_commands(bench.pipeline, {})
    assert [t.data["counter_id"] for t in await bench.told(TICK)] == ["d", "c"]


async def test_a_deadline_whose_command_cannot_be_made_holds_up_no_other(
    bench: Bench, logs: Logs, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(bench, logs, "c", tick_in=1)
    await ask(bench, logs, "d", tick_in=2)
    clock.moment += timedelta(minutes=1)
    rule = bench.pipeline.policies.command_deadlines["counter.tick"]

    def only_d(data: DueData) -> Command:
        if data.root != "d":
            raise LookupError
        return rule.command(data)

    monkeypatch.setitem(bench.pipeline.policies.command_deadlines, rule.kind, replace(rule, command=only_d))
    await firing.fire_commands(bench.pipeline, {})
    assert [t.data["counter_id"] for t in await bench.told(TICK)] == ["d"]
    monkeypatch.undo()
    await firing.fire_commands(bench.pipeline, {})
    assert [t.data["counter_id"] for t in await bench.told(TICK)] == ["d", "c"]


async def test_a_deadline_whose_decision_fails_is_a_dead_letter_that_can_be_replayed(
    bench: Bench, logs: Logs, clock: HandClock, sick: set[tuple[str, str]]
) -> None:
    for counter in ("a", "bad", "z"):
        await ask(bench, logs, counter, ring_in=1)
    sick.add(("ring", "bad"))
    clock.moment += timedelta(seconds=1)
    await firing.fire_decisions(bench.pipeline)
    assert await rung(bench.pool) == ["a", "z"]
    (letter,) = await bench.letters()
    assert (letter["handler"], letter["type"], letter["topic"]) == ("ring", "counter.ring", "deadlines")
    sick.clear()
    async with bench.pool.acquire() as connection:
        assert await dead_letters.ask_replay(connection, letter["id"], "the bell is cured")
    await firing.replay(bench.pipeline)
    assert await rung(bench.pool) == ["a", "z", "bad"]
    assert await bench.letters() == []
