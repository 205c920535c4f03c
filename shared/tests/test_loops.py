"""What a process does again and again."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from shared.tests.conftest import Logs
from spn import loops
from spn.messaging.lanes import Desk, Lane
from spn.messaging.policies import Connection
from spn.testing.bench import Bench
from spn.testing.waiting import eventually
from tests.toy.parts import NOTE


async def nothing(_: Connection) -> int:
    return 0


async def test_a_lane_works_after_each_batch_and_does_not_wait_for_its_next_look(
    bench: Bench, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "LANE_SECONDS", 3_600)
    looks = 0

    async def work(_: Desk) -> bool:
        nonlocal looks
        looks += 1
        return False

    service: Any = SimpleNamespace(pipeline=bench.pipeline, relay=SimpleNamespace(state=SimpleNamespace(leads=False)))
    task = asyncio.create_task(loops.run_lane(service, Lane("looking", work, nothing)))
    try:
        await eventually(lambda: looks == 1, "the lane looks when it starts")
        note = {"group_id": "g", "counter_id": "c", "note": "x"}
        await bench.handle(logs.notes.append("g", NOTE, note))
        await eventually(lambda: looks == 2, "it looks after a batch")
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
