"""`python -m tests.faults`: try to break a whole running system, and see whether it holds."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from spn_local.paths import checkout_root
from tests.faults.run import run_faults

out = Console(highlight=False)


def main(
    minutes: Annotated[float, typer.Option(envvar="SPN_FAULTS_MINUTES", help="How long faults happen.")] = 6.0,
    seed: Annotated[int, typer.Option(envvar="SPN_FAULTS_SEED", help="The same seed plans the same faults.")] = 0,
    results: Annotated[Path | None, typer.Option(help="Where results go; by default build/faults.")] = None,
) -> None:
    """Faults of every kind on a system under load; in the end nothing may be lost, doubled or out of order."""
    seed = seed or int.from_bytes(os.urandom(3), "big")
    folder = results or checkout_root() / "build" / "faults"
    out.print(f"seed {seed}, {minutes:g} minutes")
    run = asyncio.run(run_faults(seed, minutes, folder, out.print))
    out.print(run)


if __name__ == "__main__":
    typer.run(main)
