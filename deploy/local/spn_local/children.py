"""Starting processes that do not outlive their supervisor, and finding those that did."""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from spn_local.state import write_private

PR_SET_PDEATHSIG = 1
LOG_TAIL_LINES = 25
LEFTOVER_PATIENCE_S = 10.0
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


@dataclass(frozen=True)
class ProcessIdentity:
    """A process that cannot be taken for another one that later got its number."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> ProcessIdentity | None:
        """The identity of a running process; None when there is none (a zombie does not run)."""
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
            boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        except OSError:
            return None
        fields = stat.rpartition(")")[2].split()
        state, start_ticks = fields[0], fields[19]
        return None if state in "ZX" else cls(pid, f"{boot}/{start_ticks}")

    @property
    def runs(self) -> bool:
        """Whether this very process still runs."""
        return ProcessIdentity.of(self.pid) == self

    def send(self, which: signal.Signals) -> None:
        """Signal it, unless it is gone."""
        if self.runs:
            try:
                os.kill(self.pid, which)
            except ProcessLookupError:
                return


class ProcessList:
    """The file that names the running children, for a next start that finds the supervisor gone."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._children: dict[str, ProcessIdentity] = {}

    def add(self, name: str, pid: int) -> None:
        """Remember a child that was just started."""
        identity = ProcessIdentity.of(pid)
        if identity is not None:
            self._children[name] = identity
            self._write()

    def remove(self, name: str) -> None:
        """Forget a child that has ended."""
        if self._children.pop(name, None) is not None:
            self._write()

    def _write(self) -> None:
        entries = {name: asdict(identity) for name, identity in self._children.items()}
        write_private(self._file, json.dumps(entries, indent=2) + "\n")


def end_leftovers(file: Path) -> list[str]:
    """End what an earlier supervisor left running; the names of what was found. Blocks up to 10 s.

    They were told by the kernel already; what still runs is stuck, or the kernel's signal was lost.
    """
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    alive = {name: ProcessIdentity(**entry) for name, entry in entries.items()}
    found = [name for name, identity in alive.items() if identity.runs]
    for which, patience_s in ((signal.SIGQUIT, LEFTOVER_PATIENCE_S), (signal.SIGKILL, LEFTOVER_PATIENCE_S)):
        for name in found:
            # SIGQUIT is PostgreSQL's "now": it ends its own children too. Others have nothing to lose.
            alive[name].send(signal.SIGKILL if name != "postgres" else which)
        if _gone([alive[name] for name in found], patience_s):
            break
    file.unlink(missing_ok=True)
    return found


def _gone(identities: Sequence[ProcessIdentity], patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while any(identity.runs for identity in identities):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
