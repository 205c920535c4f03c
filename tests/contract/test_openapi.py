"""The OpenAPI document of each service: valid, complete in itself, and true of its routes and commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from spn.contracts.routes import unconnected
from spn.rights.marks import For
from spn.rights.routing import marked_routes
from tests.contract.catalogue import SERVICES

ANSWERS = {"200", "202", "400", "401", "403", "404", "408", "409", "412", "413", "422", "429", "503", "default"}
COMMANDS = "/v1/commands/"
UNLISTED = re.compile(r"^/(openapi\.json$|inschrijven/|mijn/|uitnodiging/|organisatie(/|$)|en/|pages/)")
"""The document itself, and pages for people."""


@pytest.fixture(params=sorted(SERVICES))
async def read(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any], list[tuple[str, str]]]:
    """A service's name, its document and its routes."""
    async with unconnected(SERVICES[request.param]) as app:
        routes = [
            (m, path)
            for path, methods, rights in marked_routes(app)
            if rights.whom not in (For.PROBE, For.LINK)
            for m in methods
        ]
        return request.param, app.openapi(), routes


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def links(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from links(part)
    elif isinstance(value, list):
        for part in value:
            yield from links(part)


def found(document: dict[str, Any], link: str) -> Any:
    place: Any = document
    for name in link.removeprefix("#/").split("/"):
        place = place[name]
    return place


def test_it_is_openapi_3_1_and_every_link_in_it_leads_somewhere(read: tuple[str, dict[str, Any], Any]) -> None:
    _, document, _ = read
    assert document["openapi"].startswith("3.1.")
    for link in links(document):
        assert found(document, link)
    for schema in document.get("components", {}).get("schemas", {}).values():
        Draft202012Validator.check_schema(schema)


def test_every_operation_has_a_name_of_its_own_and_says_what_it_is(read: tuple[str, dict[str, Any], Any]) -> None:
    _, document, _ = read
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(names)) == len(names)
    assert all(operation["description"] for _, _, operation in operations(document))


def test_every_route_for_programs_is_in_it_and_no_other(read: tuple[str, dict[str, Any], Any]) -> None:
    service, document, routes = read
    listed = {(method.upper(), path) for method, path, _ in operations(document)}
    shown = {(method, path) for method, path in routes if not UNLISTED.match(path) and "{type_}" not in path}
    assert listed - {one for one in listed if one[0] == "POST" and one[1].startswith(COMMANDS)} == shown, service


def test_every_command_that_somebody_may_post_has_its_schema_examples_headers_and_answers() -> None:
    checked = 0
    for service in SERVICES.values():
        for type_, operation, document in posted(service):
            body = operation["requestBody"]["content"]["application/json"]
            schema = {"$ref": "#/s"} | {
                "s": found(document, body["schema"]["$ref"]),
                "components": document["components"],
            }
            assert body["examples"], type_
            for example in body["examples"].values():
                Draft202012Validator(schema).validate(example["value"])
            assert set(operation["responses"]) == ANSWERS, type_
            headers = {one["name"] for one in operation["parameters"]}
            assert headers - {"If-Match"} == {"Idempotency-Key", "traceparent"}
            checked += 1
    assert checked > 20


def posted(service: Any) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    import asyncio

    async def read_it() -> dict[str, Any]:
        async with unconnected(service) as app:
            return app.openapi()

    document = asyncio.run(read_it())
    known = {t for topic in service.policies.topics for t in service.policies.command_types(topic)}
    for method, path, operation in operations(document):
        if method == "post" and path.startswith(COMMANDS):
            type_ = path.removeprefix(COMMANDS)
            assert type_ in known
            yield type_, operation, document


def test_what_is_about_something_that_can_be_seen_takes_an_if_match() -> None:
    taking = {
        type_
        for type_, operation, _ in posted(SERVICES["enrolment"])
        if any(one["name"] == "If-Match" for one in operation["parameters"])
    }
    assert {"enrolment.withdraw.v1", "edition.amend.v1", "enrolment.invite-guest.v1"} <= taking
    assert not taking & {"enrolment.request.v1", "enrolment.confirm-guest.v1", "guest.lapse.v1"}


@pytest.mark.parametrize("service", sorted(SERVICES))
async def test_every_service_answers_what_it_does_not_know_with_a_problem(service: str) -> None:
    async with unconnected(SERVICES[service]) as app:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
            for answer, status in ((await http.get("/nothing"), 404), (await http.post("/live"), 405)):
                assert (answer.status_code, answer.json()["status"]) == (status, status)
                assert answer.headers["content-type"] == "application/problem+json"
            assert (await http.head("/openapi.json")).status_code == 200
