"""The renderer: a process of its own that may hang or die without harm."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from billing.documents.renderer import Renderer, RendererLost, RenderError
from billing.domain.account import Account
from services.billing.tests.builders import ENROLMENT, LIBRARY, settled
from services.billing.tests.test_documents import content

PAPER = content(settled(Account(ENROLMENT), {LIBRARY: {"course": 350_000}}, 1), "nl")
# Hangs the first time it is started, afterwards it is the real worker.
HANGS_ONCE = """
import pathlib, sys, time
mark = pathlib.Path(sys.argv[1])
if not mark.exists():
    mark.touch()
    time.sleep(600)
from billing.documents.worker import main
main()
"""


@pytest.fixture
async def renderer() -> AsyncIterator[Renderer]:
    one = Renderer()
    yield one
    await one.close()


async def test_documents_come_from_one_other_process(renderer: Renderer) -> None:
    assert renderer.pid is None, "it starts when it is needed"
    first = await renderer.pdf(PAPER)
    pid = renderer.pid
    assert await renderer.pdf(PAPER) == first
    assert first.startswith(b"%PDF-")
    assert renderer.pid == pid
    assert pid != os.getpid()


async def test_a_document_that_typst_refuses_is_an_error_and_the_next_one_is_made(renderer: Renderer) -> None:
    with pytest.raises(RenderError, match="KeyError"):
        await renderer.pdf({"kind": "invoice"})
    pid = renderer.pid
    assert (await renderer.pdf(PAPER)).startswith(b"%PDF-")
    assert renderer.pid == pid


async def test_a_renderer_that_hangs_is_replaced_and_never_blocks_the_loop(tmp_path: Path) -> None:
    command = (sys.executable, "-c", HANGS_ONCE, str(tmp_path / "hung"))
    renderer = Renderer(seconds_max=5, command=command)
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.01)
            turns += 1

    turning = asyncio.create_task(turn())
    try:
        with pytest.raises(RendererLost, match="no document after 5 s"):
            await renderer.pdf(PAPER)
        assert turns > 50
        assert renderer.pid is None
        assert (await renderer.pdf(PAPER)).startswith(b"%PDF-")
    finally:
        turning.cancel()
        await renderer.close()


async def test_a_renderer_that_dies_is_replaced(renderer: Renderer) -> None:
    await renderer.pdf(PAPER)
    assert renderer.pid is not None
    os.kill(renderer.pid, signal.SIGSTOP)
    waiting = asyncio.create_task(renderer.pdf(PAPER))
    await asyncio.sleep(0)
    os.kill(renderer.pid, signal.SIGKILL)
    with pytest.raises(RendererLost):
        await waiting
    assert (await renderer.pdf(PAPER)).startswith(b"%PDF-")


async def test_a_cancelled_document_leaves_no_half_answer_for_the_next_one(renderer: Renderer) -> None:
    await renderer.pdf(PAPER)
    task = asyncio.create_task(renderer.pdf(PAPER | {"number": "LN-2027-0042"}))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    other = await renderer.pdf(PAPER)
    assert other == await renderer.pdf(PAPER)


async def test_a_program_that_cannot_start_is_an_error_that_says_so() -> None:
    renderer = Renderer(command=(sys.executable, "-c", "raise SystemExit(1)"))
    with pytest.raises(RendererLost, match="the renderer ended"):
        await renderer.pdf(PAPER)


PARENT = """
import asyncio, sys, time
from billing.documents.renderer import Renderer

async def main():
    renderer = Renderer()
    try:
        await renderer.pdf({})
    except Exception:
        pass
    print(renderer.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.parametrize("hangs", [False, True])
def test_the_renderer_ends_with_its_service_even_when_that_is_killed(*, hangs: bool) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert psutil.pid_exists(worker)
        if hangs:
            os.kill(worker, signal.SIGSTOP)
        parent.kill()
    try:
        until(lambda: not psutil.pid_exists(worker), "the worker ends with its service")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)


LOADED = """
import sys
import billing.policies, billing.lanes, billing.events_out
heavy = [name for name in ("typst", "babel") if name in sys.modules]
sys.exit(f"the service process loads {heavy}" if heavy else 0)
"""


def test_the_service_itself_stays_light_as_only_the_worker_loads_typst_and_babel() -> None:
    subprocess.run([sys.executable, "-c", LOADED], check=True, timeout=60)


def until(condition: Callable[[], bool], what: str, patience_s: float = 15.0) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {patience_s:.0f} s: {what}"
        time.sleep(0.02)
