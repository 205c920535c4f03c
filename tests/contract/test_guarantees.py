"""The page of promises names tests and verbs that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guarantees.md").read_text()
TESTS = sorted(set(re.findall(r"`(test_\w+)`", PAGE)))
VERBS = sorted(set(re.findall(r"`make (\w+)`", PAGE)))


@pytest.fixture(scope="module")
def defined() -> set[str]:
    """Every test of the repository, by its name."""
    folders = (ROOT / "tests", ROOT / "shared", ROOT / "services", ROOT / "deploy")
    files = (file for folder in folders for file in folder.rglob("test_*.py"))
    return {name for file in files for name in re.findall(r"def (test_\w+)\(", file.read_text())}


@pytest.mark.parametrize("name", TESTS)
def test_each_promise_is_shown_by_a_test_that_is_there(name: str, defined: set[str]) -> None:
    assert name in defined


def test_each_verb_that_is_named_is_in_the_makefile() -> None:
    verbs = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(VERBS) <= set(verbs)
    assert {"faults", "mutants", "recovery"} <= set(VERBS)


def test_each_check_of_the_audit_that_is_named_is_one() -> None:
    named = {check.strip() for group in re.findall(r"`spn audit` \(([^)]*)\)", PAGE) for check in group.split(",")}
    checks = "".join(file.read_text() for file in (ROOT / "deploy" / "audit" / "spn_audit").rglob("*.py"))
    assert named
    assert {check for check in named if f'"{check}"' not in checks} == set()
