"""Dead letters at the command line: list, show, replay, discard. Each change needs a reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeAlias

import asyncpg
import typer
from rich.console import Console
from rich.table import Table

from spn.messaging import dead_letters

OnDatabase: TypeAlias = "Callable[[Callable[[asyncpg.Connection[asyncpg.Record]], Awaitable[Any]]], Any]"
Reason = Annotated[str, typer.Option("--reason", help="Why: it is kept with what became of the letter.")]

LIST = (
    'SELECT id, handler, topic, partition, "offset", message_id, type, parked, attempts, arrived_at, replay_asked, '
    "error FROM dead_letters ORDER BY id LIMIT $1"
)


def letters_app(on_database: OnDatabase) -> typer.Typer:
    """The sub-commands over the database that ``on_database`` opens."""
    app = typer.Typer(no_args_is_help=True, help="Messages that could not be handled.")
    _add_looking(app, on_database)
    _add_deciding(app, on_database)
    return app


def _add_looking(app: typer.Typer, on_database: OnDatabase) -> None:
    @app.command("list")
    def list_letters(most: Annotated[int, typer.Option(help="At most so many.")] = 100) -> None:
        """What waits, oldest first. Contents are not shown: they may hold personal data."""
        rows = on_database(lambda c: c.fetch(LIST, most))
        table = Table("id", "handler", "where", "type", "state", "tries", "since", "error")
        for r in rows:
            state = "waits behind" if r["parked"] else "replay asked" if r["replay_asked"] else "failed"
            where = f"{r['topic']}[{r['partition']}]@{r['offset']}"
            since = f"{r['arrived_at']:%Y-%m-%d %H:%M}"
            kind = (r["error"] or "").split(":", 1)[0]
            table.add_row(str(r["id"]), r["handler"], where, r["type"] or "?", state, str(r["attempts"]), since, kind)
        Console().print(table if rows else "no dead letters")

    @app.command()
    def show(letter: int) -> None:
        """All of one letter, its content included: it may hold personal data."""
        row = on_database(lambda c: c.fetchrow("SELECT * FROM dead_letters WHERE id = $1", letter))
        if row is None:
            raise _missing(letter)
        for name, value in row.items():
            typer.echo(f"{name}: {value.decode(errors='backslashreplace') if isinstance(value, bytes) else value}")


def _add_deciding(app: typer.Typer, on_database: OnDatabase) -> None:
    @app.command()
    def replay(letter: int, reason: Reason) -> None:
        """Ask the replica that owns the partition to try it again, in the handler that failed."""
        if not on_database(lambda c: dead_letters.ask_replay(c, letter, reason)):
            raise _missing(letter)
        typer.echo(f"letter {letter} will be tried again by the running service")

    @app.command()
    def keep(letter: int, reason: Reason, days: Annotated[int, typer.Option(min=1, max=400)] = 30) -> None:
        """Keep a letter longer than its 30 days."""
        if not on_database(lambda c: dead_letters.keep(c, letter, days, reason)):
            raise _missing(letter)
        typer.echo(f"letter {letter} is kept for {days} days from now")

    @app.command()
    def discard(letter: int, reason: Reason) -> None:
        """Give a letter up for good. What waits behind it is tried next."""
        if not on_database(lambda c: dead_letters.discard(c, letter, reason)):
            raise _missing(letter)
        typer.echo(f"letter {letter} is discarded")


def _missing(letter: int) -> typer.Exit:
    typer.echo(f"there is no letter {letter} that this can be done to (a parked one waits for its lane)", err=True)
    return typer.Exit(1)
