"""No committed file names a folder of somebody's machine or the host of a package registry."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from deploy.setup.install import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

_MACHINE = re.compile(r"(?<![\w.:/<>}-])/(?:work|root|home|tmp|Users|opt/wheels)/[\w.-]+")
_REGISTRY = re.compile(r"\b[\w.-]*(?:pypi|pythonhosted|maven|npmjs|crates)\.(?:org|io|com|apache\.org)\b")


def main() -> None:
    """Print every place found, as file:line; leave with 1 if there is any."""
    found = list(_everywhere())
    if found:
        sys.exit("\n".join(found))


def places(text: str) -> Iterator[tuple[int, str]]:
    """Give line numbers, from 1, and what is wrong there."""
    for number, line in enumerate(text.splitlines(), start=1):
        for match in (_MACHINE.search(line), _REGISTRY.search(line)):
            if match:
                yield number, match.group()


def _everywhere() -> Iterator[str]:
    # What is committed or would be: not what .gitignore names.
    # safe.directory: the build machine may own the checkout as somebody else.
    listing = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in sorted(filter(None, names)):
        file = ROOT / name
        if file.is_file():
            for number, what in places(file.read_text(errors="ignore")):
                yield f"{name}:{number}: {what}"


if __name__ == "__main__":
    main()
