"""`spn enrolment ...`: what organisers and operators ask of enrolment from a terminal. Changes nothing."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from pydantic import SecretStr

from enrolment.proof.examine import Told, Verdict, examine
from enrolment.proof.reading import stored, told_in_lines, told_on_topics
from enrolment.settings import Settings
from spn.settings import SettingsError, read_settings

NOT_SOUND = 1
CANNOT = 2
_SEAL = re.compile(r"([0-9]{1,12}):([0-9a-f]{8,64})")

app = typer.Typer(help="The waiting list: prove its order.", no_args_is_help=True)


@app.command("verify-waiting-list")
def verify_waiting_list(
    edition_id: Annotated[str, typer.Argument(metavar="EDITION")],
    *,
    seals: Annotated[
        list[str] | None, typer.Option("--seal", help="ENTRY:SEAL as a mail gave it, for example 17:b2a5d19f3f6f0f2b.")
    ] = None,
    told: Annotated[
        Path | None, typer.Option(help="Events as `spn tail --json` writes them; - reads them from here.")
    ] = None,
    topics: Annotated[bool, typer.Option("--topics/--no-topics", help="Compare with what the topics hold.")] = True,
    user: Annotated[str, typer.Option(envvar="SPN_PROOF_KAFKA_USER", help="Who may read every topic.")] = "operator",
    password: Annotated[str | None, typer.Option(envvar="KAFKA_PASSWORD_OPERATOR", help="Its password.")] = None,
) -> None:
    """Prove the order of the waiting list, and say why each who passed another did.

    Reads the journal of the edition from its first entry, holds it against every seal that was told in events, and
    against the tables. Exit code 0: it is sound. 1: it is not. 2: it cannot be proved.
    """
    given = [_mailed(one) for one in seals or ()]
    try:
        given += _given(told, edition_id)
        reader = (user, password) if topics else None
        verdict = asyncio.run(_verdict(read_settings(Settings), edition_id, given, reader))
    except (SettingsError, ValueError, OSError, asyncpg.PostgresError) as error:
        typer.echo(f"cannot be proved: {error}", err=True)
        raise typer.Exit(CANNOT) from None
    raise typer.Exit(_show(edition_id, verdict))


async def _verdict(
    settings: Settings, edition_id: str, told: list[Told], reader: tuple[str, str | None] | None
) -> Verdict:
    connection = await asyncpg.connect(settings.database_url.get_secret_value(), timeout=10)
    try:
        found = await stored(connection, edition_id)
    finally:
        await connection.close(timeout=5)
    if found is None:
        raise ValueError(f"there is no edition {edition_id}")
    # Read after the database: what was told by then is in the journal, if it is the one that was told.
    if reader:
        as_reader = _as(settings, *reader)
        told = [*told, *[one async for one in told_on_topics(as_reader, edition_id) if one.entry <= len(found.entries)]]
    return examine(found, told)


def _as(settings: Settings, user: str, password: str | None) -> Settings:
    """The same addresses for whoever may read every topic: this service may not."""
    if settings.kafka_security_protocol == "PLAINTEXT":
        return settings
    if not password:
        raise ValueError(
            f"the topics are read as {user}: set KAFKA_PASSWORD_OPERATOR, give --told, or leave them out by --no-topics"
        )
    return settings.model_copy(update={"kafka_username": user, "kafka_password": SecretStr(password)})


def _given(told: Path | None, edition_id: str) -> list[Told]:
    if told is None:
        return []
    text = sys.stdin.read() if str(told) == "-" else told.read_text(encoding="utf-8")
    return list(told_in_lines(text.splitlines(), edition_id))


def _mailed(seal: str) -> Told:
    found = _SEAL.fullmatch(seal.strip().lower())
    if found is None:
        raise typer.BadParameter(f"{seal!r} is not ENTRY:SEAL, such as 17:b2a5d19f3f6f0f2b", param_hint="--seal")
    return Told(int(found[1]), found[2], "given by hand")


def _show(edition_id: str, verdict: Verdict) -> int:
    """Say what was found; the exit code."""
    typer.echo(f"{edition_id}: {verdict.entries} entries, compared with {verdict.told} seals that were told")
    if verdict.older:
        typer.echo(f"{verdict.older} enrolments are older than the journal (release 0.1) and cannot be proved by it")
    for line in verdict.passed:
        typer.echo(f"  {line}")
    for line in verdict.wrong:
        typer.echo(f"  WRONG {line}", err=True)
    if verdict.wrong:
        typer.echo(f"The journal is not sound: {len(verdict.wrong)} findings.", err=True)
        return NOT_SOUND
    if not verdict.told and verdict.entries:
        typer.echo("It holds by itself, but nothing that was told could be compared: that proves no order.", err=True)
        return CANNOT
    typer.echo("The journal is sound, and is the one that was told.")
    return 0
