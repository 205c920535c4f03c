"""Writes the hashed locks from the pyproject files: `locks/all.txt` first, then each distribution's own part of it.

    .venv/bin/python -m deploy.setup.lock [--upgrade]

Pins that stand are kept, so a second run changes nothing; `--upgrade` asks for the newest. The locks name no download
address, so that they serve behind a mirror too, and hold for every platform and every Python from 3.11 on.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from deploy.setup.install import ROOT, packages
from deploy.setup.registry import uv_environment

_HASHED = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-package", "spn-shared")


def main(upgrade: tuple[str, ...]) -> None:
    """Write every lock; `upgrade` goes on to uv as it is."""
    manifests = [str((folder / "pyproject.toml").relative_to(ROOT)) for folder in packages()]
    _compile("all", *manifests, "--group", "dev", "--group", "bootstrap", *upgrade)
    within = ("--constraints", "locks/all.txt")
    for group in ("bootstrap", "dev"):
        _compile(group, "--group", group, *within)
    for manifest in manifests:
        name = Path(manifest).parent.name
        if name != "shared":  # nothing that runs by itself: it is in each of the others
            _compile(name, manifest, *within)


def _compile(name: str, *what: str) -> None:
    target = ROOT / "locks" / f"{name}.txt"
    if name != "all":
        target.unlink(missing_ok=True)  # its pins are those of all.txt
    python = Path(sys.executable)
    command = [str(python.with_name("uv")), "--quiet", "pip", "compile", *_HASHED, *what, "-o", f"locks/{name}.txt"]
    done = subprocess.run(command, cwd=ROOT, env=uv_environment(python), stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        sys.exit(f"lock: locks/{name}.txt could not be made")
    pins = target.read_text().count("==")
    print(f"lock: locks/{name}.txt, {pins} packages", flush=True)


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
