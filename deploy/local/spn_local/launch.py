"""Starting the supervisor of a stack, and hearing how it goes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from spn_local.children import log_tail
from spn_local.config import StackConfig

Hear = Callable[[dict[str, Any]], None]
STOP_PATIENCE_S = 90.0


class StackError(Exception):
    """The stack did not start; the text says why, with the end of the log concerned."""


def launch(config: StackConfig, hear: Hear = lambda _: None) -> subprocess.Popen[bytes]:
    """Start a supervisor and wait until the whole stack is ready. Raises StackError.

    `hear` gets each step: {"part": "kafka", "seconds": 2.1}, {"left_over": "kafka"}, {"ready": ...}.
    With `config.lifeline` keep the returned process: when it is dropped, the stack stops.
    """
    paths = config.paths
    paths.directory.mkdir(parents=True, exist_ok=True)
    log = paths.directory / "supervisor.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            # The directory is there to be seen in a list of processes; the configuration comes by the input.
            [sys.executable, "-m", "spn_local.supervisor", str(paths.directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            start_new_session=True,
        )
    try:
        last = _follow(process, config, hear)
    except BaseException:
        stop(process)
        raise
    if "ready" in last:
        if not config.lifeline:
            # It outlives whoever started it, and Python need not warn of that.
            process.returncode = 0
        return process
    stop(process)
    raise StackError(last.get("failed") or f"The supervisor of the stack '{config.name}' ended{log_tail(log)}")


def _follow(process: subprocess.Popen[bytes], config: StackConfig, hear: Hear) -> dict[str, Any]:
    if process.stdin is None or process.stdout is None:
        raise AssertionError("started with pipes")
    process.stdin.write(config.to_json().encode() + b"\n")
    process.stdin.flush()
    if not config.lifeline:
        process.stdin.close()
    told: dict[str, Any] = {}
    with process.stdout as lines:
        for line in lines:
            told = json.loads(line)
            hear(told)
    return told


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a supervisor to take everything down, and wait until it has. Idempotent."""
    if process.stdin is not None and not process.stdin.closed:
        process.stdin.close()
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
