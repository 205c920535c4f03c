"""`spn up`, `status`, `down` and `topics apply`, against the Kafka and PostgreSQL of the whole run."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path

import pytest

from deploy.tests.conftest import TOPICS, processes_naming, run, until
from spn.rights.keys import Keys
from spn.rights.roles import Principal, Role
from spn.rights.tokens import Tokens
from spn_local.addresses import Addresses
from spn_local.issuer import Issuer
from spn_local.paths import StackPaths
from spn_local.stack import Stack
from spn_local.topics.cluster import KafkaAdmin


@pytest.mark.stack
def test_a_stack_is_started_shown_and_stopped(on_existing_cluster: dict[str, str], checkout: Path) -> None:
    del on_existing_cluster
    name = f"cli-{os.getpid()}"
    started = run("up", "--platform-only", "--stack", name)
    assert started.exit_code == 0, started.output
    assert "is ready after" in started.stderr
    assert "runs already" in run("up", "--platform-only", "--stack", name).stderr
    assert_token_is_ours(name, checkout)
    shown = run("status", "--stack", name, "--json")
    assert [process["name"] for process in json.loads(shown.stdout)["processes"]] == ["smtp"]
    assert "smtp" in run("status", "--stack", name).stdout
    assert "is down" in run("down", "--stack", name, "--wipe").stderr
    assert not (checkout / ".local" / name).exists()
    assert "does not run" in run("down", "--stack", name).stderr
    until(lambda: processes_naming(str(checkout)) == [], "everything ends")


def assert_token_is_ours(name: str, checkout: Path) -> None:
    """`spn token` gives one that the settings in stack.env let in, and its key is for its owner's eyes only."""
    printed = run("token", "organiser", "adviser", "--poi", "Cubiss", "--for", "2", "--stack", name)
    assert (printed.exit_code, printed.stdout.count("\n")) == (0, 1), printed.output
    settings = Addresses.of_running_stack(StackPaths(checkout, name)).environment
    tokens = Tokens(settings["HTTP_JWT_ISSUER"], settings["HTTP_JWT_AUDIENCE"], Keys.of(settings["HTTP_JWT_KEYS"]))
    shown = asyncio.run(tokens.check(printed.stdout.strip()))
    assert shown.principal == Principal("local-organiser-adviser", frozenset({Role.ORGANISER, Role.ADVISER}), "Cubiss")
    assert 7100 < shown.expires_at - time.time() <= 7200
    issuer = Issuer(checkout / ".local" / name / "issuer")
    assert issuer.key_file.stat().st_mode & 0o777 == 0o600
    assert issuer.key_file.read_text() not in issuer.keys_file.read_text()
    for wrong, why in (
        (("root",), "'root' is not one of"),
        (("adviser",), "name it with --poi"),
        ((), "Missing argument"),
    ):
        refused = run("token", *wrong, "--stack", name)
        assert (refused.exit_code != 0, refused.stdout) == (True, "")
        assert why in refused.stderr


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


def test_there_is_no_token_without_a_local_stack(checkout: Path) -> None:
    Issuer(checkout / ".local" / "default" / "issuer").prepare()
    for stack in ("default", "another"):
        refused = run("token", "organiser", "--stack", stack)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert f"The stack '{stack}' does not run (spn up), and only a local stack has an issuer" in refused.stderr


def test_an_unknown_service_is_refused_with_the_names_there_are(checkout: Path) -> None:
    del checkout
    result = run("up", "--service", "biling")
    assert result.exit_code == 1
    assert "There is no service 'biling'. There are: enrolment, billing" in result.stderr
