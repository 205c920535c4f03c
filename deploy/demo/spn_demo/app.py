"""`spn demo`: a whole season on a stack of its own, told while it happens; in the end the books must balance."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from spn.clock import FileClock, step
from spn_cli.terminal import note, plain_errors
from spn_demo.books import books_of, imbalances
from spn_demo.driver import Driver, UnexpectedAnswerError
from spn_demo.journal import Journal
from spn_demo.mailbox import read_mailbox
from spn_demo.platform import NoAnswerError, Platform
from spn_demo.quiet import NeverQuietError, Stillness
from spn_demo.report import write_report
from spn_demo.season import Season, SeasonError, load_season
from spn_demo.summary import summarise, table_of
from spn_demo.telling import Teller
from spn_local.config import SERVICE_NAMES, ServiceConfig
from spn_local.existing import Existing
from spn_local.kafka import ADMIN
from spn_local.kafka_jars import jars_are_here
from spn_local.paths import checkout_root
from spn_local.stack import Stack
from spn_local.topics.table import load_topics

READER = "operator"
SENDER = "platform"
# What says who is who: read from the beginning also where others were registered before.
WHO_IS_WHO = ("spn.enrolment.people", "spn.enrolment.organisations")
FAILURES = (SeasonError, NeverQuietError, NoAnswerError, UnexpectedAnswerError)
INTERRUPTED = 130
# Where the output is no terminal: wide enough for most sentences.
PAGE_WIDTH = 120

app = typer.Typer(help="Play a whole season on a stack of its own; results in build/demo/.", add_completion=False)


@app.callback(invoke_without_command=True)
def demo(
    examples: Annotated[Path | None, typer.Option(help="Where the season is; by default examples/.")] = None,
    results: Annotated[Path | None, typer.Option(help="Where the results go; by default build/demo/.")] = None,
) -> None:
    """Play a whole season on a stack of its own; results in build/demo/. Ctrl-C ends it and leaves nothing running."""
    began, root = time.monotonic(), checkout_root()
    target = results or root / "build" / "demo"
    try:
        with plain_errors():
            existing = Existing.from_environment(os.environ).kafka is not None
            season = load_season(examples or root / "examples", f"-{secrets.token_hex(3)}" if existing else "")
            balanced = _play(season, target, began, existing=existing)
    except KeyboardInterrupt:
        note.print("\nStopped. Nothing is left running.")
        raise typer.Exit(INTERRUPTED) from None
    except FAILURES as error:
        note.print(f"[bold red]spn demo:[/] {error}")
        raise typer.Exit(1) from None
    if not balanced:
        raise typer.Exit(1)


def _play(season: Season, target: Path, began: float, *, existing: bool) -> bool:
    out = Console(highlight=False, width=None if sys.stdout.isatty() else PAGE_WIDTH)
    with ExitStack() as cleanup:
        clock_file = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="spn-demo-"))) / "clock"
        step(clock_file, season.begins_at)
        stack = cleanup.enter_context(_running_stack(clock_file))
        topics = list(load_topics(stack.config.topics).topics)
        whole = WHO_IS_WHO if existing else None
        journal = cleanup.enter_context(Journal(stack.kafka(READER), topics, from_beginning=whole))
        teller = cleanup.enter_context(Teller(journal, out))
        urls = {name: stack.http_url(name) for name in SERVICE_NAMES}
        stillness = Stillness(urls, stack.kafka(ADMIN), topics, _unread(journal))
        cleanup.callback(stillness.close)
        platform = cleanup.enter_context(Platform(stack.kafka(SENDER), FileClock(clock_file).now))
        Driver(season, platform, stillness, clock_file).play()
        lines = teller.finish()
        statuses = [told for told in stillness.statuses().values() if told is not None]
        messages = journal.since(0)
        books = books_of(messages, read_mailbox(stack.mail_dir), FileClock(clock_file).now())
        summary = summarise(books, statuses, time.monotonic() - began)
        _empty(target)
        write_report(target, messages, books, lines=lines, summary=summary)
    summary.write(target / "summary.json")
    out.print()
    out.print(table_of(summary, books))
    for sentence in imbalances(books):
        out.print(f"[bold red]does not balance:[/] {sentence}")
    out.print(f"Report: {_near(target / 'report.html')}   Figures: {_near(target / 'summary.json')}")
    return summary.books_balance


@contextmanager
def _running_stack(clock_file: Path) -> Iterator[Stack]:
    """A stack with all services. While it stops, Ctrl-C does not cut that short: something would be left."""
    if not jars_are_here():
        note.print("Fetching Apache Kafka (43 MB, once) ...")
    services = [ServiceConfig(name) for name in SERVICE_NAMES]
    stack = Stack(services=services, name=f"demo-{secrets.token_hex(3)}", clock_file=clock_file, hear=_hear)
    try:
        yield stack.start()
    finally:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            stack.stop()
        finally:
            signal.signal(signal.SIGINT, before)


def _hear(told: dict[str, Any]) -> None:
    if "part" in told:
        note.print(f"  [green]ready[/] {told['part']:24} {told['seconds']:5.1f} s")
    elif "ready" in told:
        note.print(f"Kafka, PostgreSQL and four services are ready after {told['seconds']:.1f} s.")


def _unread(journal: Journal) -> Any:
    return lambda ends: f"the story is {behind} messages behind" if (behind := journal.behind(ends)) else None


def _empty(target: Path) -> None:
    """Results of an earlier season must not be taken for this one's. What is not ours stays."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("mails", "documents"):
        shutil.rmtree(target / name, ignore_errors=True)
    for name in ("report.html", "summary.json"):
        (target / name).unlink(missing_ok=True)


def _near(file: Path) -> str:
    return str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)
