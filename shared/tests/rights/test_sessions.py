"""A login session: a cookie that ends with its token, and changes that only a page of ours can send."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from spn.rights.gate import Gate, Who
from spn.rights.login import session_router
from spn.rights.marks import may
from spn.rights.roles import Role
from spn.rights.routing import GuardedRouter, guard
from spn.rights.sessions import FORM_FIELD, FORM_HEADER, Sessions, form_token
from spn_local.issuer import Issuer

OURS = {"sec-fetch-site": "same-origin"}
COOKIE = "__Host-spn-session"


@pytest.fixture
def app(gate: Gate) -> FastAPI:
    made, router = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, max_body_size=100_000), GuardedRouter()

    @router.post("/change")
    @may(Role.ORGANISER)
    async def change(request: Request, who: Who) -> dict[str, Any]:
        form = {name: getattr(value, "filename", value) for name, value in (await request.form()).items()}
        return {"who": who.subject, "form": form, "bytes": len(await request.body())}

    made.include_router(router)
    made.include_router(session_router("/organisers"))
    guard(made, gate)
    return made


@pytest.fixture
def token(issuer: Issuer) -> str:
    return issuer.token(["organiser"], hours=2, subject="u-1")


def cookie_of(answer: httpx.Response) -> Any:
    return SimpleCookie(answer.headers["set-cookie"])[COOKIE]


async def log_in(http: httpx.AsyncClient, token: str) -> None:
    assert (await http.post("/session", json={"token": token}, headers=OURS)).status_code == 204


async def test_a_token_becomes_a_cookie_that_ends_with_it_and_that_no_script_reads(
    http: httpx.AsyncClient, token: str
) -> None:
    answer = await http.post("/session", json={"token": token})
    cookie = cookie_of(answer)
    assert (answer.status_code, answer.headers["cache-control"]) == (204, "no-store")
    assert (cookie.value, cookie["path"], cookie["domain"]) == (token, "/", "")
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "strict")
    assert 7190 <= int(cookie["max-age"]) <= 7200


async def test_a_form_logs_in_too_and_is_led_on(http: httpx.AsyncClient, token: str) -> None:
    answer = await http.post("/session", data={"token": token}, headers=OURS)
    assert (answer.status_code, answer.headers["location"], cookie_of(answer).value) == (303, "/organisers", token)


async def test_who_is_logged_in_can_be_asked(http: httpx.AsyncClient, token: str) -> None:
    assert (await http.get("/session")).status_code == 401
    await log_in(http, token)
    assert (await http.get("/session")).json() == {
        "subject": "u-1",
        "roles": ["organiser"],
        "poi": None,
        "form_token": form_token(token),
    }


@pytest.mark.parametrize("sent", [{"json": {"token": "x"}}, {"json": {}}, {"json": []}, {"data": {"a": "b"}}])
async def test_what_is_no_good_token_logs_nobody_in(http: httpx.AsyncClient, sent: dict[str, Any]) -> None:
    answer = await http.post("/session", **sent)
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)


async def test_a_token_that_no_cookie_holds_is_refused(http: httpx.AsyncClient, issuer: Issuer) -> None:
    large = issuer.token(["organiser", *(f"role-{i}" for i in range(400))], subject="u")
    assert (await http.post("/session", json={"token": large})).status_code == 413


async def test_a_body_without_end_is_cut_off_and_one_that_is_no_json_refused(http: httpx.AsyncClient) -> None:
    assert (await http.post("/session", content=b"[")).status_code == 400
    assert (await http.post("/session", json={"token": "x" * 50_000})).status_code == 413


async def test_an_expired_cookie_lets_nobody_in(http: httpx.AsyncClient, issuer: Issuer) -> None:
    expired = issuer.signed({**issuer.claims(-60), "sub": "u", "roles": ["organiser"]})
    answer = await http.get("/session", headers={"cookie": f"{COOKIE}={expired}"})
    assert (answer.status_code, answer.json()["reason"]) == (401, "expired")


async def test_another_site_logs_nobody_in_or_out(http: httpx.AsyncClient, token: str) -> None:
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ):
        asked = (
            http.post("/session", json={"token": token}, headers=headers),
            http.delete("/session", headers=headers),
            http.post("/session/end", headers=headers),
        )
        for one in asked:
            answer = await one
            assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


async def test_logging_out_takes_the_cookie_back(http: httpx.AsyncClient, token: str) -> None:
    for end, status in ((("DELETE", "/session"), 204), (("POST", "/session/end"), 303)):
        await log_in(http, token)
        assert (await http.get("/session")).status_code == 200
        assert (await http.request(*end, headers=OURS)).status_code == status
        assert (await http.get("/session")).status_code == 401


async def test_a_change_from_our_own_page_is_let_in_and_its_form_still_to_be_read(
    http: httpx.AsyncClient, token: str
) -> None:
    await log_in(http, token)
    proof = form_token(token)
    for headers in (OURS, {"origin": "https://edge"}):
        answer = await http.post("/change", data={FORM_FIELD: proof, "a": "b"}, headers=headers)
        assert answer.json() == {"who": "u-1", "form": {FORM_FIELD: proof, "a": "b"}, "bytes": 79}
    answer = await http.post("/change", files={"file": b"xyz"}, data={FORM_FIELD: proof}, headers=OURS)
    assert answer.json()["form"] == {FORM_FIELD: proof, "file": "upload"}
    answer = await http.post("/change", json={"a": "b"}, headers={**OURS, FORM_HEADER: proof})
    assert answer.json()["bytes"] > 0


async def test_a_change_that_another_site_makes_the_browser_send_is_refused(
    http: httpx.AsyncClient, issuer: Issuer, token: str
) -> None:
    await log_in(http, token)
    proof, others = form_token(token), form_token(issuer.token(["organiser"]))
    for headers, form in (
        (OURS, {}),
        (OURS, {FORM_FIELD: ""}),
        (OURS, {FORM_FIELD: others}),
        (OURS, {FORM_FIELD: "é"}),
        ({**OURS, FORM_HEADER: others}, {FORM_FIELD: proof}),
        ({}, {FORM_FIELD: proof}),
        ({"sec-fetch-site": "cross-site"}, {FORM_FIELD: proof}),
        ({"sec-fetch-site": "none"}, {FORM_FIELD: proof}),
        ({"sec-fetch-site": "cross-site", "origin": "https://edge"}, {FORM_FIELD: proof}),
        ({"origin": "https://evil.example"}, {FORM_FIELD: proof}),
        ({"origin": "https://edge.evil.example"}, {FORM_FIELD: proof}),
        ({"origin": "null"}, {FORM_FIELD: proof}),
    ):
        answer = await http.post("/change", data=form, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:spn:problem:forged"), (headers, form)


async def test_a_form_that_is_too_large_to_look_into_is_refused(http: httpx.AsyncClient, token: str) -> None:
    await log_in(http, token)
    for form in ({"a": "b" * 200_000, FORM_FIELD: form_token(token)}, {f"f{i}": "" for i in range(600)}):
        assert (await http.post("/change", data=form, headers=OURS)).status_code in (403, 413)


async def test_a_token_in_the_header_needs_no_form_and_counts_before_the_cookie(
    http: httpx.AsyncClient, issuer: Issuer, token: str
) -> None:
    assert (await http.post("/change", headers={"authorization": f"Bearer {token}"})).status_code == 200
    await log_in(http, token)
    for header, status in ((f"Bearer {issuer.token(['finance'])}", 403), ("Bearer x", 401), ("", 401)):
        answer = await http.post(
            "/change", data={FORM_FIELD: form_token(token)}, headers={**OURS, "authorization": header}
        )
        assert answer.status_code == status


def test_a_local_stack_has_a_cookie_without_https() -> None:
    assert (Sessions(secure=True).cookie, Sessions(secure=False).cookie) == (COOKIE, "spn-session")


async def test_a_form_is_led_to_where_it_says_as_long_as_that_is_a_path_of_ours(
    http: httpx.AsyncClient, token: str
) -> None:
    for asked, led in (
        ("/organisers/editions/a-1?b=c", "/organisers/editions/a-1?b=c"),
        ("", "/organisers"),
        ("https://evil.example", "/organisers"),
        ("//evil.example", "/organisers"),
        ("/\\evil.example", "/organisers"),
        ("/a\r\nset-cookie: b=c", "/organisers"),
        ("/" + "a" * 600, "/organisers"),
    ):
        answer = await http.post("/session", data={"token": token, "next": asked}, headers=OURS)
        assert (answer.status_code, answer.headers["location"]) == (303, led)
        out = await http.post("/session/end", data={"next": asked}, headers=OURS)
        assert (out.status_code, out.headers["location"]) == (303, led)


async def test_a_form_with_a_token_that_is_not_good_is_led_back_and_told_why(http: httpx.AsyncClient) -> None:
    sent = {"token": "x", "back": "/log-in", "next": "/organisers/a?b=c"}
    answer = await http.post("/session", data=sent, headers=OURS)
    assert (answer.status_code, "set-cookie" in answer.headers) == (303, False)
    assert answer.headers["location"] == "/log-in?refused=malformed&next=%2Forganisers%2Fa%3Fb%3Dc"
    for back in ("https://evil.example", "//evil.example", "/log-in?next=/x"):
        assert (await http.post("/session", data={**sent, "back": back}, headers=OURS)).status_code == 401
