"""The messaging core with the toy service on a real database, without Kafka."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import TypeAlias
from uuid import uuid4

import asyncpg
import pytest

from spn.settings import ServiceSettings
from spn.testing.bench import Bench
from spn.testing.plugin import NewPool
from spn.testing.records import TopicLog
from tests.toy import counters
from tests.toy.parts import topics_of, toy

NAME = "toy"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


@dataclass
class Logs:
    """The topics of the toy, in memory."""

    commands: TopicLog
    notes: TopicLog
    prices: TopicLog
    quantities: TopicLog


@pytest.fixture
def logs() -> Logs:
    """Fresh topics."""
    return Logs(*(TopicLog(f"{NAME}.{topic}", 4) for topic in ("commands", "notes", "prices", "quantities")))


@pytest.fixture
async def pool(database: NewPool) -> AsyncIterator[Pool]:
    """A database with the toy's tables."""
    async with database("tests.toy.migrations") as opened:
        yield opened


@pytest.fixture
def bench(pool: Pool) -> Bench:
    """The toy's pipeline."""
    return new_bench(pool)


@pytest.fixture
def settings() -> ServiceSettings:
    """Settings that lead nowhere."""
    return ServiceSettings.model_validate(
        {
            "database_url": "postgresql:///nowhere",
            "kafka_bootstrap_servers": "localhost:1",
            "kafka_security_protocol": "PLAINTEXT",
        }
    )


def new_bench(pool: Pool) -> Bench:
    """Another replica's pipeline."""
    return Bench(NAME, toy(NAME, bills=True).policies, pool, partitions=topics_of(NAME).get)


@pytest.fixture
def sick() -> Iterator[set[tuple[str, str]]]:
    """The (handler, counter) pairs whose decision raises; healthy again at the end."""
    yield counters.SICK
    counters.SICK.clear()


def new_id() -> str:
    """A name that nobody has."""
    return uuid4().hex[:12]
