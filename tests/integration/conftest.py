"""The toy service on the session's real Kafka and PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from spn_local.stack import Stack
from tests.integration.toys import Toy, new_toy
from tests.toy import counters


@pytest.fixture
async def service(stack: Stack, tmp_path: Path) -> AsyncIterator[Toy]:
    """A toy of this test alone."""
    async with new_toy(stack, tmp_path) as made:
        yield made


@pytest.fixture
def sick() -> Iterator[set[tuple[str, str]]]:
    """The (handler, counter) pairs whose decision raises; healthy again at the end."""
    yield counters.SICK
    counters.SICK.clear()
