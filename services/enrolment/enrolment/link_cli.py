"""`spn enrolment link`: the personal link of an enrolment, for organisers and for local use."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

import asyncpg
import typer

from enrolment.links import Links
from enrolment.pages.reading import enrolment_now
from enrolment.settings import Settings
from spn.clock import Clock, clock_from
from spn.settings import SettingsError, read_settings

app = typer.Typer()


@app.command("link")
def link(
    enrolment_id: Annotated[UUID, typer.Argument(help="The enrolment.")],
    *,
    english: Annotated[bool, typer.Option("--english", help="Lead to the English page.")] = False,
) -> None:
    """Print a personal link to an enrolment, for whoever takes part. It holds for two months, as one in a mail does."""
    try:
        settings = read_settings(Settings)
    except SettingsError as error:
        typer.echo(f"The settings are not complete:\n{error}", err=True)
        raise typer.Exit(2) from None
    if not settings.pages_secrets:
        typer.echo("there are no pages: ENROLMENT_PAGES_SECRETS is not set", err=True)
        raise typer.Exit(2)
    links = Links(settings.pages_secrets, settings.enrolment_pages_url or "")
    clock = clock_from(settings.spn_clock_file)
    found = asyncio.run(_link(settings.database_url.get_secret_value(), links, clock, enrolment_id, english=english))
    if found is None:
        typer.echo(f"there is no enrolment {enrolment_id}", err=True)
        raise typer.Exit(1)
    typer.echo(found)


async def _link(url: str, links: Links, clock: Clock, enrolment_id: UUID, *, english: bool) -> str | None:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        one = await enrolment_now(connection, enrolment_id)
    finally:
        await connection.close(timeout=5)
    if one is None:
        return None
    made = links.addresses("enrolment", enrolment_id, one.participant_id, one.link_version, clock.now())
    return made.en if english else made.nl
