"""The API on a database of one test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.enrolment.tests.http.api import Api, opened
from services.enrolment.tests.pages.house import Dial
from services.enrolment.tests.season import BEFORE


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The API on an empty database, some days before the opening."""
    async with opened(database_url, Dial(BEFORE)) as made:
        yield made
