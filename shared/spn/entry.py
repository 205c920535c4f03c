"""The command line of a service: serve, migrate, check, republish, rewind, dead-letters."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Generic, TypeVar

import asyncpg
import structlog
import typer
import uvicorn
import uvloop

from spn import logs
from spn.database import SHARED_MIGRATIONS, MigrationError, migrate, missing_migrations
from spn.letters_cli import letters_app
from spn.messaging import outbox, sequences
from spn.messaging.operations import Position, rewind_to
from spn.running import running, web
from spn.service import Parts, Service, StoppedByItselfError
from spn.settings import ServiceSettings, SettingsError, read_settings

T = TypeVar("T")
S = TypeVar("S", bound=ServiceSettings)

log = structlog.get_logger("entry")


class QuietServer(uvicorn.Server):
    """Uvicorn without signal handlers of its own: the process decides when it ends."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


class Program(Generic[S]):
    """The commands of one service."""

    def __init__(self, build: Callable[[S], Parts], settings_class: type[S]) -> None:
        self._build = build
        self._settings_class = settings_class

    def settings(self) -> S:
        """The settings; or the end of the program with what is wrong in them."""
        try:
            return read_settings(self._settings_class)
        except SettingsError as error:
            typer.echo(f"The settings are not complete:\n{error}", err=True)
            raise typer.Exit(2) from None

    def on_database(self, work: Callable[[asyncpg.Connection[asyncpg.Record]], Awaitable[T]]) -> T:
        """Do ``work`` on a connection of its own."""

        async def run() -> T:
            connection = await asyncpg.connect(self.settings().database_url.get_secret_value(), timeout=10)
            try:
                return await work(connection)
            finally:
                await connection.close(timeout=5)

        return asyncio.run(run())

    def serve(self) -> None:
        """Run the service until it is told to stop."""
        settings = self.settings()
        parts = self._build(settings)
        logs.configure(settings.log_format, settings.log_level, parts.name, settings.replica_slot)
        raise typer.Exit(uvloop.run(_serve(parts, settings)))

    def migrate(self) -> None:
        """Bring the database to what this release needs. Safe to run again and from several places at once."""
        settings = self.settings()
        url = settings.database_url.get_secret_value()
        applied = asyncio.run(migrate(url, SHARED_MIGRATIONS, self._build(settings).migrations))
        typer.echo("\n".join(f"applied {name}" for name in applied) or "nothing to do")

    def check(self) -> None:
        """Check settings, database and migrations without starting anything."""
        parts = self._build(self.settings())
        missing = self.on_database(lambda c: missing_migrations(c, SHARED_MIGRATIONS, parts.migrations))
        for one in missing:
            typer.echo(f"missing migration: {one.name}", err=True)
        if missing:
            raise typer.Exit(1)
        typer.echo("settings, database and migrations are in order")

    def republish(self, topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None) -> None:
        """Tell the newest event of each aggregate again: same ids, same sequences."""

        async def work(connection: asyncpg.Connection[asyncpg.Record]) -> int:
            async with connection.transaction():
                count = await outbox.republish(connection, topic)
                await outbox.wake(connection)
                return count

        typer.echo(f"{self.on_database(work)} events put in the outbox again")

    def restored(self) -> None:
        """After a restore from backup: no number told since is used again. The service must not be running."""
        typer.echo(f"{self.on_database(sequences.leap)} sequences jumped; new ones begin far beyond any told before")

    def rewind(
        self,
        to: Annotated[Position, typer.Option(help="Where to go on.")],
        topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    ) -> None:
        """Set the stored positions, for example of an emptied database. The service must not be running."""
        settings = self.settings()
        parts = self._build(settings)
        topics = [topic] if topic else list(parts.policies.topics)
        for line in asyncio.run(rewind_to(settings, parts.name, topics, to)):
            typer.echo(line)


def entry(build: Callable[[S], Parts], settings_class: type[S], *more: typer.Typer) -> typer.Typer:
    """The command line of the service that ``build`` describes, with the commands that it brings itself."""
    program = Program(build, settings_class)
    app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
    for command in (program.serve, program.migrate, program.check, program.republish, program.rewind, program.restored):
        app.command(command.__name__)(command)
    for own in more:
        app.registered_commands += own.registered_commands
    app.add_typer(letters_app(program.on_database), name="dead-letters")
    return app


async def _serve(parts: Parts, settings: ServiceSettings) -> int:
    """Run until a signal or until the service ends by itself; the exit code."""
    loop, service = asyncio.get_running_loop(), Service(parts, settings)
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, service.ended.set)
    try:
        async with running(service):
            with _listen(settings.http_host, settings.http_port) as sock:
                server = QuietServer(uvicorn.Config(web(service), log_config=None, access_log=False, lifespan="off",
                                                    timeout_graceful_shutdown=5))  # fmt: skip
                serving = asyncio.create_task(server.serve(sockets=[sock]))
                log.info("serving", port=sock.getsockname()[1])
                await service.ended.wait()
            server.should_exit = True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(serving, 6)
    except (StoppedByItselfError, MigrationError, OSError, asyncpg.PostgresError) as error:
        log.error("cannot_start", why=f"{type(error).__name__}: {error}")
        return 1
    return 0 if service.why is None else 3


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((host, port))
    sock.listen(512)
    return sock
