"""Running the simulation: the databases once, then examples."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from spn_local import probes
from spn_local.managed import ManagedProcess
from spn_local.paths import StackPaths, make_socket_directory
from spn_local.postgres import PostgresServer
from spn_local.state import StackState
from tests.simulation.databases import databases
from tests.simulation.machine import Simulation
from tests.simulation.world import World

SHRINKS = os.environ.get("SPN_SIMULATION_SHRINK", "1") != "0"
"""Making a failing example small takes up to five minutes."""


@contextmanager
def opened(server: AbstractAsyncContextManager[str]) -> Iterator[tuple[asyncio.Runner, World]]:
    """A world to play examples in, one after the other, on the server of this superuser's address."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            admin_url = runner.run(stack.enter_async_context(server))
            yield runner, World(runner.run(stack.enter_async_context(databases(admin_url))))
        finally:
            runner.run(stack.aclose())


def simulate(runner: asyncio.Runner, world: World, *, examples: int, steps: int, seed: int | None = None) -> None:
    """Play this many examples. A failure ends with the blob that plays it again.

    :raises AssertionError: something is wrong; hypothesis says after which steps.
    """

    def machine() -> Simulation:
        return Simulation(runner.run, world)

    if seed is not None:
        machine._hypothesis_internal_use_seed = seed  # type: ignore[attr-defined]
    run_state_machine_as_test(
        machine,  # type: ignore[arg-type]
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            print_blob=True,
            derandomize=bool(os.environ.get("CI")),
            phases=[phase for phase in Phase if SHRINKS or phase is not Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )


@asynccontextmanager
async def server_of(admin_url: str) -> AsyncIterator[str]:
    """A server that others started, and will stop."""
    yield admin_url


@asynccontextmanager
async def postgres(folder: Path) -> AsyncIterator[str]:
    """A PostgreSQL of one's own, without the Kafka that a whole stack would bring; the superuser's address.

    With DATABASE_URL in the environment it is that one.
    """
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    paths = StackPaths(folder, "simulation")
    server = PostgresServer(paths, StackState(), make_socket_directory(paths))
    await server.prepare()
    process = ManagedProcess(
        "postgres", server.program, lambda: probes.postgres_answers(server.admin_url), signal.SIGINT
    )
    await process.start()
    try:
        yield server.admin_url
    finally:
        await process.stop()
