"""Clients that are slow or many, on a real socket: each is bounded, and health answers all the while."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from spn import bounded_http
from spn.serving import QuietServer, http_server
from spn.testing.waiting import eventually

HEAD_SECONDS = 0.5
CLIENTS_IDLE_SECONDS = 60
"""What proxies and load balancers keep a connection for; the libraries of clients keep it for less."""


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[QuietServer]:
    """A server whose patience is short and whose room is small."""
    monkeypatch.setattr(bounded_http, "HEAD_SECONDS_MAX", HEAD_SECONDS)
    monkeypatch.setattr(bounded_http, "CONNECTIONS_MAX", 20)
    app = FastAPI()

    @app.get("/live")
    async def live() -> str:
        return "yes"

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(3 * HEAD_SECONDS)
        return "done"

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(64)
        serving_it = http_server(app)
        serving = asyncio.create_task(serving_it.serve(sockets=[sock]))
        await eventually(lambda: serving_it.started, "it serves")
        yield serving_it
        serving_it.should_exit = True
        await serving


@pytest.fixture
def port(server: QuietServer) -> int:
    """Where it listens."""
    listening: int = server.servers[0].sockets[0].getsockname()[1]
    return listening


async def closed(reader: asyncio.StreamReader) -> bytes:
    """What is said until the connection is closed."""
    with contextlib.suppress(ConnectionError):
        return await asyncio.wait_for(reader.read(), 10)
    return b""


async def trickle(port: int, begin: bytes) -> bytes:
    """Send a head that never ends; what came before it was cut off."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(begin)

    async def more() -> None:
        while True:
            writer.write(b"x-more: 1\r\n")
            await asyncio.sleep(HEAD_SECONDS / 10)

    going = asyncio.create_task(more())
    try:
        return await closed(reader)
    finally:
        going.cancel()
        writer.close()


async def test_a_head_that_never_ends_is_cut_off(port: int) -> None:
    assert await trickle(port, b"GET /live HTTP/1.1\r\n") == b""


async def test_the_head_of_a_second_request_too(port: int) -> None:
    first = b"GET /live HTTP/1.1\r\nhost: x\r\n\r\n"
    assert (await trickle(port, first + b"GET /live HTTP/1.1\r\n")).endswith(b'"yes"')


async def test_who_connects_and_says_nothing_is_cut_off(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert await closed(reader) == b""
    writer.close()


async def test_a_request_that_takes_long_is_not_taken_for_a_slow_client(port: int) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"http://127.0.0.1:{port}/slow")).json() == "done"


async def test_who_asks_nothing_more_is_the_first_to_close_so_that_no_request_meets_a_closing_server(
    server: QuietServer, port: int
) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"http://127.0.0.1:{port}/live")).json() == "yes"
        (kept,) = server.server_state.connections
        closing: asyncio.TimerHandle = getattr(kept, "timeout_keep_alive_task")  # noqa: B009 - of a union of protocols
        assert closing.when() - asyncio.get_running_loop().time() > CLIENTS_IDLE_SECONDS


async def test_health_answers_while_more_are_connected_than_there_is_room_for(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_http, "HEAD_SECONDS_MAX", 60.0)
    silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(50)]
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(5):
            assert (await client.get(f"http://127.0.0.1:{port}/live", timeout=5)).json() == "yes"
    await eventually(lambda: sum(r.at_eof() for r, _ in silent) >= 30, "who says nothing made room")
    for _, writer in silent:
        writer.close()
