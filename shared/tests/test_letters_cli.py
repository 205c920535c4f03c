"""Dead letters at the command line: what an operator sees, and what needs a reason."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from shared.tests.conftest import Logs, new_bench
from spn.database import open_pool
from spn.entry import entry
from spn.settings import ServiceSettings
from spn.testing.bench import Bench
from spn.testing.plugin import NewDatabase
from tests.toy.parts import ADD, toy

Run: TypeAlias = "Callable[..., Awaitable[Result]]"
SECRET = "jan@example.nl"


@pytest.fixture
async def url(new_database: NewDatabase) -> AsyncIterator[str]:
    """A database with the toy's tables."""
    async with new_database("tests.toy.migrations") as made:
        yield made


@pytest.fixture
async def pool(url: str) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """Connections to it."""
    opened = await open_pool(url, application="test")
    yield opened
    await opened.close()


@pytest.fixture
async def bench(pool: Any, logs: Logs, sick: set[tuple[str, str]]) -> Bench:
    """A toy with a dead letter, and a command that waits behind it."""
    sick.add(("add", "c"))
    made = new_bench(pool)
    for note in (SECRET, "behind"):
        await made.handle(logs.commands.append("g", ADD, {"group_id": "g", "counter_id": "c", "note": note}))
    return made


@pytest.fixture
def run(url: str, bench: Bench) -> Run:  # noqa: ARG001 - the letters are there
    """Runs a command of the toy's command line."""
    environment = {
        "DATABASE_URL": url,
        "KAFKA_BOOTSTRAP_SERVERS": "localhost:1",
        "KAFKA_SECURITY_PROTOCOL": "PLAINTEXT",
        "COLUMNS": "250",
    }
    app = entry(lambda _: toy("toy"), ServiceSettings)

    async def invoke(*words: str) -> Result:
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, ["dead-letters", *words], env=environment))

    return invoke


async def test_the_list_shows_where_and_why_and_no_content(run: Run) -> None:
    result = await run("list")
    assert result.exit_code == 0, result.output
    assert "ArithmeticError" in result.output
    assert "waits behind" in result.output
    assert "toy.commands[3]@0" in result.output
    assert SECRET not in result.output


async def test_one_letter_is_shown_with_its_content(run: Run, bench: Bench) -> None:
    (letter, _) = await bench.letters()
    result = await run("show", str(letter["id"]))
    assert SECRET in result.output
    assert "a counter that is sick" in result.output


@pytest.mark.parametrize("what", ["replay", "discard"])
async def test_a_change_needs_a_reason(run: Run, bench: Bench, what: str) -> None:
    (letter, _) = await bench.letters()
    assert (await run(what, str(letter["id"]))).exit_code == 2
    assert len(await bench.letters()) == 2


async def test_replay_asks_the_service_and_keeps_the_reason(run: Run, bench: Bench) -> None:
    (letter, _) = await bench.letters()
    assert (await run("replay", str(letter["id"]), "--reason", "mended")).exit_code == 0
    (letter, parked) = await bench.letters()
    assert (letter["replay_asked"] is not None, letter["note"]) == (True, "mended")
    assert parked["replay_asked"] is None


async def test_discard_lets_the_next_one_go(run: Run, bench: Bench) -> None:
    (letter, _) = await bench.letters()
    assert (await run("discard", str(letter["id"]), "--reason", "a slip of the pen")).exit_code == 0
    (following,) = await bench.letters()
    assert (following["parked"], following["replay_asked"] is not None) == (False, True)
    assert await bench.pool.fetchval("SELECT reason FROM dead_letter_history") == "a slip of the pen"


@pytest.mark.parametrize("what", ["replay", "discard"])
async def test_what_cannot_be_done_is_said(run: Run, what: str) -> None:
    result = await run(what, "999", "--reason", "why not")
    assert result.exit_code == 1
    assert "there is no letter 999" in result.output
