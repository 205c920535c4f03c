"""`spn up`, `status`, `down` and `topics apply`, against the Kafka and PostgreSQL of the whole run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from deploy.tests.conftest import TOPICS, processes_naming, run, until
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


def test_an_unknown_service_is_refused_with_the_names_there_are(checkout: Path) -> None:
    del checkout
    result = run("up", "--service", "biling")
    assert result.exit_code == 1
    assert "There is no service 'biling'. There are: enrolment, billing" in result.stderr
