"""The AsyncAPI 3.0 document of a service: what it receives and what it sends, for someone with a plain Kafka client.

Made from what the service declares, not by FastStream: docs/adr/0008-asyncapi.md says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from spn.contracts import guide
from spn.contracts.catalogue import CatalogueError, ServiceContract
from spn.contracts.headers import example_headers, header_schemas, headers_schema
from spn.contracts.published import Contract, contracts_of
from spn.contracts.schemas import linked_schemas, raw_schema
from spn.contracts.topics import Topic, Topics, topic_of
from spn.decision import Answer
from spn.messaging.contract import Reading
from spn.messaging.envelope import JSON_TYPE
from spn.messaging.policies import AnsweredCommand

SCHEMAS = "#/components/schemas/"
BINDING_VERSION = "0.5.0"
READ_EXAMPLES_MAX = 1
"""Of what others own: their own document has them all."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the document of one service says of others: their contracts, and the topics."""

    contracts: Mapping[tuple[str, str], Contract]
    """By topic and type."""
    topics: Topics


def surroundings(contracts: Iterable[Contract], topics: Topics) -> Surroundings:
    """All contracts of all services."""
    return Surroundings({(one.topic, one.type): one for one in contracts}, topics)


def document(service: ServiceContract, around: Surroundings) -> dict[str, Any]:
    """The whole document."""
    own = contracts_of(service)
    received = [c for c in own if c.kind == "command"] + read_by(service, around)
    sent = [c for c in own if c.kind == "event"]
    known = {(c.topic, c.type): c for c in (*received, *sent)}
    messages = list(known.values())
    payloads, schemas = _schemas(messages)
    return {
        "asyncapi": "3.0.0",
        "id": f"urn:spn:{service.name}",
        "info": guide.info(service, own, around.topics, answers_of(service)),
        "defaultContentType": JSON_TYPE,
        "servers": guide.SERVERS,
        "channels": {name: _channel(topic_of(around.topics, name), some) for name, some in _by_topic(messages)},
        "operations": {**_receives(service, received), **_sends(sent)},
        "components": {
            "messages": {_id(c): _message(c, payloads[_id(c)]) for c in messages},
            "schemas": {**header_schemas(), **schemas},
            "securitySchemes": guide.SECURITY_SCHEMES,
        },
    }


def read_by(service: ServiceContract, around: Surroundings) -> list[Contract]:
    """What the service reads of others and of itself, with the fields that it uses.

    :raises CatalogueError: it reads what nobody tells.
    """
    read = []
    for policy in service.policies.policies:
        for type_ in policy.types if policy.topic and issubclass(policy.model, Reading) else ():
            owned = around.contracts.get((policy.topic or "", type_))
            if owned is None:
                raise CatalogueError(f"{service.name} reads {type_} on {policy.topic}, where nobody tells it")
            examples = owned.examples[:READ_EXAMPLES_MAX]
            read.append(owned if owned.owner == service.name else replace(owned, model=policy.model, examples=examples))
    return list({(c.topic, c.type): c for c in read}.values())


def answers_of(service: ServiceContract) -> tuple[str, str] | None:
    """The topic and type of the answers to its commands, if it takes any."""
    if service.policies.answer is None:
        return None
    sample = AnsweredCommand(str(UUID(int=0)), "any.command.v1", "any", Answer("done", "any", "", ""))
    told = service.policies.answer(sample)
    return told.topic, told.versions[0][0]


def _id(contract: Contract) -> str:
    """Types are unique, but for the answers: each service that takes commands has those of its own."""
    return contract.type


def _by_topic(contracts: Sequence[Contract]) -> list[tuple[str, list[Contract]]]:
    ordered = sorted(contracts, key=lambda c: c.topic)
    return [(topic, list(some)) for topic, some in groupby(ordered, key=lambda c: c.topic)]


def _channel(topic: Topic, contracts: Sequence[Contract]) -> dict[str, Any]:
    settings = {name: value for name, value in topic.config.items() if isinstance(value, int)}
    stamped = {"message.timestamp.type": "LogAppendTime"} if topic.stamps_on_append else {}
    return {
        "address": topic.name,
        "title": topic.about.rstrip("."),
        "description": guide.channel_description(topic, asked=any(c.kind == "command" for c in contracts)),
        "messages": {_id(c): {"$ref": f"#/components/messages/{_id(c)}"} for c in contracts},
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": {**settings, **stamped},
                "bindingVersion": BINDING_VERSION,
            }
        },
        "x-partitioner": "murmur2",
    }


def _receives(service: ServiceContract, contracts: Sequence[Contract]) -> dict[str, Any]:
    found = {}
    for topic, some in _by_topic(contracts):
        group = {"type": "string", "const": f"{service.name}.{topic}"}
        operation = _operation("receive", topic, some)
        operation["bindings"] = {"kafka": {"groupId": group, "bindingVersion": BINDING_VERSION}}
        answers = answers_of(service)
        if some[0].kind == "command" and answers:
            where, type_ = answers
            operation["reply"] = {
                "channel": {"$ref": f"#/channels/{where}"},
                "messages": [{"$ref": f"#/channels/{where}/messages/{type_}"}],
            }
        found[f"receive.{topic}"] = operation
    return found


def _sends(contracts: Sequence[Contract]) -> dict[str, Any]:
    return {f"send.{topic}": _operation("send", topic, some) for topic, some in _by_topic(contracts)}


def _operation(action: str, topic: str, contracts: Sequence[Contract]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic}"},
        "summary": guide.operation_summary(action, contracts),
        "messages": [{"$ref": f"#/channels/{topic}/messages/{_id(c)}"} for c in contracts],
    }


def _schemas(contracts: Sequence[Contract]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The payload of each message, and the definitions that the payloads lead to."""
    as_json = [c for c in contracts if c.content_type == JSON_TYPE]
    models = list(dict.fromkeys(c.model for c in as_json))
    references, definitions = linked_schemas(models, SCHEMAS)
    payloads = {_id(c): raw_schema(c) if c not in as_json else references[c.model] for c in contracts}
    return payloads, definitions


def _message(contract: Contract, payload: dict[str, Any]) -> dict[str, Any]:
    asked = contract.kind == "command"
    made = {
        "name": contract.type,
        "title": contract.type,
        "summary": contract.summary,
        "contentType": contract.content_type,
        "headers": headers_schema(contract, SCHEMAS),
        "payload": payload,
        "bindings": {"kafka": {"key": _key(contract), "bindingVersion": BINDING_VERSION}},
        "examples": [
            {
                "name": f"example-{number}",
                "summary": f"Kafka key: {example.key}",
                "headers": example_headers(contract, example, number),
                "payload": example.payload,
            }
            for number, example in enumerate(contract.examples, start=1)
        ],
    }
    if asked or contract.subject == "command_id":
        made["correlationId"] = {
            "description": "The ce_subject of the answer is the ce_id of its command.",
            "location": "$message.header#/ce_id" if asked else "$message.header#/ce_subject",
        }
    return made


def _key(contract: Contract) -> dict[str, Any]:
    text = "UTF-8 text: " + (f"the value of {contract.key}." if contract.content_type == JSON_TYPE else contract.key)
    if contract.kind == "command":
        text += " A command with another key is refused."
    return {"type": "string", "description": text, "examples": [e.key for e in contract.examples[:1]]}
