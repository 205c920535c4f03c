"""An identity provider of this test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from spn_local.issuer import Issuer


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    """With a key pair in a folder of the test's own."""
    made = Issuer(tmp_path / "issuer")
    made.prepare()
    return made
