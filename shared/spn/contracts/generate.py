"""Write the contracts, documents and tables anew. Run by ``make contracts``."""

from __future__ import annotations

import argparse

from spn.contracts import files
from spn.contracts.arguments import parser, run, say
from spn.contracts.catalogue import ServiceContract


def work(arguments: argparse.Namespace, services: tuple[ServiceContract, ...]) -> None:
    """Write what differs."""
    touched = files.write(arguments.root, services)
    for file in touched:
        say(f"contracts: {file.as_posix()}")
    say(f"contracts: {len(touched)} files written" if touched else "contracts: nothing to do")


if __name__ == "__main__":
    run(parser("Write the contracts, documents and tables of the services.").parse_args(), work)
