"""Make the contracts of now the ones that later changes must keep to. Run by ``make release``, once per release.

Refuses while a change since the last release is not additive. ``--retire`` takes a type out of what was promised, when
its producer no longer tells it and nobody reads it: a decision, so it is named one by one.
"""

from __future__ import annotations

import argparse
import sys

from spn.contracts import released
from spn.contracts.additive import breaches
from spn.contracts.arguments import parser, run, say
from spn.contracts.catalogue import ServiceContract
from spn.contracts.published import all_contracts


def work(arguments: argparse.Namespace, services: tuple[ServiceContract, ...]) -> None:
    """Write the promises of this release, or leave with 1 and what it would break."""
    now = released.promises(all_contracts(services))
    before = dict(released.read(arguments.root))
    for name in arguments.retire:
        if name in now or before.pop(name, None) is None:
            sys.exit(f"{name} is {'still told' if name in now else 'not among what was released'}")
    broken = list(breaches(before, now))
    if broken:
        sys.exit("\n".join([*broken, "Nothing is released."]))
    released.write(arguments.root, now)
    say(f"contracts: {len(now)} released, {len(now.keys() - before.keys())} of them new")


if __name__ == "__main__":
    asked = parser("Make the contracts of now the ones that later changes must keep to.")
    asked.add_argument("--retire", metavar="OWNER/TYPE", action="append", default=[], help="no longer promised")
    run(asked.parse_args(), work)
