"""The simulation by itself, for as long as you like, on a PostgreSQL of its own.

python -m tests.simulation --minutes 30            # new seeds until the time is over
python -m tests.simulation --seed 17               # one seed again
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from pathlib import Path

from tests.simulation.running import opened, postgres, simulate

EXAMPLES = 25
"""So many examples have one seed: a run of some minutes."""


def main(arguments: list[str]) -> int:
    """Play; 1 when something is wrong, with the seed and what hypothesis says of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=None, help="play this one only")
    parser.add_argument("--examples", type=int, default=EXAMPLES)
    parser.add_argument("--steps", type=int, default=60)
    options = parser.parse_args(arguments)
    until = time.monotonic() + options.minutes * 60
    with tempfile.TemporaryDirectory(prefix="spn-simulation-") as folder, opened(postgres(Path(folder))) as table:
        while True:
            seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
            began = time.monotonic()
            try:
                simulate(*table, examples=options.examples, steps=options.steps, seed=seed)
            except BaseException:
                sys.stderr.write(f"seed {seed}, {options.examples} examples of {options.steps} steps\n")
                raise
            told = f"seed {seed}: {options.examples} examples, {time.monotonic() - began:.0f} s, nothing is wrong"
            print(told, flush=True)  # noqa: T201
            if options.seed is not None or time.monotonic() > until:
                return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
