"""What the commands of this package have in common: where the checkout is, and which services it has."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from spn.contracts.catalogue import CatalogueError, ServiceContract, services
from spn.contracts.pages import PageError
from spn.contracts.topics import TopicError

Work: TypeAlias = Callable[[argparse.Namespace, tuple[ServiceContract, ...]], None]


def parser(about: str) -> argparse.ArgumentParser:
    """The arguments that every command takes."""
    made = argparse.ArgumentParser(description=about)
    made.add_argument("packages", nargs="*", help="packages of services; by default every service installed")
    made.add_argument("--root", type=Path, default=Path.cwd(), help="the checkout; by default the current folder")
    return made


def run(arguments: argparse.Namespace, work: Work) -> None:
    """Do the work, or leave with 1 and the reason in one line."""
    try:
        work(arguments, services(arguments.packages))
    except (CatalogueError, PageError, TopicError) as error:
        sys.exit(f"contracts: {error}")
    except FileNotFoundError as error:
        sys.exit(f"contracts: {error.filename} is missing; run this in the checkout, or name it with --root")


def say(line: str) -> None:
    """A line on standard output."""
    sys.stdout.write(line + "\n")
