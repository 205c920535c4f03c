"""What tests of every folder share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from spn_local.paths import checkout_root
from spn_local.stack import Stack

pytest_plugins = ("spn.testing.plugin",)
# A busy machine is not a wrong rule: how long one example takes decides nothing.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

MEMORY = Path("/dev/shm")  # noqa: S108 - a file system, not a file that others could have put there
MEMORY_BYTES_MIN = 4 << 30


ALONE = tuple(f"tests/{folder}/" for folder in ("e2e", "faults", "integration", "mutants"))
"""Whole systems are run and broken here: one at a time, or they take each other's time away."""


@pytest.hookimpl(tryfirst=True)  # the workers read the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several workers a file stays together, for what its tests share."""
    for item in items:
        file = item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group("systems" if file.startswith(ALONE) else file))


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """One Kafka and one PostgreSQL for the whole run, without services: a test makes topics and tables of its own.

    With KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL in the environment it is those. Who stops or breaks something makes
    a `Stack` of its own. It stands in memory where there is room: on a disk a database of one test takes four times as
    long to make, and here nobody cuts the power.
    """
    root = checkout_root()
    with Stack(root=_quick_folder() or root, topics_file=root / "deploy" / "topics.yaml") as running:
        yield running


def _quick_folder() -> Path | None:
    """Of this user and no other; the same each time, so that the next run clears up after one that was killed."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < MEMORY_BYTES_MIN:
        return None
    folder = MEMORY / f"spn-tests-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder if folder.lstat().st_uid == os.getuid() and folder.is_dir() else None
