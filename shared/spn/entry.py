"""The command line of a service: serve, migrate, check, republish, rewind, dead-letters."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Generic, TypeVar

import asyncpg
import typer

from spn import logs, memory
from spn.database import SHARED_MIGRATIONS, migrate, missing_migrations
from spn.letters_cli import letters_app
from spn.messaging import outbox, sequences
from spn.messaging.offsets import Position
from spn.service import Parts
from spn.settings import ServiceSettings, SettingsError, read_settings

T = TypeVar("T")
S = TypeVar("S", bound=ServiceSettings)


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
        from spn.serving import serve_until_ended  # Kafka and HTTP: a second that no other command needs

        memory.settle()
        raise typer.Exit(serve_until_ended(parts, settings))

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
        from spn.messaging.operations import rewind_to

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
