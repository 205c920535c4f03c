"""`make mutants`: each must be caught by the auditor, and a run without one must please it.

python -m tests.mutants [NAME ...]

A name is that of a mutant, or ``rows``: the run without a mutant, whose rows are tampered with afterwards. Only a run
of all of them leaves build/mutants.json.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from spn_local.paths import checkout_root
from tests.mutants.mutants import MUTANTS
from tests.mutants.playing import Outcome, play, play_well
from tests.mutants.tamperings import TAMPERINGS

RESULTS = checkout_root() / "build" / "mutants.json"
ROWS = "rows"


def main(names: Sequence[str]) -> int:
    """Run those named, or all; 1 when one survives."""
    out = Console(highlight=False)
    outcomes = []
    for outcome in _outcomes(names):
        outcomes.append(outcome)
        mark = "[green]caught[/]" if outcome.caught else "[bold red]SURVIVES[/]"
        if not outcome.expected:
            mark = "[green]agrees[/]" if outcome.caught else "[bold red]DISAGREES[/]"
        out.print(f"{mark} {outcome.name} ({outcome.seconds:g} s): {outcome.first or 'nothing found'}", soft_wrap=True)
    out.print()
    out.print(_table(outcomes))
    survivors = [one.name for one in outcomes if not one.caught]
    if not names:
        _write(RESULTS, outcomes)
    out.print(f"[bold red]Not as it must be: {', '.join(survivors)}[/]" if survivors else "[green]All are caught.[/]")
    return 1 if survivors else 0


def _outcomes(names: Sequence[str]) -> Iterator[Outcome]:
    if not names or ROWS in names:
        yield from play_well(TAMPERINGS)
    for mutant in MUTANTS:
        if not names or mutant.name in names:
            yield play(mutant)


def _table(outcomes: Sequence[Outcome]) -> Table:
    table = Table("mutant", "what is broken", "caught by", "s", box=None, header_style="dim", padding=(0, 1, 0, 0))
    table.columns[3].justify = "right"
    for one in outcomes:
        caught_by = one.caught_by if one.expected or one.red else "nobody, as it must be"
        table.add_row(one.name, one.about, f"[{'green' if one.caught else 'red'}]{caught_by}[/]", f"{one.seconds:.0f}")
    return table


def _write(file: Path, outcomes: Sequence[Outcome]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    told = [
        {
            "mutant": one.name,
            "about": one.about,
            "expected": sorted(one.expected),
            "red": list(one.red),
            "found": one.first,
            "as_it_must_be": one.caught,
            "seconds": one.seconds,
        }
        for one in outcomes
    ]
    file.write_text(
        json.dumps({"survivors": [t["mutant"] for t in told if not t["as_it_must_be"]], "mutants": told}, indent=1)
        + "\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
