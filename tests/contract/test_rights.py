"""Every route of every service, asked in every role and with every kind of bad token, against docs/rights.md."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import APIRouter, FastAPI

import billing.app
from deploy.setup.install import ROOT
from spn.contracts.routes import unconnected
from spn.rights.marks import MarkError
from spn.rights.roles import Role
from spn.rights.routing import marked_routes
from spn_local.issuer import Issuer
from tests.contract.catalogue import SERVICES

PAGE = ROOT / "docs" / "rights.md"
ROW = re.compile(
    r"^\| (?P<service>[a-z]+) \| (?P<method>[A-Z]+) \| `(?P<path>[^`]+)` \| (?P<may>[^|]+) \|$", re.MULTILINE
)
TABLE = [(row["service"], row["method"], row["path"], row["may"]) for row in ROW.finditer(PAGE.read_text())]
TURNED_AWAY = (401, 403)


def bad_tokens(folder: Path, issuer: Issuer) -> Mapping[str, str]:
    """Each says that it is of all roles, and none is to be believed."""
    claims = {**issuer.claims(3600), "sub": "u-1", "roles": [*Role], "poi": "Cubiss"}
    kid = jwt.get_unverified_header(issuer.signed(claims))["kid"]
    pem = issuer._private().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    other = Issuer(folder / "other")
    other.prepare()
    body = jwt.encode(claims, base64.b64encode(pem), algorithm="HS256", headers={"kid": kid})
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": kid}).encode()).rstrip(b"=").decode()
    return {
        "expired": issuer.signed({**claims, "exp": claims["iat"] - 3600}),
        "not yet valid": issuer.signed({**claims, "nbf": claims["iat"] + 3600}),
        "for another audience": issuer.signed({**claims, "aud": "another"}),
        "by another issuer": issuer.signed({**claims, "iss": "https://elsewhere.example"}),
        "alg none": f"{none}.{body.split('.')[1]}.",
        "HS256 with the public key": body,
        "another key by our name": jwt.encode(claims, other._private(), algorithm="ES256", headers={"kid": kid}),
        "another key": other.signed(claims),
        "no token at all": "x",
    }


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    made = Issuer(tmp_path / "issuer")
    made.prepare()
    return made


@pytest.fixture(params=sorted(SERVICES))
def service(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
async def app(service: str, issuer: Issuer) -> AsyncIterator[FastAPI]:
    settings = {name.lower(): value for name, value in issuer.environment().items()}
    async with unconnected(SERVICES[service], **settings) as made:
        yield made


async def asked(app: FastAPI, method: str, path: str, token: str | None) -> int:
    """What comes of it. What lies behind the gate has no database, and may fail: then it was let in."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://service", headers=headers) as client:
        answer = await client.request(method, re.sub(r"\{[^}]*\}|\*$", "x", path), content=b"{}")
    return answer.status_code


async def test_the_table_has_every_route_of_the_service_and_no_other(app: FastAPI, service: str) -> None:
    listed = [(method, path) for whose, method, path, _ in TABLE if whose == service]
    found = [(method, path) for path, methods, _ in marked_routes(app) for method in methods]
    assert len(set(listed)) == len(listed)
    assert {one for route in found for one in _by_type(*route, service)} == set(listed)


def _by_type(method: str, path: str, service: str) -> list[tuple[str, str]]:
    """A route; for one that takes commands, each type of command that the service knows."""
    policies = SERVICES[service].policies
    types = [type_ for topic in policies.topics for type_ in policies.command_types(topic)]
    return [(method, path.replace("{type_}", type_)) for type_ in types] if "{type_}" in path else [(method, path)]


async def test_a_service_with_a_route_that_says_not_who_may_ask_it_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def careless(_: object) -> APIRouter:
        router = APIRouter()
        router.get("/secrets")(lambda: "all of them")
        return router

    build = billing.app.build
    monkeypatch.setattr(billing.app, "build", lambda settings: replace(build(settings), routes=(careless,)))
    with pytest.raises(MarkError, match="/secrets does not stand behind the gate"):
        async with unconnected(SERVICES["billing"]):
            pass


async def test_each_role_is_let_in_where_the_table_names_it_and_nowhere_else(
    app: FastAPI, service: str, issuer: Issuer
) -> None:
    for whose, method, path, may in TABLE:
        if whose == service and not may.startswith("*"):
            allowed = set(may.split(", "))
            assert allowed <= {*Role} or allowed == {"nobody"}
            for role in Role:
                status = await asked(app, method, path, issuer.token([role], poi="Cubiss"))
                assert (status not in TURNED_AWAY) == (role in allowed), (method, path, role, status)
                assert role in allowed or status == 403


async def test_no_bad_token_lets_anybody_in(app: FastAPI, service: str, issuer: Issuer, tmp_path: Path) -> None:
    bad = {"none": None, **bad_tokens(tmp_path, issuer)}
    for whose, method, path, may in TABLE:
        if whose == service and not may.startswith("*"):
            for what, token in bad.items():
                assert await asked(app, method, path, token) == 401, (method, path, what)


async def test_what_is_for_no_role_answers_the_same_whoever_asks(
    app: FastAPI, service: str, issuer: Issuer, tmp_path: Path
) -> None:
    shown = [None, *bad_tokens(tmp_path, issuer).values(), *(issuer.token([r], poi="Cubiss") for r in Role)]
    for whose, method, path, may in TABLE:
        if whose == service and may.startswith("*"):
            assert may in ("*probe*", "*public*", "*link*")
            found = {await asked(app, method, path, token) for token in shown}
            assert len(found) == 1, (method, path, found)


async def test_a_type_of_command_that_there_is_not_is_for_nobody_who_posts_none(app: FastAPI, issuer: Issuer) -> None:
    for role in Role:
        status = await asked(app, "POST", "/v1/commands/person.promote.v1", issuer.token([role], poi="Cubiss"))
        assert status in TURNED_AWAY or status == 404
