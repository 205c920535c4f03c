"""`spn audit`: hold the running system against its promises. Reads only, at a bounded rate."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from spn_audit.auditing import WAIT_SECONDS, audit
from spn_audit.ledger import Ledger, LedgerError
from spn_audit.page import write_page
from spn_audit.reading.snapshot import CannotAuditError
from spn_audit.result import Audit
from spn_audit.sources import ROWS_PER_SECOND, of_surroundings
from spn_audit.terminal import show
from spn_cli.terminal import StackOption, UsageError, addresses_of, note, out
from spn_local.paths import DEFAULT_STACK, NoCheckoutError
from spn_local.topics.table import TopicsFileError

DISAGREES = 1
CANNOT = 2
FAILURES = (CannotAuditError, LedgerError, NoCheckoutError, UsageError, TopicsFileError, OSError)

app = typer.Typer(help="Hold the running system against its promises.", add_completion=False)


@app.callback(invoke_without_command=True)
def command(
    *,
    ledger: Annotated[
        Path | None, typer.Option(help="What was put on the topics, as a load's driver noted it.")
    ] = None,
    mail_dir: Annotated[Path | None, typer.Option(help="The folder of a mail sink: one .eml a mail.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page for people here.")] = None,
    json_: Annotated[Path | None, typer.Option("--json", help="Write everything found here.")] = None,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to look again while something moves.")] = WAIT_SECONDS,
    topics: Annotated[bool, typer.Option("--topics/--no-topics", help="Databases alone: quick, and less.")] = True,
    rate: Annotated[int, typer.Option(min=100, help="Rows and records read a second, at most.")] = ROWS_PER_SECOND,
    stack: StackOption = DEFAULT_STACK,
) -> None:
    """Hold the running system against its promises: nothing lost, nothing doubled, and the services agree.

    Exit code 0: everything agrees. 1: something does not, or waits for a person. 2: it cannot be audited.
    """
    try:
        sources = replace(of_surroundings(addresses_of(stack)), mails=mail_dir, rows_per_second=rate)
        known = Ledger.read(ledger) if ledger else None
        found = asyncio.run(audit(sources if topics else replace(sources, kafka=None), known, wait))
        _leave(found, html, json_)
    except FAILURES as error:
        note.print("[bold red]spn audit:[/] ", end="")
        note.print(str(error), markup=False)
        raise typer.Exit(CANNOT) from None
    show(found, out)
    if not found.ok or found.attention:
        raise typer.Exit(DISAGREES)


def _leave(found: Audit, html: Path | None, json_: Path | None) -> None:
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
        write_page(html, found)
    if json_ is not None:
        json_.parent.mkdir(parents=True, exist_ok=True)
        json_.write_text(json.dumps(found.as_json(), indent=1, ensure_ascii=False) + os.linesep, encoding="utf-8")
