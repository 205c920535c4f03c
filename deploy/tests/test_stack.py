"""A stack of one's own, with a stand-in for a service, beside the one of the whole run."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import smtplib
import stat
import subprocess
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import asyncpg
import pytest
from confluent_kafka import Producer

from deploy.tests.conftest import processes_naming, until
from spn_cli.reading import TopicReader
from spn_local.smtp_sink import read_mails
from spn_local.stack import Stack
from spn_local.state import StackState
from spn_local.topics.cluster import KafkaAdmin

pytestmark = pytest.mark.stack


def told_by(stack: Stack, slot: int) -> dict[str, Any]:
    with urlopen(stack.http_url("billing", slot) + "/status", timeout=5) as answer:  # noqa: S310 our own address
        told: dict[str, Any] = json.loads(answer.read())
    return told


async def fetch(url: str, query: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_two_stacks_run_side_by_side_and_share_nothing(own: Stack, stack: Stack) -> None:
    own.create_topic("spn.only.here")
    assert "spn.only.here" in KafkaAdmin(own.kafka("admin")).state().topics
    assert "spn.only.here" not in KafkaAdmin(stack.kafka("admin")).state().topics
    await fetch(own.admin_database_url, "CREATE ROLE only_here")
    assert await fetch(stack.admin_database_url, "SELECT count(*) FROM pg_roles WHERE rolname = 'only_here'") == 0
    assert own.user("billing")[1] != stack.user("billing")[1]


async def test_a_service_is_migrated_once_before_its_replicas_run_as_its_own_role(own: Stack) -> None:
    assert await fetch(own.database_url("billing"), "SELECT array_agg(by) FROM migrated") == ["spn_billing"]


def test_each_replica_gets_its_slot_its_user_and_what_was_added(own: Stack) -> None:
    for slot in (0, 1):
        given = told_by(own, slot)["environment"]
        assert given["REPLICA_SLOT"] == str(slot)
        assert (given["KAFKA_USERNAME"], given["KAFKA_PASSWORD"]) == own.user("billing")
        assert given["DATABASE_URL"] == own.database_url("billing")
        assert given["SPN_PROFILE"] == "local"
        assert given["EXTRA"] == "yes"
        assert "KAFKA_PASSWORD_ADMIN" not in given


def test_a_replica_that_is_killed_comes_back_where_it_was_and_the_other_does_not_notice(own: Stack) -> None:
    killed, other = own.process("billing-0"), own.process("billing-1")
    address = own.http_url("billing", 0)
    own.kill_service("billing", 0)
    until(lambda: own.process("billing-0")["pid"] not in (None, killed["pid"]), "the supervisor starts it again")
    own.start_service("billing", 0)
    assert own.http_url("billing", 0) == address
    assert told_by(own, 0)["slot"] == "0"
    assert own.process("billing-0")["restarts"] == killed["restarts"] + 1
    assert own.process("billing-1")["pid"] == other["pid"]


def test_a_replica_that_is_stopped_stays_down_until_it_is_started_perhaps_with_another_environment(own: Stack) -> None:
    own.stop_service("billing", 1)
    assert own.process("billing-1")["pid"] is None
    assert own.process("billing-1")["last_exit"] == -signal.SIGTERM
    own.start_service("billing", 1, environment={"EXTRA": "other"})
    assert told_by(own, 1)["environment"]["EXTRA"] == "other"
    assert told_by(own, 0)["environment"]["EXTRA"] == "yes"


def test_a_replica_can_be_added_while_the_others_run(own: Stack) -> None:
    own.start_service("billing", 2)
    assert told_by(own, 2)["slot"] == "2"
    own.stop_service("billing", 2)


async def test_what_was_written_survives_a_power_cut_of_broker_and_database(own: Stack) -> None:
    own.create_topic("spn.kept")
    producer = Producer(own.kafka("admin").client_config())
    producer.produce("spn.kept", b"still here")
    assert producer.flush(10) == 0
    await fetch(own.admin_database_url, "CREATE TABLE kept AS SELECT 7 AS n")
    bootstrap = own.bootstrap
    await asyncio.gather(
        asyncio.to_thread(own.restart_kafka, kill=True),
        asyncio.to_thread(own.restart_postgres, kill=True),
    )
    assert own.bootstrap == bootstrap
    assert await fetch(own.admin_database_url, "SELECT n FROM kept") == 7
    with TopicReader(own.kafka("admin"), "spn.kept", from_beginning=True) as reader:
        message = next(found for found in reader.messages() if found is not None)
    assert message.value() == b"still here"


def test_every_mail_is_kept_in_the_order_of_arrival_with_its_envelope(own: Stack) -> None:
    with smtplib.SMTP("127.0.0.1", own.addresses.smtp_port) as server:
        for number in (1, 2, 3):
            mail = EmailMessage()
            mail["Subject"] = f"Uitnodiging {number}"
            mail.set_content("Beste directeur — tot dan")
            server.send_message(mail, "van@spn.example", [f"aan{number}@bibliotheek.example"])
    kept = read_mails(own.mail_dir)
    assert [mail["Subject"] for mail in kept] == ["Uitnodiging 1", "Uitnodiging 2", "Uitnodiging 3"]
    assert kept[2]["X-Envelope-To"] == "aan3@bibliotheek.example"
    assert kept[2].get_content().strip() == "Beste directeur — tot dan"


def test_addresses_and_passwords_stand_in_files_that_only_their_owner_reads(own: Stack) -> None:
    (file,) = own.paths.environment_files
    for private in (file, own.paths.state, own.paths.kafka / "server.properties"):
        assert stat.S_IMODE(private.stat().st_mode) == 0o600
    script = f'set -a; . "{file}"; exec env'
    shell = subprocess.run(["sh", "-c", script], env={"PATH": "/bin"}, capture_output=True, text=True, check=True)
    sourced = dict(line.split("=", 1) for line in shell.stdout.splitlines())
    assert own.addresses.environment.items() <= sourced.items()


def test_a_log_is_kept_for_each_process(own: Stack) -> None:
    for name in ("kafka", "postgres", "billing-0", "billing-1", "billing-migrate"):
        assert (own.paths.logs / f"{name}.log").stat().st_size > 0


def test_a_kill_of_the_supervisor_leaves_nothing_behind_and_the_next_start_goes_on(own: Stack) -> None:
    asyncio.run(fetch(own.admin_database_url, "CREATE TABLE kept_too AS SELECT 8 AS n"))
    root, address = own.config.root, own.bootstrap
    assert len(processes_naming(root)) >= 5
    os.kill(own.supervisor_pid, signal.SIGKILL)
    until(lambda: processes_naming(root) == [], "the kernel ends every child")
    own.stop()
    sockets = Path(StackState.load(own.paths.state).socket_directory or "")
    assert sockets.exists()
    own.start()
    assert own.bootstrap == address
    assert asyncio.run(fetch(own.admin_database_url, "SELECT n FROM kept_too")) == 8
    assert not sockets.exists()
