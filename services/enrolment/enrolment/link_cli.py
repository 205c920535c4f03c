"""`spn enrolment link`: a fresh personal link, for organisers and for local use."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import asyncpg
import typer

from enrolment.pages import links
from enrolment.pages.addresses import address

app = typer.Typer()
URLS = ("ENROLMENT_PAGES_URL", "HTTP_URL_ENROLMENT_0")
"""The setting, else what the local stack lends to `spn`."""


@app.command("link")
def link(
    enrolment_id: Annotated[UUID, typer.Argument(help="The enrolment.")],
    database_url: Annotated[str, typer.Option(envvar="DATABASE_URL", help="Enrolment's own database.")],
    url: Annotated[str, typer.Option(envvar=list(URLS), help="Where people reach the pages.")] = "",
    days: Annotated[int, typer.Option(min=1, max=90, help="How long it works.")] = links.LIVES.days,
    english: Annotated[bool, typer.Option("--english", help="Lead to the English page.")] = False,
) -> None:
    """Print a fresh personal link to an enrolment, for whoever takes part. It is shown here only: a hash is kept."""
    code = asyncio.run(_issued(database_url, enrolment_id, timedelta(days=days)))
    if code is None:
        typer.echo(f"there is no enrolment {enrolment_id}", err=True)
        raise typer.Exit(1)
    typer.echo(url.rstrip("/") + address("personal", "en" if english else "nl", code=code))


async def _issued(url: str, enrolment_id: UUID, lives: timedelta) -> str | None:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return await links.issue_to_participant(connection, enrolment_id, lives)
    finally:
        await connection.close(timeout=5)
