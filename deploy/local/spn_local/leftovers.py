"""Finding and ending what a supervisor that was killed left behind.

Every process of a stack carries the stack's directory in its environment, and so do the processes that it starts
itself. That is how they are known: not by their number, which may be somebody else's by now.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MARK = "SPN_STACK_DIRECTORY"
PATIENCE_S = 10.0


def mark_children(directory: Path) -> None:
    """From here on, every process that this one starts is known as one of this stack's."""
    os.environ[MARK] = str(directory)


@dataclass(frozen=True)
class Leftover:
    """A process held by a descriptor: it cannot turn into another one between a look and a signal."""

    descriptor: int
    command: str

    def send(self, which: signal.Signals) -> None:
        """Signal it, unless it has ended."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.descriptor, which)

    @property
    def is_postgres(self) -> bool:
        """Whether it is PostgreSQL, which has children to end and memory to give back."""
        return self.command.split(" ", 1)[0].endswith("/postgres")


def end_leftovers(directory: Path) -> list[str]:
    """End every process that carries this directory's mark; their command lines. Blocks up to 20 s.

    The kernel was asked to end them with their supervisor; what still runs was started by them, or is stuck.
    """
    found = [leftover for pid in _pids() if (leftover := _hold_if_marked(pid, directory))]
    try:
        for leftover in found:
            # SIGQUIT is PostgreSQL's own "stop at once". The others have nothing that outlives them.
            leftover.send(signal.SIGQUIT if leftover.is_postgres else signal.SIGKILL)
        if not _all_end(found):
            for leftover in found:
                leftover.send(signal.SIGKILL)
            _all_end(found)
        return [leftover.command for leftover in found]
    finally:
        for leftover in found:
            os.close(leftover.descriptor)


def _pids() -> list[int]:
    return [int(place.name) for place in Path("/proc").glob("[0-9]*") if int(place.name) != os.getpid()]


def _hold_if_marked(pid: int, directory: Path) -> Leftover | None:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    if _carries_mark(pid, directory):
        return Leftover(descriptor, _command(pid))
    os.close(descriptor)
    return None


def _carries_mark(pid: int, directory: Path) -> bool:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
    return os.fsencode(f"{MARK}={directory}") in environment.split(b"\0")


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "(ended)"


def _all_end(found: Sequence[Leftover]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    for leftover in found:
        left_ms = max(0.0, deadline - time.monotonic()) * 1000
        ended = select.poll()
        ended.register(leftover.descriptor, select.POLLIN)
        if not ended.poll(left_ms):
            return False
    return True
