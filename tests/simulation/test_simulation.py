"""Whatever goes wrong between any two steps: nothing is wrong after any step, and in the end all is as it should be."""

from __future__ import annotations

import os

import pytest

from spn_local.stack import Stack
from tests.simulation.running import opened, server_of, simulate

EXAMPLES = int(os.environ.get("SPN_SIMULATION_EXAMPLES", "30"))
STEPS = int(os.environ.get("SPN_SIMULATION_STEPS", "50"))


@pytest.mark.slow
def test_whatever_happens_nothing_is_lost_doubled_or_out_of_order(stack: Stack) -> None:
    with opened(server_of(stack.admin_database_url)) as table:
        simulate(*table, examples=EXAMPLES, steps=STEPS)
