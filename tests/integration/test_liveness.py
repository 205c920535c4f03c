"""Probes tell the truth: red within a minute for whoever is useless, whatever the cause, and never in an outage."""

from __future__ import annotations

import asyncio

import pytest

from spn_local.stack import Stack
from tests.integration.useless import CAUSES, RED_SECONDS_MAX, Seen, play

pytestmark = pytest.mark.slow

SIGNS = {
    "fenced": {"another live process has the name of this replica"},
    "group right gone": {"its heartbeat has ended"},
    "heart dead": {"its heartbeat has ended"},
    "topic right gone": {"no partition is assigned to it", "it polls no longer"},
    "topic gone": {"no partition is assigned to it"},
    "loop blocked": set(),
}
ALARM = 1
"""The exit code of a process that its alarm ended."""
BY_ITSELF = 3


@pytest.fixture(scope="module")
def observed(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """What each cause led to."""
    if not stack.kafka("admin").signs_in:
        pytest.skip("a broker without users has no rights to take away")
    return asyncio.run(play(stack, tmp_path_factory.mktemp("useless")))


@pytest.fixture(params=list(CAUSES))
def cause(request: pytest.FixtureRequest) -> str:
    """Each of them."""
    return str(request.param)


def test_the_probe_turns_red_within_a_minute(observed: dict[str, Seen], cause: str) -> None:
    red = observed[cause].red
    assert red is not None, observed[cause]
    assert red < RED_SECONDS_MAX


def test_it_says_what_is_wrong(observed: dict[str, Seen], cause: str) -> None:
    assert set(observed[cause].wrong.values()) <= SIGNS[cause], observed[cause]
    assert bool(observed[cause].wrong) == bool(SIGNS[cause]), "a blocked loop cannot answer"


def test_the_process_ends_itself_so_that_its_supervisor_starts_it_anew(observed: dict[str, Seen], cause: str) -> None:
    assert observed[cause].code == (ALARM if cause == "loop blocked" else BY_ITSELF), observed[cause]


def test_it_works_again_once_the_cause_is_gone(observed: dict[str, Seen], cause: str) -> None:
    assert observed[cause].works_again
