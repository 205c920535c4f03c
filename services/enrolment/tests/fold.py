"""A batch without the machinery: load all, decide one by one by the map, save what changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeAlias
from uuid import UUID, uuid4

import asyncpg

from enrolment.commands import SubstituteParticipant
from enrolment.domain.edition import Edition
from enrolment.policies import POLICIES
from enrolment.store import EDITIONS
from services.enrolment.tests.season import BEFORE, EDITION, OPENS, publish, request
from spn.decision import Answer, Decision, Moment, Refused
from spn.messaging.contract import Command
from spn.messaging.policies import Connection, Key

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Sent: TypeAlias = tuple[Command, Moment]
Came: TypeAlias = Decision[Edition] | Answer
"""What a command came to: a decision, or a refusal that changed nothing."""

_POLICIES = {policy.model: policy for policy in POLICIES.policies}


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    async with pool.acquire() as connection, connection.transaction():
        yield connection


def sent(*commands: Command, now: datetime = OPENS) -> list[Sent]:
    return [(command, Moment(now, uuid4())) for command in commands]


def keys_of(command: Command) -> list[Key]:
    """What the map loads for this command."""
    return list(_POLICIES[type(command)].keys(command))


async def handle(pool: Pool, batch: Sequence[Sent]) -> list[Came]:
    """One batch in one transaction; what each command came to."""
    async with transaction(pool) as connection:
        return await fold(connection, batch)


async def fold(connection: Connection, batch: Sequence[Sent]) -> list[Came]:
    loaded = await EDITIONS.load(connection, [key for command, _ in batch for key in keys_of(command)])
    states, came = dict(loaded), list[Came]()
    for command, moment in batch:
        ((root, *_),) = keys_of(command)
        try:
            decision = _POLICIES[type(command)].decide(states[root], command, moment)
        except Refused as refused:
            came.append(refused.answer)
            continue
        states[root] = decision.state
        came.append(decision)
    await EDITIONS.save(connection, [(old, states[r]) for r, old in loaded.items() if states[r] is not old])
    return came


async def read(pool: Pool, *keys: Key) -> dict[str, Edition]:
    async with transaction(pool) as connection:
        return await EDITIONS.load(connection, keys)


def enrolment_of(came: Came) -> UUID:
    assert isinstance(came, Decision)
    assert came.answer
    return UUID(came.answer.subject)


def substitution(enrolment_id: UUID, by: str) -> SubstituteParticipant:
    participant = {"name": by.title(), "email": f"{by}@bibliotheek.example"}
    data = {"edition_id": EDITION, "enrolment_id": enrolment_id, "participant": participant}
    return SubstituteParticipant.model_validate(data)


async def an_edition(pool: Pool, *names: str, seats: int = 2, edition: str = EDITION) -> list[UUID]:
    """A published edition with these requests; the ids of the enrolments."""
    await handle(pool, sent(publish(seats, edition_id=edition), now=BEFORE))
    return [enrolment_of(came) for came in await handle(pool, sent(*(request(n, edition=edition) for n in names)))]
