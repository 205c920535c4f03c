"""`spn billing ...`: what finance and operators ask of billing from a terminal. Reads DATABASE_URL, changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import asyncpg
import typer

from billing import series_check
from billing.store import numbering

T = TypeVar("T")
Url = Annotated[str, typer.Option("--database-url", envvar="DATABASE_URL", help="Billing's own database.")]

app = typer.Typer(help="Invoices and credit notes: prove the series, fetch a document.", no_args_is_help=True)


@app.command("check-series")
def check_series(database_url: Url) -> None:
    """Prove that numbers are consecutive, dates rise and files are as issued; leave with 1 when not."""
    findings = series_check.check(*_on_database(database_url, series_check.read))
    if not findings:
        typer.echo("no numbers given yet")
    for one in findings:
        verdict = "sound" if not one.wrong else f"{len(one.wrong)} wrong"
        typer.echo(f"{one.series}-{one.year}: {one.documents} documents, {verdict}")
        for line in one.wrong:
            typer.echo(f"  {line}", err=True)
    if any(one.wrong for one in findings):
        raise typer.Exit(1)


@app.command("invoice")
def invoice(
    number: Annotated[str, typer.Argument(help="For example LN-2027-0001; credit notes too.")],
    database_url: Url,
    out: Annotated[Path | None, typer.Option(help="Where to write it; else NUMBER.pdf here.")] = None,
) -> None:
    """Fetch the PDF of an invoice or credit note, exactly as it was issued."""
    content = _on_database(database_url, lambda connection: numbering.file_of(connection, number))
    if content is None:
        typer.echo(f"there is no document {number}", err=True)
        raise typer.Exit(1)
    target = out or Path(f"{number}.pdf")
    target.write_bytes(content)
    typer.echo(f"{target}: {len(content)} bytes")


def _on_database(url: str, work: Callable[[asyncpg.Connection[asyncpg.Record]], Awaitable[T]]) -> T:
    async def run() -> T:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            return await work(connection)
        finally:
            await connection.close(timeout=5)

    return asyncio.run(run())
