"""What no schema thinks of: bodies without end, letters that are none, the wrong millisecond, a forged token."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest

from enrolment.commands import examples
from services.enrolment.tests.http.api import Api, about, asking, issuer, problem
from services.enrolment.tests.season import CLOSES, EDITION, OPENS
from spn import json_body

PATH = "/v1/commands/enrolment.request.v1"
TEN_MEGABYTES = 10 * 1024 * 1024


async def sent(api: Api, body: Any, **headers: str) -> httpx.Response:
    async with api.asked_by("platform") as http:
        return await http.post(PATH, content=body, headers=headers)


async def in_parts(size: int, part: bytes = b" " * 65_536) -> AsyncIterator[bytes]:
    for _ in range(0, size, len(part)):
        yield part


async def test_a_body_of_ten_megabytes_is_too_large_whether_it_says_so_or_not(api: Api) -> None:
    assert problem(await sent(api, b" " * TEN_MEGABYTES)) == (413, "too-large")
    assert problem(await sent(api, in_parts(TEN_MEGABYTES))) == (413, "too-large")
    assert problem(await sent(api, in_parts(300_000))) == (413, "too-large")
    assert await api.bench.told() == []


async def test_a_body_that_comes_too_slowly_is_let_go(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_body, "BODY_SECONDS_MAX", 0.2)
    never = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b'{"edition_id": '
        await never.wait()

    assert problem(await asyncio.wait_for(sent(api, slow()), 10)) == (408, "too-slow")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 50_000,
        b'{"edition_id": ' * 5_000 + b"1" + b"}" * 5_000,
        b"\xff\xfe",
        b"",
        b"null null",
        b'{"by": NaN}',
        b'{"by": 1e999}',
        b'{"by": ' + b"9" * 5_000 + b"}",
        b'{"by": "\\ud800"}',
    ],
)
async def test_what_is_no_json_that_could_be_written_again_is_refused(api: Api, body: bytes) -> None:
    assert problem(await sent(api, body)) == (400, "not-json")


def with_name(name: Any) -> bytes:
    body = asking("Anna")
    return json.dumps({**body, "participant": {**body["participant"], "name": name}}).encode()


@pytest.mark.parametrize(
    "name",
    [
        "nul \x00",
        "esc \x1b[31m",
        "kop\r\nBcc: iedereen@evil.example",
        "x" * 121,
        "x" * 90_000,
        "\u202egnal",
        " ",
        "",
        None,
        7,
        ["Anna"],
        {"$ne": ""},
    ],
)
async def test_a_name_that_could_hurt_is_refused_by_its_pointer_and_not_repeated(api: Api, name: Any) -> None:
    answer = await sent(api, with_name(name))
    assert problem(answer) == (422, "invalid")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["#/participant/name"]
    assert len(answer.content) < 1_000
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    "name",
    [
        "Noor van 't Hof",
        "O\u2019Brien",
        "<script>alert(1)</script>",
        "\u05e8\u05d7\u05dc",
        "\U0001f4da" * 60,
        "x" * 120,
    ],
)
async def test_a_strange_name_is_a_name(api: Api, name: str) -> None:
    await api.published()
    [one] = await api.enrolled(name)
    assert (await api.get(f"/v1/enrolments/{one}")).json()["participant"]["name"] == name


async def test_a_field_that_is_unknown_is_named_no_longer_than_it_needs(api: Api) -> None:
    body = {**asking("Anna"), "z" * 50_000: 1}
    answer = await sent(api, json.dumps(body).encode())
    assert problem(answer) == (422, "invalid")
    assert len(answer.content) < 1_000


async def test_a_body_that_is_another_thing_altogether_points_at_the_whole(api: Api) -> None:
    for body in (b"[]", b"7", b'"x"', b"null"):
        answer = await sent(api, body)
        assert problem(answer) == (422, "invalid")
        assert [one["pointer"] for one in answer.json()["errors"]] == ["#"]


async def test_one_millisecond_before_the_opening_is_too_early_and_at_it_is_in_time(api: Api) -> None:
    assert (await api.post("edition.publish.v1", examples.PUBLISH)).status_code == 200
    api.clock.moment = OPENS - timedelta(milliseconds=1)
    early = await api.post("enrolment.request.v1", asking("Anna"))
    assert (early.status_code, early.json()["code"]) == (409, "edition-not-open")
    api.clock.moment = OPENS
    in_time = await api.post("enrolment.request.v1", asking("Anna"))
    assert (in_time.status_code, in_time.json()["code"]) == (200, "accepted")


async def test_at_the_very_instant_of_the_closing_it_is_too_late(api: Api) -> None:
    await api.published()
    api.clock.moment = CLOSES - timedelta(milliseconds=1)
    assert (await api.post("enrolment.request.v1", asking("Anna"))).status_code == 200
    api.clock.moment = CLOSES
    late = await api.post("enrolment.request.v1", asking("Bob"))
    assert (late.status_code, late.json()["code"]) == (409, "edition-closed")


async def test_at_the_very_instant_of_its_end_an_offer_is_gone(api: Api) -> None:
    await api.published(seats=1)
    anna, bob, _ = await api.enrolled("Anna", "Bob", "Cas")
    await api.post("enrolment.withdraw.v1", about(anna))
    api.clock.moment = OPENS + timedelta(hours=72)
    late = await api.post("enrolment.accept-offer.v1", about(bob))
    assert (late.status_code, late.json()["code"]) == (409, "offer-lapsed")


async def test_a_replayed_request_of_last_year_changes_nothing(api: Api) -> None:
    await api.published()
    await api.enrolled("Anna")
    api.clock.moment = OPENS + timedelta(days=365)
    again = await api.post("enrolment.request.v1", asking("Cas"))
    assert again.status_code == 409
    assert await api.pool.fetchval("SELECT count(*) FROM enrolments") == 1


@pytest.mark.parametrize("path", ["/v1/editions", f"/v1/editions/{EDITION}/enrolments.csv", "/v1/commands/x"])
async def test_a_forged_token_opens_nothing(api: Api, path: str) -> None:
    good = issuer().token(["organiser"])
    head, claims, signature = good.split(".")
    none = jwt.encode({"sub": "x", "roles": ["organiser"]}, "", algorithm="none")
    shown = (f"{head}.{claims}.{signature[:-8]}AAAAAAAA", f"{head}.{claims}.", none, good[:-1], good * 9, "\u00e9")
    for token in shown:
        async with api.asked_by(None) as http:
            answer = await http.get(path, headers={b"authorization": f"Bearer {token}".encode("latin-1")})
        assert problem(answer) == (401, "unauthorized")
        assert token[:20] not in answer.text
    old = issuer().signed({**issuer().claims(-3600), "sub": "x", "roles": ["organiser"]})
    async with api.asked_by(None) as http:
        answer = await http.get(path, headers={"authorization": f"Bearer {old}"})
    assert answer.json()["reason"] in ("expired", "claims")
