from __future__ import annotations

import pytest
from packaging.requirements import Requirement

from deploy.lint.locks import faults

HASH = "    --hash=sha256:" + "0" * 64
LOCK = (
    f"anyio==4.16.0 \\\n{HASH} \\\n{HASH}\n    # via starlette\nuvloop==0.23.0 ; sys_platform != 'win32' \\\n{HASH}\n"
)
WANTED = [Requirement("uvloop>=0.23,<0.30")]


def test_a_hashed_lock_that_covers_what_is_asked_for_has_no_fault() -> None:
    assert faults(LOCK, WANTED, LOCK) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://mirror.example/simple",
        "--extra-index-url mirror.example",
        "--find-links wheels",
        "-e shared",
        "spn-shared @ file:///checkout/shared",
        "    # via /checkout/shared/pyproject.toml",
    ],
)
def test_a_lock_names_no_place(line: str) -> None:
    assert faults(f"{line}\n{LOCK}", WANTED, LOCK) == [f"names a place: {line.strip()}"]


def test_a_pin_without_hash_is_a_fault() -> None:
    assert "uvloop has no hash" in faults("uvloop==0.23.0\n    # via spn-shared\n", WANTED, LOCK)


def test_a_dependency_that_was_added_without_locking_is_a_fault() -> None:
    assert faults(LOCK, [*WANTED, Requirement("Typst>=0.15")], LOCK) == ["lacks Typst>=0.15"]


def test_a_version_that_the_pyproject_no_longer_allows_is_a_fault() -> None:
    assert faults(LOCK, [Requirement("uvloop>=0.24")], LOCK) == ["has 0.23.0, but uvloop>=0.24 is asked for"]


def test_a_part_that_pins_another_version_than_the_whole_is_a_fault() -> None:
    assert faults(LOCK, WANTED, LOCK.replace("4.16.0", "4.17.0")) == ["anyio differs from all.txt"]
