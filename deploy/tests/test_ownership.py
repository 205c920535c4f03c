"""What is left of a stack whose supervisor was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from spn_local.leftovers import MARK, end_leftovers
from spn_local.ownership import AlreadyRunningError, clean_up, only_supervisor, sweep
from spn_local.paths import StackPaths
from spn_local.state import StackState


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def start(processes: list[subprocess.Popen[bytes]], mark: Path | None, *command: str) -> subprocess.Popen[bytes]:
    """A process as a supervisor would have started it, that waits on its input."""
    environment = {**os.environ, **({MARK: str(mark)} if mark else {})}
    program = command or (sys.executable, "-c", "print(flush=True); input()")
    process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
    processes.append(process)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_whoever_carries_the_mark_of_the_directory_is_ended_and_nobody_else(
    processes: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    ours = start(processes, tmp_path / "a")
    others = [start(processes, tmp_path / "ab"), start(processes, tmp_path), start(processes, None)]
    assert len(end_leftovers(tmp_path / "a")) == 1
    assert ours.wait(10) < 0
    assert [process.poll() for process in others] == [None, None, None]


def test_what_a_leftover_started_itself_is_ended_too(processes: list[subprocess.Popen[bytes]], tmp_path: Path) -> None:
    inner = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'print(flush=True); input()']).wait()"
    start(processes, tmp_path, sys.executable, "-c", inner)
    assert len(end_leftovers(tmp_path)) == 2


def test_nothing_left_is_nothing_to_tell(tmp_path: Path) -> None:
    assert end_leftovers(tmp_path) == []


def test_a_stack_has_one_supervisor_at_a_time(tmp_path: Path) -> None:
    with (
        only_supervisor(StackPaths(tmp_path)),
        pytest.raises(AlreadyRunningError),
        only_supervisor(StackPaths(tmp_path)),
    ):
        pass
    with only_supervisor(StackPaths(tmp_path)):
        pass


def test_sockets_and_addresses_of_a_killed_run_go_and_its_logs_stand_aside(tmp_path: Path) -> None:
    paths = StackPaths(tmp_path)
    sockets = tmp_path / "sockets"
    sockets.mkdir()
    StackState(ports={"kafka": 1}, socket_directory=str(sockets)).save(paths.state)
    paths.logs.mkdir()
    (paths.logs / "kafka.log").write_text("the last words")
    for file in paths.environment_files:
        file.write_text("KAFKA_BOOTSTRAP_SERVERS=gone")
    clean_up(paths)
    assert not sockets.exists()
    assert not any(file.exists() for file in paths.environment_files)
    assert (paths.directory / "logs.before" / "kafka.log").read_text() == "the last words"
    assert StackState.load(paths.state).ports == {"kafka": 1}


def test_only_ephemeral_stacks_that_nobody_supervises_are_swept_away(tmp_path: Path) -> None:
    own, dead, alive, kept = (StackPaths(tmp_path, name) for name in ("own", "dead", "alive", "kept"))
    for paths in (own, dead, alive):
        StackState(ephemeral=True).save(paths.state)
    StackState().save(kept.state)
    (tmp_path / ".local" / "stack.env").write_text("")
    with ExitStack() as held:
        held.enter_context(only_supervisor(alive))
        sweep(own)
    assert [paths.directory.exists() for paths in (own, dead, alive, kept)] == [True, False, True, True]
