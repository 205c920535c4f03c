"""The toy service on the session's real Kafka and PostgreSQL."""

from __future__ import annotations

import gc
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from spn_local.stack import Stack
from tests.integration.toys import Toy, new_toy
from tests.toy import counters


@pytest.fixture
def collected() -> Iterator[None]:
    """Collects what a test left behind, in that test and without a word.

    A client of aiokafka that is stopped while it connects leaves the connection to the collector (0.14.0), which
    would fail whichever test comes next.
    """
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
async def service(stack: Stack, tmp_path: Path, collected: None) -> AsyncIterator[Toy]:  # noqa: ARG001
    """A toy of this test alone."""
    async with new_toy(stack, tmp_path) as made:
        yield made


@pytest.fixture
def sick() -> Iterator[set[tuple[str, str]]]:
    """The (handler, counter) pairs whose decision raises; healthy again at the end."""
    yield counters.SICK
    counters.SICK.clear()
