"""`make faults`, the short version: a minute of faults on a stack of its own."""

from __future__ import annotations

import json
import os

import pytest

from spn.messaging import failpoints
from spn_local.paths import checkout_root
from tests.faults.__main__ import play

pytestmark = [pytest.mark.stack, pytest.mark.slow]

SEED = int(os.environ.get("SPN_FAULTS_SEED", "14"))


RESULTS = checkout_root() / "build" / "faults" / "short"
"""Where the report stays, and the logs when something is wrong."""


def test_a_minute_of_faults_loses_doubles_and_disorders_nothing() -> None:
    outcome = play(SEED, 1.0, RESULTS)
    assert outcome.wrong == [], f"once more: {outcome.command}"
    report = json.loads((RESULTS / "report.json").read_text())
    assert report["ok"]
    assert report["commands"] > 100
    assert all(report["failpoints"][name]["hits"] >= 1 for name in failpoints.ALL)
    assert sum(report["poison"].values()) > 0
    assert report["audit"]["checks"], "the auditor looked"
    assert "it held" in (RESULTS / "report.html").read_text()
