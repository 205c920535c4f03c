"""A batch without the machinery: load all, decide one by one by the map, save what changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from uuid import uuid4

import asyncpg

from scheduling.domain import Timetable
from scheduling.events_in import Enrolment
from scheduling.policies import POLICIES
from scheduling.store import TIMETABLES
from services.scheduling.tests.season import EDITION, NOW, Asked, enrolment, plan
from spn.decision import Moment
from spn.messaging.policies import Connection, Key

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Message: TypeAlias = tuple[int, Enrolment | Asked]
"""The sequence of an event (0 for a command), and what is in it."""


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    async with pool.acquire() as connection, connection.transaction():
        yield connection


async def handle(pool: Pool, *messages: Message) -> Mapping[str, Timetable]:
    """One batch in one transaction; the states after it."""
    async with transaction(pool) as connection:
        return await fold(connection, messages)


async def fold(connection: Connection, messages: Sequence[Message]) -> Mapping[str, Timetable]:
    policies = {policy.model: policy for policy in POLICIES.policies}
    work = [(sequence, data, policies[type(data)], keys_of(data)) for sequence, data in messages]
    loaded = await TIMETABLES.load(connection, [key for *_, keys in work for key in keys])
    states = dict(loaded)
    for sequence, data, policy, keys in work:
        for root in {key[0] for key in keys}:
            states[root] = policy.decide(states[root], data, Moment(NOW, uuid4(), sequence)).state
    changed = [(loaded[root], state) for root, state in states.items() if state is not loaded[root]]
    await TIMETABLES.save(connection, changed)
    return states


def keys_of(data: Enrolment | Asked) -> list[Key]:
    """What the map loads for this message."""
    (policy,) = (policy for policy in POLICIES.policies if policy.model is type(data))
    return list(policy.keys(data))


def told(sequence: int, number: int, status: str = "accepted", **more: Any) -> Message:
    return sequence, enrolment(number, status, **more)


def planned(*days: dict[str, Any], edition: str = EDITION) -> Message:
    return 0, plan(*days, edition=edition)


async def read(pool: Pool, *keys: Key) -> dict[str, Timetable]:
    async with transaction(pool) as connection:
        return await TIMETABLES.load(connection, keys)
