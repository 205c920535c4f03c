"""Whose a stack's directory is, and what to do with one whose supervisor was killed."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
from collections.abc import Iterator

from spn_local.environment_file import remove_environment
from spn_local.leftovers import end_leftovers
from spn_local.paths import STACK_NAME, StackPaths
from spn_local.state import StackState


class AlreadyRunningError(Exception):
    """This stack has a supervisor already."""


@contextlib.contextmanager
def only_supervisor(paths: StackPaths) -> Iterator[None]:
    """Hold the stack's lock; the kernel gives it back however we end. Raises AlreadyRunningError."""
    paths.directory.mkdir(parents=True, exist_ok=True)
    with paths.lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(f"The stack '{paths.name}' runs already") from None
        yield


def clean_up(paths: StackPaths) -> list[str]:
    """End what an earlier supervisor of this stack left running, remove its sockets, put its logs aside.

    Call it with the lock. The command lines of what still ran.
    """
    ended = end_leftovers(paths.directory)
    if sockets := StackState.load(paths.state).socket_directory:
        shutil.rmtree(sockets, ignore_errors=True)
    remove_environment(paths)
    if paths.logs.exists():
        before = paths.logs.with_name("logs.before")
        shutil.rmtree(before, ignore_errors=True)
        paths.logs.rename(before)
    return ended


def sweep(own: StackPaths) -> list[str]:
    """Throw away the ephemeral stacks of this checkout that outlived their supervisors; what of them still ran."""
    ended: list[str] = []
    for directory in (own.root / ".local").iterdir():
        # A stack that is just being made holds its lock before it says that it is ephemeral.
        if directory == own.directory or not STACK_NAME.fullmatch(directory.name) or not directory.is_dir():
            continue
        paths = StackPaths(own.root, directory.name)
        if StackState.load(paths.state).ephemeral:
            with contextlib.suppress(AlreadyRunningError, FileNotFoundError), only_supervisor(paths):
                ended += clean_up(paths)
                shutil.rmtree(directory, ignore_errors=True)
    return ended
