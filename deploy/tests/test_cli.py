"""The command `spn`, against the Kafka and PostgreSQL of the whole run."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
import typer
from aiokafka.partitioner import murmur2
from confluent_kafka import Producer
from typer.testing import CliRunner, Result

from deploy.tests.conftest import processes_naming, until
from spn_cli import plugins, send
from spn_cli.app import app
from spn_cli.reading import TopicReader
from spn_cli.tail import describe
from spn_local.paths import checkout_root
from spn_local.stack import Stack
from spn_local.topics.cluster import KafkaAdmin

TOPICS = checkout_root() / "deploy" / "topics.yaml"
RUNNER = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})


def run(*arguments: str) -> Result:
    return RUNNER.invoke(app, list(arguments))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout with one contract; the commands work in it."""
    monkeypatch.setenv("SPN_HOME", str(tmp_path))
    monkeypatch.delenv("SPN_STACK", raising=False)
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "topics.yaml").write_text(TOPICS.read_text())
    return tmp_path


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


@pytest.mark.stack
def test_a_stack_is_started_shown_and_stopped(on_existing_cluster: dict[str, str], checkout: Path) -> None:
    del on_existing_cluster
    name = f"cli-{os.getpid()}"
    started = run("up", "--platform-only", "--stack", name)
    assert started.exit_code == 0, started.output
    assert "is ready after" in started.stderr
    assert "runs already" in run("up", "--platform-only", "--stack", name).stderr
    shown = run("status", "--stack", name, "--json")
    assert [process["name"] for process in json.loads(shown.stdout)["processes"]] == ["smtp"]
    assert "smtp" in run("status", "--stack", name).stdout
    assert "is down" in run("down", "--stack", name, "--wipe").stderr
    assert not (checkout / ".local" / name).exists()
    assert "does not run" in run("down", "--stack", name).stderr
    until(lambda: processes_naming(str(checkout)) == [], "everything ends")


@pytest.mark.stack
def test_topics_are_shown_first_and_applied_when_that_is_wanted(
    on_existing_cluster: dict[str, str], checkout: Path, stack: Stack
) -> None:
    del on_existing_cluster
    name = f"spn.billing.t{os.urandom(3).hex()}"
    file = checkout / "more.yaml"
    parts = "about: x, owner: billing, key: k, partitions: 2, writers: [billing], config: {retention.ms: 5000}"
    more = f"  {name}: {{{parts}}}\n"
    file.write_text(TOPICS.read_text() + more)
    checked = run("topics", "apply", "--file", str(file), "--check")
    assert checked.exit_code == 1
    assert f"+ topic {name}: 2 partitions, retention.ms=5000" in checked.stdout
    assert f"+ right billing WRITE topic {name}" in checked.stdout
    assert "Nothing was changed" in run("topics", "apply", "--file", str(file)).stderr
    admin = KafkaAdmin(stack.kafka("admin"))
    assert name not in admin.state().topics
    assert "Applied" in run("topics", "apply", "--file", str(file), "--yes").stdout
    assert admin.state().topics[name].config == {"retention.ms": "5000"}
    file.write_text(TOPICS.read_text() + more.replace("5000", "6000").replace("partitions: 2", "partitions: 9"))
    altered = run("topics", "apply", "--file", str(file), "--yes")
    assert f"~ topic {name}: retention.ms from 5000 to 6000" in altered.stdout
    assert "has 2 partitions, the file says 9. NOT CHANGED" in altered.stdout
    after = admin.state().topics[name]
    assert (after.partitions, after.config) == (2, {"retention.ms": "6000"})


def test_without_a_stack_and_without_an_address_it_is_said_what_to_do(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del checkout
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    result = run("tail", "spn.enrolment.events")
    assert result.exit_code == 1
    assert "The stack 'default' does not run (spn up)" in result.stderr
    assert run("status").exit_code == 1


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


def test_an_unknown_service_is_refused_with_the_names_there_are(checkout: Path) -> None:
    del checkout
    result = run("up", "--service", "biling")
    assert result.exit_code == 1
    assert "There is no service 'biling'. There are: enrolment, billing" in result.stderr


class Point:
    """An entry point of another distribution."""

    dist = None

    def __init__(self, name: str, found: object) -> None:
        self.name, self.value, self.found = name, f"somewhere:{name}", found

    def load(self) -> object:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.fixture
def with_plugins(monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """An own command, a subcommand that works and one that cannot be imported."""
    works = typer.Typer(help="Works.")
    works.callback()(lambda: None)
    works.command("go")(lambda: print("it works"))
    points = [Point("works", works), Point("broken", ImportError("no module x")), Point("odd", 3)]
    monkeypatch.setattr(plugins, "entry_points", lambda group: points if group == "spn.commands" else [])
    made = typer.Typer()
    made.command("own")(lambda: print("own"))
    made.command("own2")(lambda: print("own2"))
    return made


def test_a_subcommand_of_another_distribution_runs(with_plugins: typer.Typer) -> None:
    plugins.add_plugins(with_plugins, ["works"], ["own"])
    assert RUNNER.invoke(with_plugins, ["works", "go"]).stdout == "it works\n"


def test_a_subcommand_that_cannot_be_loaded_says_so_and_takes_no_other_along(with_plugins: typer.Typer) -> None:
    plugins.add_plugins(with_plugins, ["--help"], ["own"])
    overview = RUNNER.invoke(with_plugins, ["--help"]).stdout
    assert "cannot be loaded: ImportError: no module x" in overview
    assert "is no Typer app" in overview
    assert RUNNER.invoke(with_plugins, ["works", "go"]).exit_code == 0
    broken = RUNNER.invoke(with_plugins, ["broken"])
    assert broken.exit_code == 1
    assert "ImportError: no module x" in broken.stderr


def test_an_own_command_loads_no_other_distribution(with_plugins: typer.Typer) -> None:
    plugins.add_plugins(with_plugins, ["own"], ["own"])
    assert "works" not in RUNNER.invoke(with_plugins, ["--help"]).stdout


def test_a_subcommand_gets_the_running_stacks_addresses_and_a_service_its_own(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {
        "SPN_STACK_ENV": "default",
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "KAFKA_PASSWORD_BILLING": "b",
        "DATABASE_URL_BILLING": "postgresql:///billing",
    }
    file = checkout / ".local" / "default" / "stack.env"
    file.parent.mkdir(parents=True)
    file.write_text("".join(f"{name}={value}\n" for name, value in environment.items()))
    given = {"PATH": "/bin"}
    monkeypatch.setattr(os, "environ", given)
    given["SPN_HOME"] = str(checkout)
    plugins.lend_addresses(["dead-letters", "list"])
    assert given["DATABASE_URL_BILLING"] == "postgresql:///billing"
    assert "DATABASE_URL" not in given
    del given["SPN_STACK_ENV"], given["KAFKA_BOOTSTRAP_SERVERS"]
    plugins.lend_addresses(["billing", "republish"])
    assert given["DATABASE_URL"] == "postgresql:///billing"
    assert (given["KAFKA_USERNAME"], given["KAFKA_PASSWORD"]) == ("billing", "b")


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
