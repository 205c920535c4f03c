"""A database is lost under load and restored by the documented steps: `python -m tests.faults.emptied` for more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.emptied import emptied

pytestmark = [pytest.mark.stack, pytest.mark.slow]

MAILS = 60


async def test_an_emptied_database_comes_back_as_others_told_and_sends_nothing_twice(tmp_path: Path) -> None:
    seen = await emptied(1, MAILS, tmp_path, print)
    assert list(seen.wrong()) == []
