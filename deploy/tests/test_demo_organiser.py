from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from spn_demo.answers import Answer, NoAnswerError
from spn_demo.organiser import Organiser

ANSWER = {"outcome": "refused", "sentence_en": "It is full."}


def api(handle: Callable[[httpx.Request], httpx.Response], patience_s: float = 5.0) -> Organiser:
    return Organiser("http://api.example", "a-token", patience_s, httpx.MockTransport(handle))


def test_an_organiser_posts_with_a_token_and_a_key_and_waits_where_they_are_led() -> None:
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.method == "POST":
            return httpx.Response(202, headers={"location": "/v1/commands/7"}, json={})
        return httpx.Response(409, json=ANSWER)

    assert api(handle).ask("edition.open.v1", {"edition_id": "ln27"}) == Answer("refused", "It is full.")
    assert [f"{one.method} {one.url.raw_path.decode()}" for one in asked] == [
        "POST /v1/commands/edition.open.v1",
        "GET /v1/commands/7?wait=10",
    ]
    assert {one.headers["authorization"] for one in asked} == {"Bearer a-token"}
    assert asked[0].headers["idempotency-key"].startswith("demo-")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            httpx.Response(403, json={"title": "Not for your roles"}),
            r"not taken over HTTP \(403\): .*Not for your roles",
        ),
        (httpx.Response(202, headers={"location": "/x"}, json={}), "No answer to edition.open.v1 over HTTP within 0 s"),
    ],
)
def test_what_the_api_does_not_take_or_answer_is_said(answer: httpx.Response, expected: str) -> None:
    with pytest.raises(NoAnswerError, match=expected):
        api(lambda _: answer, 0.0).ask("edition.open.v1", {})


def test_an_organiser_finds_somebody_on_a_later_page() -> None:
    def item(name: str) -> dict[str, Any]:
        return {"enrolment_id": f"e-{name}", "participant": {"email": f"{name}@x.example"}}

    def handle(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v1/editions/ln27/enrolments"
        first = request.url.params["cursor"] == "0"
        found = {"items": [item("ann")], "next": "1"} if first else {"items": [item("bob")], "next": None}
        return httpx.Response(200, json=found)

    assert api(handle).enrolment_of("ln27", "bob@x.example") == "e-bob"
    with pytest.raises(NoAnswerError, match=r"eve@x\.example takes part in ln27 by no enrolment"):
        api(handle).enrolment_of("ln27", "eve@x.example")
