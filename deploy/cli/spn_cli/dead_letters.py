"""`spn dead-letters`: the letters of every service, or of one. The work is done by each service's own commands."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import asyncpg
import typer

from spn.letters_cli import OnDatabase, letters_app
from spn_cli.terminal import addresses_of, note
from spn_local.config import SERVICE_NAMES
from spn_local.paths import DEFAULT_STACK

T = TypeVar("T")
Which = Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICE_NAMES)}.")]
Letter = Annotated[int, typer.Argument(help="Its number, as `list` shows it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why: it is kept with what became of the letter.")]

app = typer.Typer(no_args_is_help=True, help="Messages that a service could not handle: look, try again, give up.")


@app.command("list")
def list_letters(service: Annotated[str | None, typer.Argument(help="Only this one.")] = None) -> None:
    """What waits, oldest first, in every service."""
    for name in [service] if service else SERVICE_NAMES:
        note.print(f"[bold]{name}[/]")
        _ask(name, "list")


@app.command()
def show(service: Which, letter: Letter) -> None:
    """All of one letter, its content included: it may hold personal data."""
    _ask(service, "show", str(letter))


@app.command()
def replay(service: Which, letter: Letter, reason: Reason) -> None:
    """Ask the replica that owns the partition to try a letter again, in the handler that failed."""
    _ask(service, "replay", str(letter), "--reason", reason)


@app.command()
def keep(
    service: Which, letter: Letter, reason: Reason, days: Annotated[int, typer.Option(min=1, max=400)] = 30
) -> None:
    """Keep a letter longer than its 30 days."""
    _ask(service, "keep", str(letter), "--reason", reason, "--days", str(days))


@app.command()
def discard(service: Which, letter: Letter, reason: Reason) -> None:
    """Give a letter up for good. What waits behind it is tried next."""
    _ask(service, "discard", str(letter), "--reason", reason)


def _ask(service: str, *arguments: str) -> None:
    command = typer.main.get_command(letters_app(_database_of(service)))
    code = command.main(args=list(arguments), prog_name="spn dead-letters", standalone_mode=False)
    if code:
        raise typer.Exit(code)


def _database_of(service: str) -> OnDatabase:
    if service not in SERVICE_NAMES:
        note.print(f"There is no service {service}: it is one of {', '.join(SERVICE_NAMES)}", style="bold red")
        raise typer.Exit(2)
    addresses = addresses_of(os.environ.get("SPN_STACK", DEFAULT_STACK))
    if addresses is None:
        note.print(f"No stack is running (make up). Elsewhere: spn-{service} dead-letters, with DATABASE_URL set.")
        raise typer.Exit(1)
    url = addresses.database_url(service)

    def on_database(work: Callable[[asyncpg.Connection[asyncpg.Record]], Awaitable[T]]) -> T:
        async def run() -> T:
            connection = await asyncpg.connect(url, timeout=10)
            try:
                return await work(connection)
            finally:
                await connection.close(timeout=5)

        return asyncio.run(run())

    return on_database
