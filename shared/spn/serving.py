"""A service as a process: its HTTP side, its signals, its exit code."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import signal
import socket
from importlib import import_module
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog
import uvicorn
import uvloop

from spn.bounded_http import IDLE_SECONDS_MAX, BoundedProtocol
from spn.database import MigrationError
from spn.messaging import failpoints
from spn.rights.marks import RightsError
from spn.running import running
from spn.service import Parts, Service, StoppedByItselfError
from spn.settings import ServiceSettings

if TYPE_CHECKING:
    from fastapi import FastAPI

HTTP_SECONDS_MAX = 2
"""How long requests at hand may take once the process is told to stop: a part of the whole bound."""

BLOCKED_SECONDS_MAX = 45
"""A loop that stands still for so long can neither answer nor end itself."""

log = structlog.get_logger("serving")


class QuietServer(uvicorn.Server):
    """Uvicorn without signal handlers of its own: the process decides when it ends."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


def serve_until_ended(parts: Parts, settings: ServiceSettings) -> int:
    """Run the service until it is told to stop or ends by itself; the exit code of the process."""
    return uvloop.run(_serve(parts, settings))


async def _serve(parts: Parts, settings: ServiceSettings) -> int:
    """Run until a signal or until the service ends by itself; the exit code."""
    loop, service = asyncio.get_running_loop(), Service(parts, settings)
    if settings.spn_failpoints is not None:
        failpoints.install(failpoints.die_at_armed(settings.spn_failpoints))
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, service.ended.set)
    alarm = asyncio.create_task(_wind_alarm())
    try:
        async with running(service):
            # In a thread, while consumers join their groups: this is a fifth of all that a start has to import.
            web = await asyncio.to_thread(import_module, "spn.web")
            with _listen(settings.http_host, settings.http_port) as sock:
                server = http_server(web.application(service))
                serving = asyncio.create_task(server.serve(sockets=[sock]))
                serving.add_done_callback(lambda _: service.ended.set())
                tokens = (
                    "checked" if settings.http_jwt_issuer else "none counts: nobody comes in where a role is asked for"
                )
                log.info("serving", port=sock.getsockname()[1], tokens=tokens)
                await service.ended.wait()
                # The socket stays until then: a server that has only begun would stumble over a closed one.
                server.should_exit = True
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(serving, HTTP_SECONDS_MAX + 0.5)
    except (StoppedByItselfError, MigrationError, RightsError, OSError, asyncpg.PostgresError) as error:
        log.error("cannot_start", why=f"{type(error).__name__}: {error}")
        return 1
    finally:
        alarm.cancel()
        faulthandler.cancel_dump_traceback_later()
    return 0 if service.why is None else 3


def http_server(application: FastAPI) -> QuietServer:
    """The server of a service's HTTP side, with its bounds."""
    return QuietServer(
        uvicorn.Config(
            application,
            http=BoundedProtocol,
            ws="none",
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_keep_alive=IDLE_SECONDS_MAX,
            timeout_graceful_shutdown=HTTP_SECONDS_MAX,
        )
    )


async def _wind_alarm() -> None:
    """Keep off the alarm that ends a process whose loop is blocked: a thread of its own, that says where it stood."""
    while True:
        faulthandler.dump_traceback_later(BLOCKED_SECONDS_MAX, exit=True)
        await asyncio.sleep(BLOCKED_SECONDS_MAX / 10)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((host, port))
    sock.listen(512)
    return sock
