"""`spn send`: put one message on a topic, as SPN's platform does."""

from __future__ import annotations

import json
import secrets
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from spn_cli.contracts import Contract, contracts
from spn_cli.reading import TopicReader, headers_of
from spn_cli.tail import show
from spn_cli.terminal import StackOption, UsageError, kafka_access, note, out, plain_errors
from spn_local.access import KafkaAccess
from spn_local.paths import DEFAULT_STACK, checkout_root

SENDER = "platform"
DELIVERY_PATIENCE_S = 30.0
ANSWER = "command.answered.v1"


@dataclass(frozen=True)
class Outgoing:
    """A CloudEvents message in binary mode: attributes in headers, the data alone in the value."""

    id: str
    type: str
    topic: str
    key: str
    data: dict[str, Any]

    def headers(self) -> list[tuple[str, str | bytes | None]]:
        """CloudEvents attributes and the start of a trace."""
        return [
            ("ce_specversion", "1.0"),
            ("ce_id", self.id),
            ("ce_type", self.type),
            ("ce_source", f"/spn/{SENDER}"),
            ("ce_subject", self.key),
            ("ce_time", datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")),
            ("ce_correlationid", self.id),
            ("traceparent", f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"),
            ("content-type", "application/json"),
        ]


def send(
    message_type: Annotated[str, typer.Argument(metavar="TYPE", help="Such as enrolment.request.v1.")],
    *,
    file: Annotated[Path, typer.Option("--file", "-f", help="The data, as JSON or YAML.")],
    key: Annotated[str | None, typer.Option(help="The key; by default the field that the contract names.")] = None,
    topic: Annotated[str | None, typer.Option(help="The topic; by default the one of the contract.")] = None,
    message_id: Annotated[str | None, typer.Option("--id", help="A UUID; by default a new one.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the one answer to this command, and show it.")] = False,
    patience: Annotated[float, typer.Option(help="How long to wait for the answer, in seconds.")] = 30.0,
    stack: StackOption = DEFAULT_STACK,
) -> None:
    """Send one message as user `platform`; prints its id and its place."""
    with plain_errors():
        contract = contracts(checkout_root()).get(message_type)
        data = read_data(file)
        outgoing = Outgoing(
            id=_uuid(message_id),
            type=message_type,
            topic=_topic(topic, message_type, contract),
            key=_key(key, data, contract),
            data=data,
        )
        access = kafka_access(SENDER, stack)
        if not wait:
            _report(outgoing, produce(access, outgoing))
            return
        # From before the send: an answer may be there before we look.
        with TopicReader(access, answers_of(outgoing.topic), from_beginning=False) as reader:
            _report(outgoing, produce(access, outgoing))
            _show_answer(reader, outgoing.id, patience)


def read_data(file: Path) -> dict[str, Any]:
    """A JSON or YAML file that holds one object. Instants and dates stay the text that they are."""
    try:
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=_TextStaysText)  # noqa: S506 a safe loader with less
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise UsageError(f"{file} is neither JSON nor YAML: {error}") from None
    if not isinstance(data, dict):
        raise UsageError(f"{file} holds no object")
    return data


def produce(access: KafkaAccess, outgoing: Outgoing) -> Message:
    """Send it to the partition that Java's default partitioner would choose; every producer here must agree on that."""
    placed: list[tuple[KafkaError | None, Message]] = []
    producer = Producer({**access.client_config(), "partitioner": "murmur2_random", "enable.idempotence": True})
    producer.produce(
        outgoing.topic,
        key=outgoing.key.encode(),
        value=json.dumps(outgoing.data, ensure_ascii=False).encode(),
        headers=outgoing.headers(),
        on_delivery=lambda error, message: placed.append((error, message)),
    )
    producer.flush(DELIVERY_PATIENCE_S)
    if not placed:
        raise UsageError(f"Kafka at {access.bootstrap} did not take it within {DELIVERY_PATIENCE_S:.0f} s")
    error, message = placed[0]
    if error is not None:
        raise KafkaException(error)
    return message


def answers_of(topic: str) -> str:
    """Commands on spn.enrolment.commands are answered on spn.enrolment.events."""
    if not topic.endswith(".commands"):
        raise UsageError(f"{topic} holds no commands; only a command gets an answer")
    return topic.removesuffix("commands") + "events"


def _show_answer(reader: TopicReader, command_id: str, patience_s: float) -> None:
    deadline = time.monotonic() + patience_s
    for message in reader.messages():
        if message is not None:
            headers = headers_of(message)
            if headers.get("ce_type") == ANSWER and headers.get("ce_subject") == command_id:
                show(message)
                return
        if time.monotonic() > deadline:
            raise UsageError(f"No answer within {patience_s:.0f} s. The command stands; its answer will come: spn tail")


def _report(outgoing: Outgoing, message: Message) -> None:
    out.print(f"id {outgoing.id}")
    note.print(f"{outgoing.type} is on {outgoing.topic}, partition {message.partition()}, offset {message.offset()}")


def _uuid(given: str | None) -> str:
    try:
        return str(uuid.UUID(given)) if given else str(uuid.uuid4())
    except ValueError:
        raise UsageError(f"'{given}' is no UUID") from None


def _topic(given: str | None, message_type: str, contract: Contract | None) -> str:
    if given or contract:
        return given or contract.topic  # type: ignore[union-attr] # one of them is there
    raise UsageError(f"No contract is published for {message_type} in shared/contracts: name its --topic")


def _key(given: str | None, data: dict[str, Any], contract: Contract | None) -> str:
    key = given or (data.get(contract.key) if contract else None)
    if not key:
        field = f"the data has no {contract.key}" if contract else "no contract names a field of the data"
        raise UsageError(f"Which --key? It decides in which order this is handled, and {field}.")
    return str(key)


class _TextStaysText(yaml.SafeLoader):
    """2026-01-14 is what was written, not a date to be written in another way."""


_TextStaysText.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
