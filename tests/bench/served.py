"""A service as it is, for a bench: ``python -m tests.bench.served billing serve``.

``BENCH_LANES=off`` leaves out its lanes: no PDF is made and no mail handed over, and nothing else is different.
``BENCH_PROFILE=folder`` writes what cProfile saw to ``<service>.pstats`` in that folder when the process ends.
"""

from __future__ import annotations

import cProfile
import importlib
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from spn.entry import entry
from spn.service import Parts
from spn.settings import ServiceSettings


def program(service: str) -> Callable[[], Any]:
    """The command line of this service, as its own script has it."""
    app = importlib.import_module(f"{service}.app")
    settings = importlib.import_module(f"{service}.settings").Settings if service != "scheduling" else ServiceSettings

    def without_lanes(given: ServiceSettings) -> Parts:
        parts: Parts = app.build(given)
        return replace(parts, lanes=())

    return entry(without_lanes, settings) if os.environ.get("BENCH_LANES") == "off" else app.main


def main() -> None:
    """Run it, profiled if that is asked for."""
    service = sys.argv.pop(1)
    folder = os.environ.get("BENCH_PROFILE")
    if not folder or sys.argv[1:] != ["serve"]:
        program(service)()
        return
    with cProfile.Profile() as profile:
        try:
            program(service)()
        finally:
            Path(folder).mkdir(parents=True, exist_ok=True)
            profile.dump_stats(Path(folder) / f"{service}.pstats")


if __name__ == "__main__":
    main()
