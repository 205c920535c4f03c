"""`make lint`: every check in turn, all of them even when one fails, and at the end which did."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from deploy.setup.install import ROOT

BIN = Path(sys.executable).parent
PACKAGES = (
    "spn",
    "enrolment",
    "billing",
    "scheduling",
    "notifications",
    "spn_local",
    "spn_cli",
    "spn_demo",
    "spn_audit",
)
# Code that is run from the checkout and installed nowhere.
UNINSTALLED = ("tests", "shared/tests", "services/*/tests", "deploy/tests", "deploy/lint", "deploy/setup")


def main() -> None:
    """Run the checks; leave with 1 when one fails."""
    failed = [name for name, command in _checks() if not _passes(name, command)]
    sys.exit(f"lint: failed: {', '.join(failed)}" if failed else None)


def _checks() -> list[tuple[str, list[str]]]:
    uninstalled = [str(p.relative_to(ROOT)) for place in UNINSTALLED for p in ROOT.glob(place) if _has_code(p)]
    python = str(BIN / "python")
    return [
        ("style", [str(BIN / "ruff"), "check", "--quiet", "--output-format=concise", "."]),
        ("format", [str(BIN / "ruff"), "format", "--quiet", "--check", "--output-format=concise", "."]),
        ("types", [str(BIN / "mypy"), *(word for package in PACKAGES for word in ("-p", package))]),
        ("types of tests", [str(BIN / "mypy"), *uninstalled]),
        ("layers", [str(BIN / "lint-imports"), "--no-logo"]),
        ("locks", [python, "-m", "deploy.lint.locks"]),
        ("places", [python, "-m", "deploy.lint.places"]),
        *([("contracts", [python, "-m", "spn.contracts.check"])] if _can_check_contracts() else []),
    ]


def _passes(name: str, command: list[str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    passed = done.returncode == 0
    print(f"lint: {name}: {'ok' if passed else 'FAILED'}, {time.monotonic() - began:.1f} s", flush=True)
    if not passed:
        print(done.stdout, flush=True)
    return passed


def _has_code(folder: Path) -> bool:
    return any(folder.rglob("*.py"))


def _can_check_contracts() -> bool:
    return find_spec("spn.contracts") is not None and find_spec("spn.contracts.check") is not None


if __name__ == "__main__":
    main()
