"""What the broker's storage is formatted with."""

from __future__ import annotations

import re
import secrets

import pytest

from spn_local.kafka import cluster_id


def test_the_name_of_a_new_cluster_is_never_taken_for_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    # Where base64 made of these bytes begins with a dash.
    monkeypatch.setattr(secrets, "token_bytes", lambda n: b"\xfb" * (n or 32))
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{21}", cluster_id())


def test_each_new_cluster_has_a_name_of_its_own() -> None:
    assert cluster_id() != cluster_id()
