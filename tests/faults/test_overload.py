"""Ten times what the system can take, for a few seconds; `python -m tests.faults.overload` does it for a minute."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.overload import CLIENTS, overload

pytestmark = [pytest.mark.stack, pytest.mark.slow]

SECONDS = 4.0


async def test_under_ten_times_its_load_it_stays_small_and_healthy_loses_nothing_and_catches_up(tmp_path: Path) -> None:
    seen = await overload(1, SECONDS, tmp_path, print)
    assert list(seen.wrong()) == []
    assert sum(seen.crowd.values()) >= CLIENTS
    assert seen.put > SECONDS * seen.per_second
