"""One contract of one owner: a type of event it tells, or of command it can be given."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel

from spn.contracts.catalogue import ServiceContract
from spn.messaging.contract import Command, EventType, Outgoing
from spn.messaging.dead_letters import Letter
from spn.messaging.effects import dead_lettered
from spn.messaging.envelope import JSON_TYPE, Record
from spn.messaging.outbox import content_type_of

Kind: TypeAlias = Literal["event", "command"]
Model: TypeAlias = type[BaseModel]

_FAILED = Letter(
    handler="settle_account",
    record=Record("spn.example.events", 3, 1841, datetime(2027, 1, 14, 9, 0, 0, tzinfo=UTC), None, None),
    error="ContractError: sequence: Field required",
    message_id=UUID("0d9f6a4c-5c3e-5f0b-8a43-6f1f2ad4c0b7"),
    type="example.happened.v1",
)


@dataclass(frozen=True, slots=True)
class Example:
    """A complete message: its Kafka key, the aggregate it is about, and its value as JSON data."""

    key: str
    subject: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Contract:
    """What others may rely on. ``key`` and ``subject`` are fields of ``model``."""

    owner: str
    type: str
    topic: str
    key: str
    subject: str
    kind: Kind
    summary: str
    model: Model
    examples: tuple[Example, ...]
    content_type: str = JSON_TYPE

    @property
    def name(self) -> str:
        """Unique among all owners."""
        return f"{self.owner}/{self.type}"


def contracts_of(service: ServiceContract) -> tuple[Contract, ...]:
    """Everything others may rely on of this service, its events first."""
    events = (_event(service.name, one) for one in service.events)
    return (*events, _dead_letter(service.name), *_commands(service))


def first_line(documented: object) -> str:
    """The first line of a docstring."""
    return (documented.__doc__ or "").strip().partition("\n")[0].strip()


def _event(owner: str, one: EventType[Any]) -> Contract:
    return Contract(
        owner=owner,
        type=one.name,
        topic=one.topic,
        key=one.key,
        subject=one.subject,
        kind="event",
        summary=one.summary,
        model=one.data,
        examples=tuple(_told(one, data) for data in one.examples),
        content_type=str(getattr(one.data, "content_type", JSON_TYPE)),
    )


def _told(one: EventType[Any], data: BaseModel) -> Example:
    subject = str(getattr(data, one.subject))
    key = getattr(data, one.key)
    return Example(subject if key is None else str(key), subject, payload_of(data))


def payload_of(data: BaseModel) -> Any:
    """The value of an event as JSON data; of a raw one the text of its bytes."""
    if content_type_of(data) == JSON_TYPE:
        return data.model_dump(mode="json")
    content = getattr(data, "content", b"")
    return content.decode("latin-1")


def _dead_letter(owner: str) -> Contract:
    outgoing: Outgoing = dead_lettered(owner, _FAILED)
    ((name, data),) = outgoing.versions
    return Contract(
        owner=owner,
        type=name,
        topic=outgoing.topic,
        key="message_id",
        subject="message_id",
        kind="event",
        summary="A message could not be handled: where it is and what kind of error it met; nothing of its content.",
        model=type(data),
        examples=(Example(outgoing.key, outgoing.subject, payload_of(data)),),
    )


def _commands(service: ServiceContract) -> Iterator[Contract]:
    for topic in service.policies.topics:
        if service.policies.is_command_topic(topic):
            for type_, model in sorted(service.policies.command_types(topic).items()):
                yield _command(service.name, topic, type_, model)


def _command(owner: str, topic: str, type_: str, model: type[Command]) -> Contract:
    return Contract(
        owner=owner,
        type=type_,
        topic=topic,
        key=model.key,
        subject=model.key,
        kind="command",
        summary=first_line(model),
        model=model,
        examples=tuple(_asked(model.key, json.loads(json.dumps(example))) for example in model.examples),
    )


def _asked(key: str, payload: Any) -> Example:
    return Example(str(payload[key]), str(payload[key]), payload)


def all_contracts(services: Iterable[ServiceContract]) -> tuple[Contract, ...]:
    """The contracts of these services, in the order of the services."""
    return tuple(contract for service in services for contract in contracts_of(service))
