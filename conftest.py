"""What tests of every folder share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from spn_local.stack import Stack

pytest_plugins = ("spn.testing.plugin",)
# A busy machine is not a wrong rule: how long one example takes decides nothing.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """One Kafka and one PostgreSQL for the whole run, without services: a test makes topics and tables of its own.

    With KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL in the environment it is those. Who stops or breaks something makes
    a `Stack` of its own.
    """
    with Stack() as running:
        yield running
