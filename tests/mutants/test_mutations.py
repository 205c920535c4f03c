from __future__ import annotations

import subprocess
import sys

from spn_local.paths import checkout_root
from tests.mutants.mutants import MUTANTS
from tests.mutants.mutations import MUTATIONS, said
from tests.mutants.tamperings import TAMPERINGS

EVERY_MUTATION = "from tests.mutants.mutations import MUTATIONS\nfor break_ in MUTATIONS.values():\n    break_()"


def test_every_mutation_finds_the_place_that_it_breaks() -> None:
    # In a process of its own: what is broken here stays broken.
    done = subprocess.run(
        [sys.executable, "-c", EVERY_MUTATION], cwd=checkout_root(), capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_every_mutation_has_a_mutant_and_says_what_it_breaks() -> None:
    assert sorted(mutant.name for mutant in MUTANTS) == sorted(MUTATIONS)
    assert all(said(name) for name in MUTATIONS)


def test_who_is_expected_to_find_it_is_a_check() -> None:
    text = "".join(file.read_text() for file in (checkout_root() / "deploy/audit/spn_audit/checks").glob("*.py"))
    expected = {name for mutant in MUTANTS for name in mutant.caught_by} | {one.caught_by for one in TAMPERINGS}
    assert {name for name in expected if f'"{name}"' not in text} == set()
