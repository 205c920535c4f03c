"""`spn enrolment check-edition`: look an edition over before anybody sends it. Needs no service and no settings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from enrolment.commands import PublishEdition
from enrolment.document.checking import checked
from enrolment.document.mistakes import Mistake, UnreadableError
from enrolment.document.reading import BYTES_MAX, decoded, read
from enrolment.organiser.addresses import PACKAGE
from enrolment.pages.words import words_in

WRONG = 1
CANNOT = 2

app = typer.Typer()


@app.command("check-edition")
def check_edition(
    file: Annotated[Path, typer.Argument(help="YAML or JSON, such as examples/edition.yaml; - reads it from here.")],
    *,
    dutch: Annotated[bool, typer.Option("--dutch", help="Say it in Dutch.")] = False,
) -> None:
    """Check that a file is an edition as `edition.publish.v1` takes it, and say line, field and reason of each mistake.

    Exit code 0: it can be published. 1: something is wrong with it. 2: it cannot be read.
    """
    try:
        content = sys.stdin.buffer.read(BYTES_MAX + 1) if str(file) == "-" else _content(file)
    except OSError as error:
        typer.echo(f"{file} cannot be read: {error.strerror}", err=True)
        raise typer.Exit(CANNOT) from None
    try:
        made = checked(read(decoded(content)), PublishEdition)
    except UnreadableError as error:
        made = error.mistakes
    if isinstance(made, tuple):
        words = words_in("nl" if dutch else "en", PACKAGE)
        for one in made:
            typer.echo(f"{file}:{_place(one)} {words(f'mistake.{one.key}', **one.fields)}", err=True)
        raise typer.Exit(WRONG)
    typer.echo(f"{file}: {made.edition_id} can be published")


def _content(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(BYTES_MAX + 1)


def _place(mistake: Mistake) -> str:
    """Line and field as compilers write them, so that editors find the place."""
    line = f"{mistake.line}:" if mistake.line else ""
    return f"{line} {mistake.place}:" if mistake.place else line
