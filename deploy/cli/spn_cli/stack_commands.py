"""`spn up` and `spn down`: a stack that keeps running to work with."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from spn_cli.terminal import StackOption, UsageError, addresses_of, note, out, plain_errors, stack_paths
from spn_local.config import SERVICE_NAMES, ServiceConfig, StackConfig
from spn_local.control import NotRunningError, ask
from spn_local.kafka_jars import jars_are_here
from spn_local.launch import launch
from spn_local.paths import DEFAULT_STACK, StackPaths
from spn_local.state import StackState

DOWN_PATIENCE_S = 90.0


def up(
    stack: StackOption = DEFAULT_STACK,
    replicas: Annotated[int, typer.Option(min=1, max=9, help="Replicas of each service.")] = 1,
    service: Annotated[list[str] | None, typer.Option(help="Only this service (may be repeated).")] = None,
    platform_only: Annotated[bool, typer.Option(help="Kafka, PostgreSQL and the mail sink; no service.")] = False,
) -> None:
    """Start the local stack and leave it running; addresses and passwords in .local/stack.env."""
    with plain_errors():
        paths = stack_paths(stack)
        if addresses_of(stack) is not None and runs(paths):
            note.print(f"The stack '{stack}' runs already.")
            return
        names = [] if platform_only else _known(service or SERVICE_NAMES)
        services = tuple(ServiceConfig(name, replicas) for name in names)
        if not jars_are_here():
            note.print("Fetching Apache Kafka (43 MB, once) ...")
        launch(StackConfig(root=str(paths.root), name=stack, services=services), _show)
        file = paths.environment_files[-1].relative_to(paths.root)
        down_command = "spn down" if stack == DEFAULT_STACK else f"spn down --stack {stack}"
        out.print(
            f"Addresses and passwords: {file}   Logs: {paths.logs.relative_to(paths.root)}/   Stop: {down_command}"
        )


def down(
    stack: StackOption = DEFAULT_STACK,
    wipe: Annotated[bool, typer.Option(help="Throw its data away too: the next start is afresh.")] = False,
) -> None:
    """Stop the local stack. Its data stays, unless it is wiped."""
    with plain_errors():
        paths = stack_paths(stack)
        try:
            ask(socket_directory(paths), "shut_down")
            _wait_until_gone(paths)
            note.print(f"The stack '{stack}' is down.")
        except NotRunningError:
            note.print(f"The stack '{stack}' does not run.")
        if wipe:
            shutil.rmtree(paths.directory, ignore_errors=True)
            note.print(f"Its data is gone: {paths.directory.relative_to(paths.root)}")


def socket_directory(paths: StackPaths) -> Path | None:
    """Where the supervisor of a stack listens; None when it was never started."""
    found = StackState.load(paths.state).socket_directory
    return Path(found) if found else None


def runs(paths: StackPaths) -> bool:
    """Whether the stack's supervisor answers."""
    try:
        ask(socket_directory(paths), "describe", timeout_s=10.0)
    except NotRunningError:
        return False
    return True


def _known(names: Iterable[str]) -> list[str]:
    chosen = list(names)
    for name in chosen:
        if name not in SERVICE_NAMES:
            raise UsageError(f"There is no service '{name}'. There are: {', '.join(SERVICE_NAMES)}")
    return chosen


def _show(step: dict[str, Any]) -> None:
    if "part" in step:
        note.print(f"  [green]ready[/] {step['part']:24} {step['seconds']:5.1f} s")
    elif "left_over" in step:
        note.print(f"  [yellow]ended[/], left over from a run that was killed: {escape(step['left_over'][:100])}")
    elif "ready" in step:
        note.print(f"The stack '{step['ready']}' is ready after {step['seconds']:.1f} s.")


def _wait_until_gone(paths: StackPaths) -> None:
    """Its socket goes last, when every process has ended."""
    place = socket_directory(paths)
    deadline = time.monotonic() + DOWN_PATIENCE_S
    while place is not None and place.exists():
        if time.monotonic() > deadline:
            raise UsageError(f"It does not stop; see {paths.directory / 'supervisor.log'}")
        time.sleep(0.05)
