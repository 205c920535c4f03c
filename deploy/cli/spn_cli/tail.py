"""`spn tail`: what goes over a topic, as it goes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from confluent_kafka import Message
from rich.markup import escape

from spn_cli.reading import TopicReader, headers_of
from spn_cli.terminal import StackOption, kafka_access, note, out, plain_errors
from spn_local.paths import DEFAULT_STACK

READER = "operator"


def tail(
    topic: Annotated[str, typer.Argument(help="Such as spn.enrolment.events.")],
    *,
    from_beginning: Annotated[bool, typer.Option("--from-beginning", help="First everything that is kept.")] = False,
    most: Annotated[int | None, typer.Option("--max", min=1, help="Stop after so many messages.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, to work on with other tools.")
    ] = False,
    no_follow: Annotated[bool, typer.Option("--no-follow", help="Stop at what is there now.")] = False,
    stack: StackOption = DEFAULT_STACK,
) -> None:
    """Show the messages of a topic, as user `operator`; order holds within a partition. Ctrl-C ends it."""
    told = 0
    with plain_errors(), TopicReader(kafka_access(READER, stack), topic, from_beginning=from_beginning) as reader:
        if no_follow and reader.caught_up:
            return
        if not as_json:
            note.print(f"[dim]{topic}, {len(reader.ends)} partitions; Ctrl-C ends[/]")
        try:
            for message in reader.messages():
                if message is not None:
                    show(message, as_json=as_json)
                    told += 1
                if told == most or (no_follow and reader.caught_up):
                    return
        except KeyboardInterrupt:
            return


def show(message: Message, *, as_json: bool = False) -> None:
    """One message: as a line of JSON, or for a person's eyes."""
    if as_json:
        out.print(json.dumps(describe(message), ensure_ascii=False), markup=False)
        return
    told = describe(message)
    headers = {name: printable(value) for name, value in told["headers"].items()}
    out.print(
        f"[dim]{told['time']}[/] [bold cyan]{escape(headers.get('ce_type', '(no ce_type)'))}[/]"
        f" {escape(headers.get('ce_subject', ''))} [dim]key[/] {escape(printable(told['key'] or '-'))}"
        f" [dim]at {told['partition']}/{told['offset']}  from {escape(headers.get('ce_source', '-'))}[/]"
    )
    out.print(_indented(told["value"]), markup=False)


def describe(message: Message) -> dict[str, Any]:
    """A message as plain data. Bytes that are no text are counted, not shown."""
    _, timestamp_ms = message.timestamp()
    return {
        "topic": message.topic(),
        "partition": message.partition(),
        "offset": message.offset(),
        "time": datetime.fromtimestamp(timestamp_ms / 1000, UTC).isoformat(timespec="milliseconds"),
        "key": _text(message.key()),
        "headers": headers_of(message),
        "value": _value(message.value()),
    }


def printable(text: str) -> str:
    """Without what would steer a terminal: anybody who may write the topic writes these."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def _value(value: bytes | str | None) -> Any:
    text = _text(value)
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _text(value: bytes | str | None) -> str | None:
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return f"<{len(value)} bytes>"


def _indented(value: Any) -> str:
    if not isinstance(value, dict):
        return f"  {json.dumps(value, ensure_ascii=False)}"
    return "\n".join(f"  {name}: {json.dumps(part, ensure_ascii=False)}" for name, part in value.items())
