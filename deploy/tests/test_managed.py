from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from spn_local import managed
from spn_local.children import Program, ProgramError, run_to_end
from spn_local.managed import ManagedProcess, NotReadyError

Make = Callable[..., ManagedProcess]


async def always() -> bool:
    return True


async def never() -> bool:
    return False


async def until(condition: Callable[[], bool], what: str, patience_s: float = 10.0) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {patience_s:.0f} s: {what}"
        await asyncio.sleep(0.01)


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    made: list[ManagedProcess] = []

    def one(script: str, is_ready: Callable[[], Awaitable[bool]] = always, patience_s: float = 5.0) -> ManagedProcess:
        program = Program(["sh", "-c", script], tmp_path / "log")
        made.append(ManagedProcess("it", lambda: program, is_ready, stop_patience_s=patience_s))
        return made[-1]

    yield one
    for process in made:
        await process.stop(signal.SIGKILL)


async def test_a_process_that_ends_by_itself_is_started_again(make: Make) -> None:
    process = make("exec sleep 60")
    await process.start()
    first = process.pid
    process.signal(signal.SIGKILL)
    await until(lambda: process.pid not in (None, first), "a second process")
    assert process.restarts == 1
    assert process.last_exit == -signal.SIGKILL


async def test_a_process_that_was_stopped_stays_down_until_it_is_started(make: Make) -> None:
    process = make("exec sleep 60")
    await process.start()
    await process.stop()
    assert process.pid is None
    assert process.restarts == 0
    await process.start()
    assert process.pid is not None


async def test_who_does_not_listen_to_a_polite_stop_is_killed_when_its_patience_is_over(make: Make) -> None:
    process = make("trap '' TERM; echo deaf; while :; do sleep 0.1; done", patience_s=0.3)
    await process.start()
    await until(lambda: "deaf" in process.program().log.read_text(), "the trap is set")
    await process.stop()
    assert process.last_exit == -signal.SIGKILL


async def test_a_process_that_keeps_ending_is_given_up_with_the_end_of_its_log(make: Make) -> None:
    process = make("echo no settings; exit 3", never)
    with pytest.raises(NotReadyError, match=r"(?s)ends as soon as it starts \(exit code 3\).*\| no settings"):
        await process.start()


async def test_a_process_that_runs_and_never_gets_ready_is_told_after_the_patience(make: Make) -> None:
    process = make("exec sleep 60", never)
    with pytest.raises(NotReadyError, match="runs, but did not become ready"):
        await process.start(patience_s=0.2)


async def test_a_program_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    program = Program([str(tmp_path / "none")], tmp_path / "log")
    process = ManagedProcess("it", lambda: program, always)
    with pytest.raises(FileNotFoundError, match="none"):
        await process.start()


async def test_the_pauses_between_restarts_grow(make: Make, tmp_path: Path) -> None:
    process = make(f"date +%s%N >> {tmp_path}/starts; exit 1", never)
    with pytest.raises(NotReadyError):
        await process.start()
    starts = [int(line) for line in (tmp_path / "starts").read_text().split()]
    assert starts[2] - starts[1] > 1.5 * (starts[1] - starts[0])


async def test_who_lived_for_a_while_comes_back_at_once(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(managed, "STEADY_AFTER_S", 0.1)
    monkeypatch.setattr(managed, "BACKOFF_FIRST_S", 60.0)
    process = make("exec sleep 0.2")
    await process.start()
    await until(lambda: process.restarts >= 3, "its third restart")


async def test_who_is_stopped_during_a_pause_is_not_started_once_more(make: Make, tmp_path: Path) -> None:
    process = make(f"echo started >> {tmp_path}/starts; sleep 0.3; exit 1")
    await process.start()
    await until(lambda: process.restarts >= 2, "a pause that is not over at once")
    before = (tmp_path / "starts").read_text()
    await process.stop()
    assert (tmp_path / "starts").read_text() == before


async def test_a_step_that_fails_tells_the_end_of_its_log(tmp_path: Path) -> None:
    program = Program(["sh", "-c", "echo table missing >&2; exit 4"], tmp_path / "log")
    with pytest.raises(ProgramError, match=r"(?s)failed \(exit code 4\).*\| table missing"):
        await run_to_end(program, 10)


async def test_a_step_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    program = Program(["sh", "-c", "echo $$; exec sleep 60"], tmp_path / "log")
    with pytest.raises(ProgramError, match="did not end within"):
        await run_to_end(program, 0.3)
    await until(lambda: not is_alive(int((tmp_path / "log").read_text())), "its end")


async def test_what_a_process_started_itself_ends_with_it(make: Make, tmp_path: Path) -> None:
    process = make(f"sleep 61 & echo $! > {tmp_path}/child; wait")
    await process.start()
    await until(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text() != "", "its child")
    child = int((tmp_path / "child").read_text())
    assert is_alive(child)
    await process.stop(signal.SIGKILL)
    await until(lambda: not is_alive(child), "the child's end")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
