"""A service with one thing broken: ``python -m tests.mutants.service MUTATION SERVICE serve|migrate``."""

from __future__ import annotations

import sys
from importlib import import_module

from tests.mutants.mutations import MUTATIONS


def main() -> None:
    """Break it, then run the service's own entry. A migration is never broken."""
    mutation, service, *arguments = sys.argv[1:]
    if arguments[:1] != ["migrate"]:
        MUTATIONS[mutation]()
    import_module(f"{service}.app").main(args=arguments, prog_name=f"spn-{service}")


if __name__ == "__main__":
    main()
