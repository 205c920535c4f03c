"""The one process that owns a stack: starts it, keeps it running, and takes it down with itself.

Run as `python -m spn_local.supervisor`. Its first line of input is the configuration; with a lifeline, the end of
the input means that the starter is gone. It tells its progress as lines of JSON on its output, the last of which
is `{"ready": ...}` or `{"failed": ...}`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spn_local.config import StackConfig
from spn_local.control import serve_control
from spn_local.environment_file import remove_environment, write_environment
from spn_local.existing import Existing
from spn_local.leftovers import mark_children
from spn_local.ownership import AlreadyRunningError, clean_up, only_supervisor, sweep
from spn_local.paths import make_socket_directory
from spn_local.running import RunningStack
from spn_local.state import StackState


class StillStartingError(Exception):
    """It runs, and can do nothing for others yet."""


def tell(**what: object) -> None:
    """One line to the starter, and to our own log. A starter that went away is no reason to stop."""
    line = json.dumps(what)
    print(time.strftime("%H:%M:%S"), line, file=sys.stderr, flush=True)
    with contextlib.suppress(OSError):
        os.write(1, line.encode() + b"\n")


class Supervisor:
    """The life of one stack."""

    def __init__(self, config: StackConfig, state: StackState, sockets: Path) -> None:
        self.config = config
        self.stop_asked = asyncio.Event()
        existing = Existing.from_environment(os.environ)
        self.stack = RunningStack(config, state, existing, sockets, lambda part, took: tell(part=part, seconds=took))
        self.sockets = sockets
        self._is_up = False

    async def run(self) -> None:
        """From the first process to the last one's end."""
        starting = asyncio.create_task(self._up())
        stopping = asyncio.create_task(self.stop_asked.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                await starting
                await stopping
            else:
                tell(failed="It was asked to stop while it was still starting")
        finally:
            for task in (starting, stopping):
                task.cancel()
            await asyncio.gather(starting, stopping, return_exceptions=True)
            remove_environment(self.config.paths)
            await self.stack.down()

    async def _up(self) -> None:
        began = time.monotonic()
        # From now on: who asks for a stop while it starts is heard too.
        self._control = await serve_control(self.sockets, self.answer)
        await self.stack.up()
        write_environment(self.config.paths, self.stack.describe()["environment"])
        self._is_up = True
        tell(ready=self.config.name, seconds=time.monotonic() - began)
        # From here on nobody listens: whoever reads the other end waits for its end.
        os.dup2(2, 1)

    async def answer(self, verb: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Do what a client asks for."""
        if verb == "shut_down":
            self.stop_asked.set()
            return {}
        if not self._is_up:
            raise StillStartingError(f"The stack '{self.config.name}' is still starting")
        if verb == "describe":
            return self.stack.describe()
        if verb == "start_replica":
            service = self.stack.services.service(arguments["service"])
            await self.stack.services.start_replica(service, arguments["slot"], arguments["environment"])
            write_environment(self.config.paths, self.stack.describe()["environment"])
        elif verb == "start":
            await self.stack.process(arguments["name"]).start()
        elif verb == "stop":
            which = signal.Signals(arguments["signal"]) if arguments.get("signal") else None
            await self.stack.process(arguments["name"]).stop(which)
        elif verb == "signal":
            self.stack.process(arguments["name"]).signal(signal.Signals(arguments["signal"]))
        else:
            raise ValueError(f"A supervisor knows no '{verb}'")
        return self.stack.describe()

    def watch(self, lifeline: asyncio.StreamReader) -> None:
        """Stop on SIGTERM, on SIGINT and, with a lifeline, when the starter is gone."""
        loop = asyncio.get_running_loop()
        for which in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(which, self.stop_asked.set)
        if self.config.lifeline:
            self._watcher = asyncio.create_task(self._until_end_of(lifeline))

    async def _until_end_of(self, lifeline: asyncio.StreamReader) -> None:
        await lifeline.read()
        self.stop_asked.set()


async def main_async() -> int:
    """Read the configuration, and live."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    config = StackConfig.from_json((await reader.readline()).decode())
    try:
        with only_supervisor(config.paths):
            await supervise(config, reader)
    except AlreadyRunningError as error:
        tell(failed=str(error))
        return 1
    except Exception as error:  # noqa: BLE001 the starter shows it; it is the end of this process either way
        tell(failed="\n".join(_sentences(error)))
        return 1
    return 0


async def supervise(config: StackConfig, reader: asyncio.StreamReader) -> None:
    """Clean up, start, wait, stop, and leave nothing that was not asked to stay."""
    paths = config.paths
    for command in [*clean_up(paths), *sweep(paths)]:
        tell(left_over=command)
    mark_children(paths.directory)
    state, sockets = StackState.load(paths.state), make_socket_directory(paths)
    state.socket_directory, state.ephemeral = str(sockets), config.ephemeral
    state.save(paths.state)
    supervisor = Supervisor(config, state, sockets)
    supervisor.watch(reader)
    try:
        await supervisor.run()
    finally:
        shutil.rmtree(sockets, ignore_errors=True)
        if config.ephemeral:
            shutil.rmtree(paths.directory, ignore_errors=True)


def _sentences(error: BaseException) -> Iterator[str]:
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _sentences(one)
    else:
        yield str(error) or repr(error)


if __name__ == "__main__":
    sys.exit(asyncio.run(main_async()))
