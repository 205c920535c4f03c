"""Talking to a supervisor: one line of JSON asked, one line answered, over a unix socket that only its owner enters."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

SOCKET_NAME = "control.sock"
Answer = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]


class ControlError(Exception):
    """The supervisor could not do what was asked; the text is its answer."""


class NotRunningError(Exception):
    """There is no supervisor to talk to."""


async def serve_control(directory: Path, answer: Answer) -> asyncio.Server:
    """Listen for requests. `answer(verb, arguments)` may raise: the asker gets the text."""

    async def one_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reply: dict[str, Any]
        try:
            request = json.loads(await reader.readline())
            try:
                reply = {"ok": await answer(request["verb"], request["arguments"])}
            except Exception as error:  # noqa: BLE001 whatever it is, the asker must hear it
                reply = {"error": f"{error}" or type(error).__name__}
            writer.write(json.dumps(reply).encode() + b"\n")
            await writer.drain()
        except (ConnectionError, ValueError):
            return
        finally:
            writer.close()

    place = directory / SOCKET_NAME
    place.unlink(missing_ok=True)
    return await asyncio.start_unix_server(one_request, place)


def ask(directory: Path | None, verb: str, timeout_s: float = 120.0, **arguments: object) -> dict[str, Any]:
    """Ask the supervisor whose sockets are in `directory`. Raises NotRunningError or ControlError."""
    if directory is None:
        raise NotRunningError("No stack was ever started here")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        try:
            connection.connect(str(directory / SOCKET_NAME))
            connection.sendall(json.dumps({"verb": verb, "arguments": arguments}).encode() + b"\n")
            with connection.makefile("rb") as lines:
                line = lines.readline()
        except (FileNotFoundError, ConnectionError) as error:
            raise NotRunningError("The stack does not run") from error
        except TimeoutError as error:
            raise ControlError(f"No answer to '{verb}' within {timeout_s:.0f} s") from error
    if not line:
        raise NotRunningError("The stack stopped while it was asked")
    reply: dict[str, Any] = json.loads(line)
    if "error" in reply:
        raise ControlError(reply["error"])
    answered: dict[str, Any] = reply["ok"]
    return answered
