"""The leader of a real relay is frozen in the middle of its work: the standby leads, and nothing is out of order."""

from __future__ import annotations

import asyncio
import signal
from itertools import islice
from pathlib import Path

import httpx
import pytest

from spn.messaging.lead import BEAT_STALE_SECONDS
from spn.testing.waiting import eventually
from spn_local.config import ServiceConfig
from spn_local.stack import Stack
from spn_local.topics.table import load_topics
from tests.faults.examine import examine
from tests.faults.ledger import Ledger
from tests.faults.overload import commands
from tests.faults.replicas import Replicas
from tests.faults.seeds import seeded
from tests.faults.wire import Wire

pytestmark = [pytest.mark.stack, pytest.mark.slow]

FREEZES = 2
PUMP_SECONDS = 0.02
BURST = 5


async def test_a_leader_that_wakes_up_has_lost_its_lead_and_publishes_nothing_out_of_order(tmp_path: Path) -> None:
    stack = Stack(services=[ServiceConfig("enrolment", 2)])
    await asyncio.to_thread(stack.start)
    ledger = Ledger(tmp_path / "ledger.jsonl")
    wire, replicas = Wire(stack, ledger), Replicas(stack)
    over = asyncio.Event()
    putting = asyncio.create_task(put(wire, over))
    try:
        for _ in range(FREEZES):
            await freeze(stack, replicas, ledger)
        over.set()
        await putting
        topics = list(load_topics(stack.config.topics).topics)
        asked = ledger.commands

        async def answered() -> bool:
            found = await asyncio.to_thread(examine, stack.kafka("operator"), topics, asked)
            return not found.lost

        await eventually(answered, "every command is answered", seconds=300, every=2)
        found = await asyncio.to_thread(examine, stack.kafka("operator"), topics, asked)
        assert (found.lost, found.doubled, found.disordered) == ([], [], [])
        assert found.commands > 100
    finally:
        over.set()
        await asyncio.gather(putting, return_exceptions=True)
        await replicas.close()
        wire.close()
        ledger.close()
        await asyncio.to_thread(stack.stop)


async def put(wire: Wire, over: asyncio.Event) -> None:
    """Commands of several editions, all the while."""
    coming = commands(seeded("frozen"))
    while not over.is_set() or wire.waiting():
        if not over.is_set() and wire.waiting() < BURST:
            for one in islice(coming, BURST):
                wire.send(one)
        wire.pump()
        await asyncio.sleep(PUMP_SECONDS)


async def freeze(stack: Stack, replicas: Replicas, ledger: Ledger) -> None:
    """Stop the leader in the middle of its work until the other one leads and publishes; then wake it."""

    async def leads() -> str | None:
        slot = await replicas.leader("enrolment")
        return None if slot is None else str(slot)

    before = len(ledger.commands)
    await eventually(lambda: len(ledger.commands) > before + 50, "the load goes on", seconds=120)
    frozen = await eventually(leads, "somebody leads", seconds=60)
    await asyncio.to_thread(stack.kill_service, "enrolment", int(frozen), signal.SIGSTOP)
    try:

        async def another() -> bool:
            return await leads() not in (None, frozen)

        await eventually(another, "the standby leads", seconds=BEAT_STALE_SECONDS + 60, every=0.2)
        held = len(ledger.commands)
        await eventually(lambda: len(ledger.commands) > held + 50, "the load goes on", seconds=120)
    finally:
        await asyncio.to_thread(stack.kill_service, "enrolment", int(frozen), signal.SIGCONT)
    awake = f"{stack.http_url('enrolment', int(frozen))}/status"
    await eventually(lambda: has_no_lead(awake), "the frozen one knows that it leads no longer", seconds=60, every=0.5)


async def has_no_lead(url: str) -> bool:
    """Whether a replica says so."""
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            return not (await client.get(url, timeout=5)).json()["leader"]
        except httpx.HTTPError:
            return False
