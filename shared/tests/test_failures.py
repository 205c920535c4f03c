"""Whatever goes wrong at the HTTP side of any service is a problem that repeats no value and tells of no program."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import pytest
from fastapi import Body, HTTPException, Query
from fastapi.responses import Response, StreamingResponse

from spn.rights.gate import Gate
from spn.rights.marks import public
from spn.rights.routing import BODY_BYTES_MAX, GuardedRouter, guard
from spn.rights.sessions import Sessions
from spn.web import Application

SECRET = "s3cr3t-value"


def router() -> GuardedRouter:
    made = GuardedRouter()

    @made.get("/number")
    @public
    async def number(of: Annotated[int, Query(le=10)], at: str = "") -> dict[str, int]:
        return {"of": of + len(at)}

    @made.post("/text")
    @public
    async def text(number: Annotated[int, Body(embed=True)]) -> dict[str, int]:
        return {"number": number}

    @made.get("/bug")
    @public
    async def bug() -> None:
        raise RuntimeError(SECRET)

    @made.get("/refused")
    @public
    async def refused() -> None:
        raise HTTPException(418, SECRET, headers={"x-why": "tea"})

    @made.get("/kept")
    @public
    async def kept() -> Response:
        return Response(b"kept", headers={"cache-control": "max-age=5"})

    @made.get("/flows")
    @public
    async def flows() -> StreamingResponse:
        return StreamingResponse(iter(["one", "two"]))

    return made


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    app = Application("failing")
    app.include_router(router())
    guard(app, Gate(None, Sessions(secure=True)))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        yield client


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert SECRET not in answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    return answer.status_code, body["type"].removeprefix("urn:spn:problem:")


async def test_a_bug_tells_nothing_of_itself(http: httpx.AsyncClient) -> None:
    assert problem(await http.get("/bug")) == (500, "failed")


async def test_a_parameter_is_named_and_its_value_is_not_repeated(http: httpx.AsyncClient) -> None:
    for query in ({"of": SECRET}, {"of": "11"}, {}):
        answer = await http.get("/number", params=query)
        assert problem(answer) == (422, "invalid")
        assert [one["parameter"] for one in answer.json()["errors"]] == ["of"]


async def test_a_field_of_a_body_is_pointed_at(http: httpx.AsyncClient) -> None:
    answer = await http.post("/text", json={"number": SECRET})
    assert problem(answer) == (422, "invalid")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["#/number"]
    assert problem(await http.post("/text", content=b"{", headers={"content-type": "application/json"})) == (
        422,
        "invalid",
    )


async def test_what_is_not_there_or_cannot_be_asked_so_is_a_problem(http: httpx.AsyncClient) -> None:
    assert problem(await http.get(f"/{SECRET}")) == (404, "not-found")
    refused = await http.delete("/number")
    assert problem(refused) == (405, "method-not-allowed")
    assert refused.headers["allow"] == "GET, HEAD"
    posted = await http.head("/text")
    assert (posted.status_code, posted.headers["allow"], posted.content) == (405, "POST", b"")


async def test_a_refusal_of_a_route_keeps_its_status_and_headers_and_loses_its_text(http: httpx.AsyncClient) -> None:
    answer = await http.get("/refused")
    assert problem(answer) == (418, "status-418")
    assert answer.headers["x-why"] == "tea"


@pytest.mark.parametrize("path", ["/text", "/nowhere", "/number"])
async def test_a_body_without_end_is_too_large_wherever_it_goes(http: httpx.AsyncClient, path: str) -> None:
    assert problem(await http.post(path, content=b" " * (BODY_BYTES_MAX + 1))) == (413, "too-large")


async def test_a_body_that_says_not_how_long_it_is_is_read_no_further_than_the_limit(http: httpx.AsyncClient) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65_536
            yield b" " * 65_536

    headers = {"content-type": "application/json"}
    assert problem(await http.post("/text", content=endless(), headers=headers)) == (413, "too-large")
    assert read < BODY_BYTES_MAX + 200_000


async def test_head_is_get_without_its_body(http: httpx.AsyncClient) -> None:
    for path in ("/number?of=3", "/kept", "/flows", "/nowhere", "/bug"):
        whole, head = await http.get(path), await http.head(path)
        assert (head.status_code, head.content, head.headers) == (whole.status_code, b"", whole.headers)


async def test_no_cache_keeps_what_does_not_say_that_it_may_be_kept(http: httpx.AsyncClient) -> None:
    for path in ("/number?of=3", "/flows", "/nowhere", "/bug"):
        assert (await http.get(path)).headers["cache-control"] == "no-store"
        assert (await http.get(path)).headers["x-content-type-options"] == "nosniff"
    assert (await http.get("/kept")).headers["cache-control"] == "max-age=5"


async def test_the_document_names_no_failure_that_is_never_sent() -> None:
    app = Application("failing")
    app.include_router(router())
    document = app.openapi()
    assert app.openapi() is document
    assert "HTTPValidationError" not in str(document)
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}
    said = document["paths"]["/number"]["get"]["responses"]["422"]["content"]
    assert said == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
