"""`spn enrolment check-edition`: look an edition over before anybody sends it. Needs no service and no settings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from enrolment.document.mistakes import Mistake

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
    from enrolment.commands import PublishEdition
    from enrolment.document.checking import checked
    from enrolment.document.mistakes import UnreadableError
    from enrolment.document.reading import BYTES_MAX, decoded, read  # a service that starts need not wait for YAML

    try:
        content = sys.stdin.buffer.read(BYTES_MAX + 1) if str(file) == "-" else _content(file, BYTES_MAX + 1)
    except OSError as error:
        typer.echo(f"{file} cannot be read: {error.strerror}", err=True)
        raise typer.Exit(CANNOT) from None
    try:
        made = checked(read(decoded(content)), PublishEdition)
    except UnreadableError as error:
        made = error.mistakes
    if isinstance(made, tuple):
        _say(file, made, dutch=dutch)
        raise typer.Exit(WRONG)
    typer.echo(f"{file}: {made.edition_id} can be published")


def _say(file: Path, mistakes: tuple[Mistake, ...], *, dutch: bool) -> None:
    from enrolment.organiser.addresses import PACKAGE
    from enrolment.pages.words import words_in

    words = words_in("nl" if dutch else "en", PACKAGE)
    for one in mistakes:
        typer.echo(f"{file}:{_place(one)} {words(f'mistake.{one.key}', **one.fields)}", err=True)


def _content(file: Path, bytes_max: int) -> bytes:
    with file.open("rb") as opened:
        return opened.read(bytes_max)


def _place(mistake: Mistake) -> str:
    """Line and field as compilers write them, so that editors find the place."""
    line = f"{mistake.line}:" if mistake.line else ""
    return f"{line} {mistake.place}:" if mistake.place else line
