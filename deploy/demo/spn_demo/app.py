"""`spn demo`: a whole season on a stack of its own, told while it happens; in the end the books must balance."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from spn_cli.terminal import note, plain_errors
from spn_demo.answers import NoAnswerError
from spn_demo.books import books_of, imbalances
from spn_demo.driver import UnexpectedAnswerError
from spn_demo.guest import ClusterInUseError, check_not_in_use
from spn_demo.playing import Played, play
from spn_demo.quiet import NeverQuietError
from spn_demo.report import write_report
from spn_demo.season import SeasonError, load_season
from spn_demo.summary import summarise, table_of
from spn_local.existing import Existing
from spn_local.kafka_jars import jars_are_here
from spn_local.paths import checkout_root

FAILURES = (SeasonError, NeverQuietError, NoAnswerError, UnexpectedAnswerError, ClusterInUseError)
INTERRUPTED = 130
# Where the output is no terminal: wide enough for most sentences.
PAGE_WIDTH = 120

app = typer.Typer(help="Play a whole season on a stack of its own; results in build/demo/.", add_completion=False)


@app.callback(invoke_without_command=True)
def demo(
    examples: Annotated[Path | None, typer.Option(help="Where the season is; by default examples/.")] = None,
    results: Annotated[Path | None, typer.Option(help="Where the results go; by default build/demo/.")] = None,
) -> None:
    """Play a whole season on a stack of its own; results in build/demo/. Ctrl-C ends it and leaves nothing running.

    With KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL in the environment it is played there.
    """
    began = time.monotonic()
    out = Console(highlight=False, width=None if sys.stdout.isatty() else PAGE_WIDTH)
    try:
        with plain_errors():
            root = checkout_root()
            played = _played(examples or root / "examples", root, out)
            balanced = _conclude(played, results or root / "build" / "demo", began, out)
    except KeyboardInterrupt:
        note.print("\nStopped. Nothing is left running.")
        raise typer.Exit(INTERRUPTED) from None
    except FAILURES as error:
        note.print(f"[bold red]spn demo:[/] {escape(str(error))}")
        raise typer.Exit(1) from None
    if not balanced:
        raise typer.Exit(1)


def _played(examples: Path, root: Path, out: Console) -> Played:
    existing = Existing.from_environment(os.environ)
    season = load_season(examples, f"-{secrets.token_hex(3)}" if existing.kafka else "")
    if existing.kafka is not None:
        check_not_in_use(existing.kafka)
    elif not jars_are_here():
        note.print("Fetching Apache Kafka (43 MB, once) ...")
    return play(season, root, out, _hear, existing)


def _conclude(played: Played, target: Path, began: float, out: Console) -> bool:
    """Draw up the books, leave the results, show the table; whether the books balance."""
    books = books_of(played.messages, played.mails, played.ended_at)
    summary = summarise(books, played.statuses, time.monotonic() - began)
    _empty(target)
    write_report(target, played.messages, books, lines=played.lines, summary=summary)
    summary.write(target / "summary.json")
    out.print()
    out.print(table_of(summary, books))
    for sentence in imbalances(books):
        out.print(f"[bold red]does not balance:[/] {escape(sentence)}")
    out.print(f"Report: {_near(target / 'report.html')}   Figures: {_near(target / 'summary.json')}")
    return summary.books_balance


def _hear(told: dict[str, Any]) -> None:
    if "part" in told:
        note.print(f"  [green]ready[/] {told['part']:24} {told['seconds']:5.1f} s")
    elif "left_over" in told:
        note.print(f"  [yellow]ended[/] {escape(told['left_over'])}, left over from a run that was killed")
    elif "ready" in told:
        note.print(f"Everything is ready after {told['seconds']:.1f} s.")


def _empty(target: Path) -> None:
    """Results of an earlier season must not be taken for this one's. What is not ours stays."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("mails", "documents"):
        shutil.rmtree(target / name, ignore_errors=True)
    for name in ("report.html", "summary.json"):
        (target / name).unlink(missing_ok=True)


def _near(file: Path) -> Path:
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
