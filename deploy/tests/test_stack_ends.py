"""However a stack ends, nothing of it stays, and the next one starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from deploy.tests.conftest import fake, processes_naming, until
from spn_local.launch import StackError
from spn_local.paths import checkout_root
from spn_local.stack import Stack

pytestmark = pytest.mark.stack

TOPICS = checkout_root() / "deploy" / "topics.yaml"

STARTER = """
import sys, time
from pathlib import Path
from deploy.tests.conftest import fake
from spn_local.stack import Stack
stack = Stack(root=Path(sys.argv[1]), topics_file=Path(sys.argv[2]), services=[fake("billing")])
with stack:
    print(stack.config.name, flush=True)
    time.sleep(600)
"""


def test_a_kill_of_the_starter_takes_the_stack_down_too(on_existing_cluster: dict[str, str], tmp_path: Path) -> None:
    del on_existing_cluster
    command = [sys.executable, "-c", STARTER, str(tmp_path), str(TOPICS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=checkout_root()) as starter:
        assert starter.stdout is not None
        name = starter.stdout.readline().strip()
        assert any("smtp_sink" in line for line in processes_naming(str(tmp_path)))
        starter.kill()
    until(lambda: processes_naming(str(tmp_path)) == [], "the supervisor hears of it and stops everything")
    assert name
    assert not (tmp_path / ".local" / name).exists()


def test_a_stack_that_runs_is_not_started_a_second_time(on_existing_cluster: dict[str, str], tmp_path: Path) -> None:
    del on_existing_cluster
    name = f"twice-{os.getpid()}"
    with Stack(name=name, root=tmp_path, topics_file=TOPICS) as first:
        with pytest.raises(StackError, match=f"The stack '{name}' runs already"):
            Stack(name=name, root=tmp_path, topics_file=TOPICS).start()
        assert first.process("smtp")["pid"] is not None
        assert Stack.attach(name, tmp_path).bootstrap == first.bootstrap
    assert processes_naming(str(tmp_path)) == []
    assert not first.paths.directory.exists()


def test_a_service_that_cannot_start_is_told_with_the_end_of_its_log_and_nothing_stays(
    on_existing_cluster: dict[str, str], tmp_path: Path
) -> None:
    del on_existing_cluster
    broken = Stack(root=tmp_path, topics_file=TOPICS, services=[fake("billing", 1, "--broken")])
    with pytest.raises(StackError, match=r"(?s)failed \(exit code 1\).*\| this service has a wrong setting"):
        broken.start()
    assert processes_naming(str(tmp_path)) == []
    assert not broken.paths.directory.exists()


async def test_an_existing_cluster_is_used_and_none_is_started(
    on_existing_cluster: dict[str, str], tmp_path: Path, stack: Stack
) -> None:
    with Stack(root=tmp_path, topics_file=TOPICS, services=[fake("billing")]) as guest:
        assert [process["name"] for process in guest.processes()] == ["smtp", "billing-0"]
        assert guest.bootstrap == on_existing_cluster["KAFKA_BOOTSTRAP_SERVERS"]
        assert guest.user("billing") == stack.user("billing")
        database = f"spn_{guest.config.name}_billing".replace("-", "_")
        assert f"/{database}?" in guest.database_url("billing")
        connection = await asyncpg.connect(guest.database_url("billing"))
        assert await connection.fetchval("SELECT by FROM migrated") == database
        await connection.close()
    await remove_databases(stack.admin_database_url, guest.config.name)


async def test_a_role_whose_password_is_unknown_here_is_told(
    on_existing_cluster: dict[str, str], tmp_path: Path, stack: Stack
) -> None:
    del on_existing_cluster
    guest = Stack(root=tmp_path, topics_file=TOPICS)
    role = f"spn_{guest.config.name}_scheduling".replace("-", "_")
    connection = await asyncpg.connect(stack.admin_database_url)
    await connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'of somebody else'")
    await connection.close()
    with pytest.raises(StackError, match=f"{role} exists and its password is unknown here: give DATABASE_URL_SCHED"):
        guest.start()
    await remove_databases(stack.admin_database_url, guest.config.name)


async def remove_databases(admin_url: str, name: str) -> None:
    """A cluster that was there before is left as it was."""
    connection = await asyncpg.connect(admin_url)
    for service in ("enrolment", "billing", "scheduling", "notifications"):
        role = f"spn_{name}_{service}".replace("-", "_")
        await connection.execute(f"DROP DATABASE IF EXISTS {role}")
        await connection.execute(f"DROP ROLE IF EXISTS {role}")
    await connection.close()
