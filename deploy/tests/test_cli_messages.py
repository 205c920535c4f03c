"""`spn send` and `spn tail`, against the Kafka and PostgreSQL of the whole run."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from aiokafka.partitioner import murmur2
from confluent_kafka import Producer
from typer.testing import Result

from deploy.tests.conftest import run
from spn_cli import send
from spn_cli.reading import TopicReader
from spn_cli.tail import describe
from spn_local.paths import checkout_root
from spn_local.stack import Stack

TOPICS = checkout_root() / "deploy" / "topics.yaml"


@pytest.fixture
def commands(stack: Stack, checkout: Path, on_existing_cluster: dict[str, str]) -> str:
    """A topic for commands that `platform` may write, with its contract, and one for the answers."""
    del on_existing_cluster
    name = f"spn.t{os.getpid()}-{os.urandom(3).hex()}"
    stack.create_topic(f"{name}.commands", 24, writers=["platform"], readers=["operator"])
    stack.create_topic(f"{name}.events", 3, readers=["platform", "operator"])
    contract = {"type": "thing.do.v1", "topic": f"{name}.commands", "key": "thing_id", "kind": "command", "schema": {}}
    (checkout / "shared" / "contracts" / "t").mkdir(parents=True)
    (checkout / "shared" / "contracts" / "t" / "thing.do.v1.json").write_text(json.dumps(contract))
    (checkout / "data.yaml").write_text("thing_id: ding-7\nat: 2026-01-14T09:00:00+01:00\nnaam: Zoë\n")
    return name


def sent(result: Result) -> dict[str, Any]:
    """The one message of a topic, as `spn tail --json` shows it."""
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    message: dict[str, Any] = json.loads(line)
    return message


@pytest.mark.stack
def test_a_message_goes_where_its_contract_says_in_the_form_that_services_read(commands: str, checkout: Path) -> None:
    given = "11111111-2222-4333-8444-555555555555"
    result = run("send", "thing.do.v1", "--file", str(checkout / "data.yaml"), "--id", given)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"id {given}\n"
    message = sent(run("tail", f"{commands}.commands", "--from-beginning", "--no-follow", "--json"))
    assert message["value"] == {"thing_id": "ding-7", "at": "2026-01-14T09:00:00+01:00", "naam": "Zoë"}
    assert message["key"] == "ding-7"
    assert message["partition"] == (murmur2(b"ding-7") & 0x7FFFFFFF) % 24
    assert f"partition {message['partition']}, offset 0" in result.stderr
    headers = message["headers"]
    assert headers["ce_id"] == headers["ce_correlationid"] == given
    assert (headers["ce_type"], headers["ce_specversion"], headers["ce_source"]) == (
        "thing.do.v1",
        "1.0",
        "/spn/platform",
    )
    assert headers["content-type"] == "application/json"
    assert headers["traceparent"].startswith("00-")


@pytest.mark.stack
def test_the_answer_to_a_command_is_waited_for_and_only_that_one(commands: str, checkout: Path, stack: Stack) -> None:
    given = "11111111-2222-4333-8444-555555555555"

    def answer() -> None:
        """What a service does: the answer comes once the command is there, and not alone."""
        with TopicReader(stack.kafka("admin"), f"{commands}.commands", from_beginning=True) as reader:
            next(message for message in reader.messages() if message is not None)
        producer = Producer(stack.kafka("admin").client_config())
        for subject in ("another", given):
            headers: list[tuple[str, str | bytes | None]] = [
                ("ce_type", "command.answered.v1"),
                ("ce_subject", subject),
            ]
            producer.produce(f"{commands}.events", json.dumps({"for": subject}).encode(), "k", headers=headers)
        assert producer.flush(10) == 0

    answering = threading.Thread(target=answer)
    answering.start()
    result = run("send", "thing.do.v1", "-f", str(checkout / "data.yaml"), "--id", given, "--wait")
    answering.join()
    assert result.exit_code == 0, result.output
    assert f'for: "{given}"' in result.stdout
    assert "another" not in result.stdout


@pytest.mark.stack
def test_an_answer_that_does_not_come_is_told_and_the_command_stands(commands: str, checkout: Path) -> None:
    result = run("send", "thing.do.v1", "-f", str(checkout / "data.yaml"), "--wait", "--patience", "0.5")
    assert result.exit_code == 1
    assert "No answer within" in result.stderr
    assert run("tail", f"{commands}.commands", "--from-beginning", "--no-follow").stdout


@pytest.mark.stack
def test_tail_stops_after_as_many_as_were_asked_for(commands: str, checkout: Path) -> None:
    for _ in range(3):
        assert run("send", "thing.do.v1", "-f", str(checkout / "data.yaml")).exit_code == 0
    shown = run("tail", f"{commands}.commands", "--from-beginning", "--max", "2", "--json")
    assert [json.loads(line)["offset"] for line in shown.stdout.splitlines()] == [0, 1]


@pytest.mark.stack
def test_what_may_not_be_written_or_read_is_told_in_one_sentence(commands: str, checkout: Path) -> None:
    del commands
    data = str(checkout / "data.yaml")
    refused = run("send", "x.v1", "-f", data, "--topic", "spn.billing.events", "--key", "k")
    assert refused.exit_code == 1
    assert "TOPIC_AUTHORIZATION_FAILED" in refused.stderr
    assert "Traceback" not in refused.output
    assert run("tail", "spn.no.such.topic").exit_code == 1


@pytest.mark.parametrize(
    ("content", "arguments", "sentence"),
    [
        ("[1]", ["--topic", "t", "--key", "k"], "holds no object"),
        ("a: [", ["--topic", "t", "--key", "k"], "is neither JSON nor YAML"),
        ("a: 1", ["--key", "k"], "No contract is published for thing.do.v1"),
        ("a: 1", ["--topic", "t"], "Which --key?"),
        ("a: 1", ["--topic", "t", "--key", "k", "--id", "7"], "'7' is no UUID"),
    ],
)
def test_what_cannot_be_sent_is_told_before_anything_is(
    content: str, arguments: list[str], sentence: str, checkout: Path
) -> None:
    file = checkout / "data"
    file.write_text(content)
    result = run("send", "thing.do.v1", "-f", str(file), *arguments)
    assert result.exit_code == 1
    assert sentence in result.stderr


def test_bytes_that_are_no_text_and_signs_that_steer_a_terminal_are_not_shown_as_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from spn_cli.tail import printable

    class Document:
        """A message of confluent-kafka, which cannot be made by hand."""

        topic = staticmethod(lambda: "t")
        partition = offset = staticmethod(lambda: 0)
        timestamp = staticmethod(lambda: (1, 0))
        key = staticmethod(lambda: b"\xff")
        headers = staticmethod(lambda: [("ce_type", b"\xfe"), ("empty", None)])
        value = staticmethod(lambda: b"%PDF\xff")

    told = describe(Document())
    assert told["value"] == "<5 bytes>"
    assert told["key"] == "<1 bytes>"
    assert told["headers"] == {"ce_type": "\ufffd", "empty": ""}
    assert printable("a\x1b[2J\r\nb") == "a\ufffd[2J\ufffd\ufffdb"
    assert capsys.readouterr().out == ""


def test_instants_in_yaml_stay_the_text_that_they_are(tmp_path: Path) -> None:
    (tmp_path / "d.yaml").write_text('{"on": 2026-01-14, "n": 5, "yes": true, "none": null}')
    assert send.read_data(tmp_path / "d.yaml") == {"on": "2026-01-14", "n": 5, "yes": True, "none": None}
