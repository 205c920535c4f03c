"""The gate before every route: closed, unless the route's mark and the token open it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request

from spn.rights.gate import Gate, Who
from spn.rights.marks import link, may, may_by, probe, public
from spn.rights.roles import Role
from spn.rights.routing import GuardedRouter, guard
from spn.rights.sessions import Sessions
from spn_local.issuer import Issuer

ROUTES = ("/for-organisers", "/by/open", "/by/closed", "/by/unknown", "/probe", "/public", "/link")
FOR_EVERYBODY = dict.fromkeys(("/probe", "/public", "/link"), 200)


def router() -> GuardedRouter:
    """A route of each kind."""
    made = GuardedRouter()

    @made.get("/for-organisers")
    @may(Role.ORGANISER, Role.AUDITOR)
    async def for_organisers(who: Who) -> str:
        return who.subject

    @made.get("/by/{what}")
    @may_by("what", {"open": [Role.ORGANISER, Role.FINANCE], "closed": [Role.FINANCE]})
    async def by(what: str) -> str:
        return what

    @made.post("/reads")
    @may(Role.ORGANISER)
    async def reads(request: Request) -> int:
        return len(await request.body())

    for name, mark in (("probe", probe), ("public", public), ("link", link)):

        async def everybody() -> str:
            return "yes"

        made.get(f"/{name}")(mark(everybody))
    return made


@pytest.fixture
def app(gate: Gate) -> FastAPI:
    made = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    made.include_router(router())
    guard(made, gate)
    return made


def shown(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def answers(http: httpx.AsyncClient, headers: dict[str, str]) -> dict[str, int]:
    return {path: (await http.get(path, headers=headers)).status_code for path in ROUTES}


async def test_without_a_token_only_what_says_so_is_open(http: httpx.AsyncClient) -> None:
    for headers in ({}, {"authorization": "Bearer"}, {"authorization": "Basic x"}, shown(""), shown("x")):
        assert await answers(http, headers) == dict.fromkeys(ROUTES, 401) | FOR_EVERYBODY


async def test_a_role_opens_what_names_it(http: httpx.AsyncClient, issuer: Issuer) -> None:
    for roles, opened in {
        ("organiser",): {"/for-organisers": 200, "/by/open": 200, "/by/unknown": 200},
        ("finance",): {"/by/open": 200, "/by/closed": 200, "/by/unknown": 200},
        ("auditor",): {"/for-organisers": 200},
        ("platform",): {},
        ("root",): {},
        ("auditor", "finance"): dict.fromkeys(ROUTES, 200),
    }.items():
        found = await answers(http, shown(issuer.token(roles)))
        assert found == dict.fromkeys(ROUTES, 403) | FOR_EVERYBODY | opened, roles


async def test_the_route_hears_who_asks(http: httpx.AsyncClient, issuer: Issuer) -> None:
    answer = await http.get("/for-organisers", headers=shown(issuer.token(["organiser"], subject="u-17")))
    assert answer.json() == "u-17"


async def test_a_refusal_is_a_problem_that_says_what_to_show_and_repeats_no_token(
    http: httpx.AsyncClient, issuer: Issuer, capsys: pytest.CaptureFixture[str]
) -> None:
    expired = issuer.signed({**issuer.claims(-3600), "sub": "u-1", "roles": ["organiser"]})
    for headers, status, challenge, reason in (
        ({}, 401, "Bearer", "missing"),
        (shown("nonsense.of.mine"), 401, 'Bearer error="invalid_token"', "malformed"),
        (shown(expired), 401, 'Bearer error="invalid_token"', "expired"),
        (shown(issuer.token(["finance"])), 403, 'Bearer error="insufficient_scope"', None),
    ):
        answer = await http.get("/for-organisers", headers=headers)
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.status_code, answer.headers["www-authenticate"]) == (status, challenge)
        assert answer.json().get("reason") == reason
        token = headers.get("authorization", "Bearer -").split(" ")[1]
        said = answer.text + str(answer.headers) + "".join(capsys.readouterr())
        assert not any(part in said for part in token.split(".") if len(part) > 1)


async def test_nothing_of_a_body_is_read_before_the_gate(http: httpx.AsyncClient, issuer: Issuer) -> None:
    read = []

    async def body() -> AsyncIterator[bytes]:
        read.append(True)
        yield b"xx"

    assert (await http.post("/reads", content=body(), headers=shown("x"))).status_code == 401
    assert (await http.post("/reads", content=body(), headers=shown(issuer.token(["auditor"])))).status_code == 403
    assert (await http.post("/reads", content=b"xx", headers=shown(issuer.token(["organiser"])))).json() == 2


async def test_without_an_issuer_nobody_comes_in(app: FastAPI, http: httpx.AsyncClient, issuer: Issuer) -> None:
    guard(app, Gate(None, Sessions(secure=True)))
    assert await answers(http, shown(issuer.token(list(Role)))) == dict.fromkeys(ROUTES, 401) | FOR_EVERYBODY


async def test_refusals_are_counted_by_their_reason(gate: Gate, http: httpx.AsyncClient, issuer: Issuer) -> None:
    for headers in ({}, shown("x"), shown("y"), shown(issuer.token(["platform"]))):
        await http.get("/for-organisers", headers=headers)
    counted = {
        s.labels["why"]: s.value for m in gate.turned_away.collect() for s in m.samples if s.name.endswith("total")
    }
    assert counted == {"missing": 1, "malformed": 2, "role": 1}


async def test_the_description_says_what_to_show_and_what_may_come(app: FastAPI) -> None:
    described = app.openapi()
    organisers, everybody = described["paths"]["/for-organisers"]["get"], described["paths"]["/public"]["get"]
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert organisers["security"] == [{"token": []}]
    assert {"401", "403"} <= set(organisers["responses"])
    assert "security" not in everybody
