"""Compare generated files with the code, and the code's contracts with those of the last release.

Part of ``make lint``. Leaves with 1 when a file is not what the code says, or when a change is not additive.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from spn.contracts import files, released
from spn.contracts.additive import breaches
from spn.contracts.arguments import parser, run
from spn.contracts.catalogue import ServiceContract
from spn.contracts.published import all_contracts

ANEW = "`make contracts` writes the files anew; commit them with the change that made them differ."
NEW_VERSION = (
    f"{released.FILE.as_posix()} holds what was released. Within a version optional fields may be added and nothing "
    "else: make a new version and tell it beside the old one (docs/adr/0007-versions.md). A type that nobody tells or "
    "reads any more is retired with `python -m spn.contracts.release --retire OWNER/TYPE`."
)


def problems(root: Path, services: tuple[ServiceContract, ...]) -> Iterator[str]:
    """Everything that is wrong, and after it what to do."""
    differing = [str(one) for one in files.differences(root, services)]
    if differing:
        yield from (*differing, ANEW)
    broken = list(breaches(released.read(root), released.promises(all_contracts(services))))
    if broken:
        yield from (*broken, NEW_VERSION)


def work(arguments: argparse.Namespace, services: tuple[ServiceContract, ...]) -> None:
    """Leave with 1 when anything is wrong."""
    found = list(problems(arguments.root, services))
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    run(parser("Compare contracts, documents and tables with the code, and with the last release.").parse_args(), work)
