"""The AsyncAPI documents as a stranger finds them: by the standard, true in every example, and enough to work with."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import pytest
import yaml
from jsonschema import Draft7Validator

from deploy.setup.install import ROOT
from spn.messaging.envelope import JSON_TYPE, Record, read_envelope
from tests.contract.catalogue import CONTRACTS, SERVICES
from tests.contract.conftest import EmptyService

Document: TypeAlias = dict[str, Any]

STANDARD = json.loads(Path(__file__).with_name("asyncapi-3.0.0.schema.json").read_text())
DOCUMENTS: dict[str, Document] = {
    name: yaml.safe_load((ROOT / "docs" / "asyncapi" / f"{name}.yaml").read_text()) for name in SERVICES
}
MESSAGES = [(name, type_) for name, found in DOCUMENTS.items() for type_ in found["components"]["messages"]]
TAKING_COMMANDS = [name for name, service in SERVICES.items() if service.policies.answer]


def by_the_standard(document: Document) -> list[str]:
    return [
        f"{'/'.join(map(str, error.path))}: {error.message}"
        for error in Draft7Validator(STANDARD).iter_errors(document)
    ]


def fits(document: Document, schema: Any, value: Any) -> list[str]:
    """What is wrong with a value by a schema of this document, whose references lead into the document."""
    whole = {"components": document["components"], **schema}
    return [
        error.message
        for error in Draft7Validator(whole, format_checker=Draft7Validator.FORMAT_CHECKER).iter_errors(value)
    ]


def resolved(document: Document, reference: str) -> Any:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return resolved(document, found["$ref"]) if isinstance(found, dict) and "$ref" in found else found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_keeps_to_asyncapi_3(name: str) -> None:
    assert by_the_standard(DOCUMENTS[name]) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("asyncapi",), "2.6.0"),
        (("operations", "receive.spn.scheduling.commands", "action"), "take"),
        (("components", "securitySchemes", "scram", "type"), "scram"),
        (("components", "messages", "session.move.v1", "bindings", "kafka", "key"), "edition_id"),
        (("channels", "spn.scheduling.commands", "bindings", "kafka", "partitions"), "24"),
    ],
)
def test_a_document_that_does_not_keep_to_asyncapi_3_is_seen(place: tuple[str, ...], value: Any) -> None:
    document = json.loads(json.dumps(DOCUMENTS["scheduling"]))
    inner = document
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = value

    assert by_the_standard(document)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_reference_leads_somewhere(name: str) -> None:
    text = json.dumps(DOCUMENTS[name])
    references = {part.split('"')[0] for part in text.split('"$ref": "')[1:]}

    assert references
    for reference in references:
        assert resolved(DOCUMENTS[name], reference)


@pytest.mark.parametrize(("name", "type_"), MESSAGES)
def test_every_example_of_a_message_fits_its_headers_and_its_payload(name: str, type_: str) -> None:
    document = DOCUMENTS[name]
    message = document["components"]["messages"][type_]

    assert message["examples"]
    for example in message["examples"]:
        assert fits(document, message["headers"], example["headers"]) == []
        assert fits(document, message["payload"], example["payload"]) == []
        envelope = read_envelope(_record("any", "", example["headers"], None))
        assert (envelope.type, envelope.content_type) == (type_, message["contentType"])


@pytest.mark.parametrize(("name", "type_"), MESSAGES)
def test_a_message_that_lacks_a_required_header_or_has_an_empty_value_does_not_fit(name: str, type_: str) -> None:
    document = DOCUMENTS[name]
    message = document["components"]["messages"][type_]
    headers = message["examples"][0]["headers"]

    for required in ("ce_specversion", "ce_id", "ce_type", "ce_source"):
        lacking = {key: value for key, value in headers.items() if key != required}
        assert fits(document, message["headers"], lacking), required
    assert fits(document, message["payload"], {})


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_has_all_that_its_service_owns_and_reads(name: str) -> None:
    policies = SERVICES[name].policies
    wanted = {(c.topic, c.type) for c in CONTRACTS if c.owner == name or policies.of(c.topic, c.type)}
    channels = DOCUMENTS[name]["channels"]

    assert {(topic, type_) for topic, channel in channels.items() for type_ in channel["messages"]} == wanted


@pytest.mark.stack
@pytest.mark.parametrize("name", TAKING_COMMANDS)
async def test_someone_with_this_document_alone_can_ask_and_find_the_answer(
    name: str, empty_service: EmptyService
) -> None:
    document = DOCUMENTS[name]
    asking = [one for one in document["operations"].values() if one["action"] == "receive" and "reply" in one]
    assert len(asking) == 1
    topic = resolved(document, asking[0]["channel"]["$ref"])["address"]
    answering = resolved(document, asking[0]["reply"]["channel"]["$ref"])["address"]

    for reference in asking[0]["messages"]:
        message = resolved(document, reference["$ref"])
        required = _required_headers(document, message)
        command_id = str(uuid4())
        headers = {**{header: message["examples"][0]["headers"][header] for header in required}, "ce_id": command_id}
        key = message["examples"][0]["summary"].removeprefix("Kafka key: ")
        async with empty_service(name) as service:
            await service.handle(_record(topic, key, headers, message["examples"][0]["payload"]))
            answers = [
                told
                for told in await service.told()
                if told.topic == answering and told.headers["ce_subject"] == command_id
            ]

        assert len(answers) == 1
        answer = resolved(document, asking[0]["reply"]["messages"][0]["$ref"])
        assert answers[0].type == answer["name"]
        assert answers[0].headers["ce_causationid"] == command_id
        assert fits(document, answer["headers"], answers[0].headers) == []
        assert fits(document, answer["payload"], answers[0].data) == []
        assert answers[0].data["code"] not in ("invalid", "wrong-key", "unknown-type", "not-json")


def _required_headers(document: Document, message: Document) -> list[str]:
    common = [resolved(document, part["$ref"]) for part in message["headers"]["allOf"]]
    return [header for schema in common for header in schema["required"]]


def _record(topic: str, key: str, headers: dict[str, str], payload: Any) -> Record:
    raw = headers.get("content-type", JSON_TYPE) != JSON_TYPE
    return Record(
        topic=topic,
        partition=0,
        offset=0,
        timestamp=datetime(2027, 1, 14, 9, 0, tzinfo=UTC),
        key=key.encode(),
        value=None if raw else json.dumps(payload).encode(),
        headers=tuple((header, text.encode()) for header, text in headers.items()),
    )
