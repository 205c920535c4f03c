"""Each lock covers what its pyproject asks for, agrees with the others, is hashed, and names no address."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.setup.install import ROOT, packages

# An address, a folder of this machine, an editable or a direct reference.
_PLACE = re.compile(r"://|^\s*(?:-e|--(?:extra-)?index|--find-links|--trusted)|==\S+ @ |(?:^|\s)/\w", re.MULTILINE)
_PIN = re.compile(r"^(?P<name>[\w.-]+)(?:\[[^]]*])?==(?P<version>[^\s;\\]+)(?P<rest>.*(?:\n .*)*)", re.MULTILINE)
_OWN = canonicalize_name("spn-shared")


def main() -> None:
    """Print what is wrong with the locks of this checkout; leave with 1 if anything is."""
    wanted = wants(ROOT)
    texts = {file.stem: file.read_text() for file in (ROOT / "locks").glob("*.txt")}
    wrong = [f"locks/{name}.txt is missing" for name in wanted.keys() - texts.keys()]
    wrong += [f"locks/{name}.txt belongs to nothing" for name in texts.keys() - wanted.keys()]
    for name in sorted(wanted.keys() & texts.keys()):
        wrong += [f"locks/{name}.txt: {fault}" for fault in faults(texts[name], wanted[name], texts.get("all", ""))]
    if wrong:
        sys.exit("\n".join([*wrong, "make lock writes them anew"]))


def wants(root: Path) -> dict[str, list[Requirement]]:
    """Give, for each lock by name, what the pyproject files directly ask for."""
    groups = _toml(root / "pyproject.toml")["dependency-groups"]
    wanted = {name: [Requirement(line) for line in lines] for name, lines in groups.items()}
    shared = _dependencies(root / "shared")
    for folder in packages():
        if folder.name != "shared":
            wanted[folder.name] = shared + _dependencies(root / folder.relative_to(ROOT))
    wanted["all"] = [requirement for group in wanted.values() for requirement in group]
    wanted["all"] = list(dict.fromkeys(wanted["all"]))
    return wanted


def faults(lock: str, wanted: list[Requirement], whole: str) -> list[str]:
    """Say what is wrong with one lock, given what it must cover and the text of `all.txt`."""
    found = [f"names a place: {line.strip()}" for line in lock.splitlines() if _PLACE.search(line)]
    pins, others = _pins(lock), _pins(whole)
    for name, (version, hashed) in pins.items():
        if not hashed:
            found.append(f"{name} has no hash")
        if others.get(name, ("",))[0] != version:
            found.append(f"{name} differs from all.txt")
    for requirement in wanted:
        version = pins.get(canonicalize_name(requirement.name), ("", False))[0]
        if not version:
            found.append(f"lacks {requirement}")
        elif not requirement.specifier.contains(version, prereleases=True):
            found.append(f"has {version}, but {requirement} is asked for")
    return found


def _pins(lock: str) -> dict[str, tuple[str, bool]]:
    found = _PIN.finditer(lock)
    return {canonicalize_name(pin["name"]): (pin["version"], "--hash=sha256:" in pin["rest"]) for pin in found}


def _dependencies(folder: Path) -> list[Requirement]:
    lines = _toml(folder / "pyproject.toml")["project"]["dependencies"]
    return [requirement for line in lines if canonicalize_name((requirement := Requirement(line)).name) != _OWN]


def _toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text())


if __name__ == "__main__":
    main()
