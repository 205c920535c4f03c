"""The API behind a real server on a port of its own, in a thread: for clients that know nothing of asyncio."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from services.enrolment.tests.http.api import Api, opened
from services.enrolment.tests.pages.house import Dial
from services.enrolment.tests.season import BEFORE
from spn.serving import http_server
from spn.testing.databases import migrated

READY_SECONDS_MAX = 60.0
DECIDE_SECONDS = 0.005


@dataclass
class Served:
    """Where it is, and its document."""

    url: str = ""
    document: dict[str, Any] = field(default_factory=dict)
    enrolments: list[str] = field(default_factory=list)


@contextmanager
def served(admin_url: str) -> Iterator[Served]:
    """The API of an edition that is open, with two who have a seat and one who waits; commands are decided at once."""
    found, ready, over = Served(), threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(_serve(admin_url, found, ready, over))
        except BaseException as error:
            failed.append(error)
            ready.set()
            raise

    thread = threading.Thread(target=run, name="served")
    thread.start()
    try:
        assert ready.wait(READY_SECONDS_MAX), "the server did not come up"
        assert not failed, failed
        yield found
    finally:
        over.set()
        thread.join(READY_SECONDS_MAX)
    assert not failed, failed


async def _serve(admin_url: str, found: Served, ready: threading.Event, over: threading.Event) -> None:
    async with migrated(admin_url, "enrolment.migrations") as url, opened(url, Dial(BEFORE)) as api:
        await api.published(seats=2)
        found.enrolments = await api.enrolled("Anna", "Bob", "Cas")
        found.document = json.loads(json.dumps(api.app.openapi()))
        with socket.create_server(("127.0.0.1", 0)) as sock:
            found.url = f"http://127.0.0.1:{sock.getsockname()[1]}"
            server = http_server(api.app)
            serving = asyncio.create_task(server.serve(sockets=[sock]))
            deciding = asyncio.create_task(_decide(api))
            ready.set()
            while not over.is_set() and not serving.done() and not deciding.done():
                await asyncio.wait({serving, deciding}, timeout=DECIDE_SECONDS)
            server.should_exit = True
            deciding.cancel()
            await serving
            with contextlib.suppress(asyncio.CancelledError):
                await deciding


async def _decide(api: Api) -> None:
    """What the replica does that owns the partitions."""
    while True:
        if not await api.decide():
            await asyncio.sleep(DECIDE_SECONDS)
