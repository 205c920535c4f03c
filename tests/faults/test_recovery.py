"""The figures of recovery, from the seconds of each kill; and what the load that times it asks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spn.messaging.partitions import partition_of
from tests.faults.recovery_kinds import KINDS
from tests.faults.recovery_load import editions
from tests.faults.recovery_report import Found, figure_of, nearest_rank, write

REPLICA = KINDS[0]


@pytest.mark.parametrize(("part", "expected"), [(0.5, 25.0), (0.95, 48.0), (1.0, 50.0)])
def test_a_quantile_is_one_of_the_kills_that_happened(part: float, expected: float) -> None:
    assert nearest_rank([float(n) for n in range(50, 0, -1)], part) == expected


def test_an_aim_is_missed_when_more_than_one_kill_of_twenty_takes_longer() -> None:
    well, late = REPLICA.aim_seconds - 0.1, REPLICA.aim_seconds + 0.1
    assert figure_of(REPLICA, [well] * 19 + [late]).holds
    assert not figure_of(REPLICA, [well] * 18 + [late] * 2).holds


def test_the_load_reaches_every_partition() -> None:
    assert [partition_of(edition.encode(), 24) for edition in editions(24)] == list(range(24))


def test_the_report_finds_what_it_looks_for(tmp_path: Path) -> None:
    found = Found(seed=7, command="python -m ...", figures=[figure_of(REPLICA, [1.0, 2.0])])
    write(found, tmp_path / "build" / "recovery.json")
    told = json.loads((tmp_path / "build" / "recovery.json").read_text())
    assert told["seed"] == 7
    assert told["kinds"] == [
        {"kind": REPLICA.name, "kills": 2, "p50": 1.0, "p95": 2.0, "worst": 2.0, "aim": 3.0, "holds": True}
    ]
