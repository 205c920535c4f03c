"""Where a form comes from, and what is read of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from spn.bodies import BodyRefusedError, read_body
from spn.browsers import is_from_elsewhere

PUBLIC = "https://lerend-netwerk.example"


def posted(**headers: str) -> Request:
    """A form that a browser sends to us."""
    raw = [
        (name.replace("_", "-").encode(), value.encode()) for name, value in {"host": "a.example", **headers}.items()
    ]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw})


@pytest.mark.parametrize(
    ("headers", "elsewhere"),
    [
        ({"sec_fetch_site": "same-origin", "origin": "https://a.example"}, False),
        ({"sec_fetch_site": "same-origin", "origin": "null"}, False),
        ({"sec_fetch_site": "none"}, False),
        ({"sec_fetch_site": "same-site"}, True),
        ({"sec_fetch_site": "cross-site", "origin": "https://a.example"}, True),
        ({"sec_fetch_site": "nonsense"}, True),
        ({"origin": "https://a.example"}, False),
        ({"origin": PUBLIC}, False),
        ({"origin": "https://a.example.evil.example"}, True),
        ({"origin": "https://b.example"}, True),
        ({"origin": "https://a.example:8443"}, True),
        ({"origin": ""}, True),
        ({"origin": "null"}, False),
        ({}, False),
    ],
)
def test_a_form_is_from_elsewhere_when_the_browser_says_so(headers: dict[str, str], elsewhere: bool) -> None:
    assert is_from_elsewhere(posted(**headers), PUBLIC) == elsewhere


def test_who_names_no_host_gains_nothing() -> None:
    assert is_from_elsewhere(posted(host="", origin="https://b.example"))
    assert is_from_elsewhere(posted(host="", origin=""))


def reader(bytes_max: int, seconds_max: float) -> httpx.AsyncClient:
    """Who sends a body to somebody with these limits."""
    app = FastAPI()

    @app.post("/")
    async def read(request: Request) -> JSONResponse:
        try:
            return JSONResponse(len(await read_body(request, bytes_max, seconds_max)))
        except BodyRefusedError as error:
            return JSONResponse(error.code, error.status)

    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://a.example")


async def test_a_body_is_read_up_to_its_limit_and_no_further() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1_000

    async with reader(10_000, 5) as http:
        assert (await http.post("/", content=b"x" * 10_000)).json() == 10_000
        assert (await http.post("/", content=b"x" * 10_001)).status_code == 413
        assert (await http.post("/", content=endless())).json() == "too-large"


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.Event().wait()

    async with reader(10_000, 0.05) as http:
        answer = await http.post("/", content=slow())
        assert (answer.status_code, answer.json()) == (408, "too-slow")
