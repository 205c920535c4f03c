"""`python -m tests.faults`: try to break a whole running system, and see whether it holds."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from spn_local.paths import checkout_root
from tests.faults.outcome import Outcome, outcome_of
from tests.faults.report import write_report
from tests.faults.run import run_faults

FULL_MINUTES = 5.0
HITS_FULL, HITS_SHORT = 20, 1
WRONG_SHOWN_MAX = 15
PAGE_WIDTH = 140

out = Console(highlight=False, width=PAGE_WIDTH)


def main(
    minutes: Annotated[float, typer.Option(envvar="SPN_FAULTS_MINUTES", help="How long faults happen.")] = 6.0,
    seed: Annotated[int, typer.Option(envvar="SPN_FAULTS_SEED", help="The same seed plans the same faults.")] = 0,
    results: Annotated[Path | None, typer.Option(help="Where results go; by default build/faults.")] = None,
) -> None:
    """Faults of every kind on a system under load; in the end nothing may be lost, doubled or out of order."""
    outcome = play(
        seed or int.from_bytes(os.urandom(3), "big"), minutes, results or checkout_root() / "build" / "faults"
    )
    _conclude(outcome)
    if not outcome.ok:
        raise typer.Exit(1)


def play(seed: int, minutes: float, results: Path) -> Outcome:
    """A run and its report; the logs are kept when something is wrong."""
    needed = HITS_FULL if minutes >= FULL_MINUTES else HITS_SHORT
    out.print(f"Faults for {minutes:g} minutes, seed {seed}, at least {needed} deaths at each failpoint.")
    run, faults = asyncio.run(run_faults(seed, minutes, needed, results, lambda line: out.print(escape(line))))
    outcome = outcome_of(run, faults, results / "logs")
    write_report(outcome, results)
    if outcome.ok:
        shutil.rmtree(results / "logs", ignore_errors=True)
    return outcome


def _conclude(outcome: Outcome) -> None:
    for verdict in outcome.verdicts:
        out.print(f"  {verdict.name:14} {verdict.sentence}")
    deaths = ", ".join(f"{name} {one['hits']}" for name, one in outcome.figures["failpoints"].items())
    out.print(f"  deaths         {deaths}")
    out.print(f"  other faults   {', '.join(f'{kind} {n}' for kind, n in outcome.figures['blows'].items())}")
    for sentence in outcome.wrong[:WRONG_SHOWN_MAX]:
        out.print(f"  [bold red]wrong[/]          {escape(sentence)}")
    if len(outcome.wrong) > WRONG_SHOWN_MAX:
        out.print(f"                 and {len(outcome.wrong) - WRONG_SHOWN_MAX} more, in the report")
    held = "It held." if outcome.ok else f"It did not hold; once more: {outcome.command}; logs: build/faults/logs"
    out.print(f"{held} Report: build/faults/report.html")


if __name__ == "__main__":
    typer.run(main)
