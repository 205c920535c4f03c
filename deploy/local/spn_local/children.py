"""Starting processes that do not outlive their supervisor."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
LOG_TAIL_LINES = 25
# Looked up here, so that a child between fork and exec has nothing to look up.
_prctl = ctypes.CDLL(None, use_errno=True).prctl


class ProgramError(Exception):
    """A program failed; the text holds the end of its log."""


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """What a child does before it becomes its program: ask the kernel to end it when its parent ends.

    The parent may be gone before the child asks; then nobody would ever send the signal.
    """
    parent = os.getpid()

    def in_child() -> None:
        _prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:
            os._exit(1)

    return in_child


@dataclass(frozen=True)
class Program:
    """A command line and what surrounds it. `death_signal` is what the kernel sends it when the supervisor dies."""

    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = None
    directory: Path | None = None
    death_signal: signal.Signals = signal.SIGKILL

    async def start(self) -> asyncio.subprocess.Process:
        """Start it in a session of its own, so that Ctrl-C in a terminal reaches the supervisor only.

        Call this from the supervisor's main thread: the kernel counts the end of the calling thread as the parent's.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *self.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.environment) if self.environment is not None else None,
                cwd=self.directory,
                start_new_session=True,
                # Two system calls and no lock: the supervisor's threads cannot hurt here.
                preexec_fn=_die_with_parent(self.death_signal),
            )


async def run_to_end(program: Program, patience_s: float) -> None:
    """Run a program that ends by itself. Raises ProgramError when it fails or takes too long."""
    process = await program.start()
    name = Path(program.command[0]).name
    try:
        code = await asyncio.wait_for(process.wait(), patience_s)
    except TimeoutError:
        raise ProgramError(f"{name} did not end within {patience_s:.0f} s{log_tail(program.log)}") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if code:
        raise ProgramError(f"{name} failed (exit code {code}){log_tail(program.log)}")


def log_tail(log: Path) -> str:
    """The last lines of a log, to go under an error."""
    try:
        with log.open(encoding="utf-8", errors="replace") as lines:
            last = deque(lines, LOG_TAIL_LINES)
    except OSError:
        return f"; it left no log ({log})"
    return f". The end of {log}:\n" + "".join(f"  | {line.rstrip()}\n" for line in last)
