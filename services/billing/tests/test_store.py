"""Accounts, buyers and contacts on a real database."""

from __future__ import annotations

from typing import Any, TypeAlias
from uuid import uuid4

import asyncpg
import pytest

from billing.domain.account import Account
from billing.policies import POLICIES
from billing.store import ACCOUNTS, BUYERS, CONTACTS
from services.billing.tests.builders import FUND, LIBRARY, all_numbered, at, enrolment, organisation, person, settled
from spn.messaging.policies import Aggregate, Connection

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
FULL = {LIBRARY: {"course": 350_000, "coaching": 150_000}, FUND: {"reader": 12_500}}


async def save(pool: Pool, before: Account, after: Account) -> Account:
    key = (str(before.enrolment_id),)
    async with pool.acquire() as connection, connection.transaction():
        assert (await ACCOUNTS.load(connection, [key]))[key[0]] == before
        for document in after.documents:
            await connection.execute(
                "INSERT INTO document_files VALUES ($1, $2) ON CONFLICT DO NOTHING", document.sha256, b"%PDF"
            )
        await ACCOUNTS.save(connection, [(before, after)])
    async with pool.acquire() as connection, connection.transaction():
        return (await ACCOUNTS.load(connection, [key]))[key[0]]


async def test_an_account_comes_back_as_it_was_saved(pool: Pool) -> None:
    new = Account(uuid4())
    drafted = settled(new, FULL, 1)
    assert await save(pool, new, drafted) == drafted
    invoiced = all_numbered(drafted)
    assert await save(pool, drafted, invoiced) == invoiced
    crediting = settled(invoiced, {LIBRARY: {"course": 0}}, 2)
    assert await save(pool, invoiced, crediting) == crediting


async def test_a_draft_that_stays_keeps_its_place_in_the_line(pool: Pool) -> None:
    new = Account(uuid4())
    drafted = settled(new, FULL, 1)
    await save(pool, new, drafted)
    places = await pool.fetch("SELECT draft_id, place FROM drafts ORDER BY place")
    await save(pool, drafted, settled(drafted, FULL, 2))
    assert await pool.fetch("SELECT draft_id, place FROM drafts ORDER BY place") == places


MESSAGES = [
    (ACCOUNTS, lambda _: enrolment(FULL, enrolment_id=uuid4())),
    (BUYERS, lambda n: organisation(f"kvk-{n:08d}")),
    (CONTACTS, lambda n: person(f"kvk-{n:08d}")),
]


@pytest.mark.parametrize(("aggregate", "message"), MESSAGES, ids=lambda p: getattr(p, "name", ""))
async def test_the_number_of_statements_does_not_depend_on_the_size_of_the_batch(
    pool: Pool, aggregate: Aggregate[Any], message: Any
) -> None:
    async with pool.acquire() as connection:
        await statements(connection, aggregate, [message(0)])  # the driver asks for types the first time
        few = await statements(connection, aggregate, [message(1)])
        many = await statements(connection, aggregate, [message(100 + n) for n in range(40)])
    assert few == many <= 6


async def statements(connection: Connection, aggregate: Aggregate[Any], messages: list[Any]) -> int:
    """How many statements a batch of these takes."""
    count = 0

    def note(_: object) -> None:
        nonlocal count
        count += 1

    (policy,) = POLICIES.of(type(messages[0]).topic, type(messages[0]).types[0])
    async with connection.transaction():
        with connection.query_logger(note):
            keyed = {next(iter(policy.keys(m)))[0]: m for m in messages}
            states = await aggregate.load(connection, [(key,) for key in keyed])
            changes = [(state, policy.decide(state, keyed[key], at(1)).state) for key, state in states.items()]
            await aggregate.save(connection, changes)
    return count


async def test_every_root_asked_for_is_there_and_an_unknown_one_is_empty(pool: Pool) -> None:
    one, other = uuid4(), uuid4()
    async with pool.acquire() as connection, connection.transaction():
        assert await ACCOUNTS.load(connection, [(str(one),), (str(other),), (str(one),)]) == {
            str(one): Account(one),
            str(other): Account(other),
        }
        assert (await BUYERS.load(connection, [("kvk-1",)]))["kvk-1"].address is None
        assert (await CONTACTS.load(connection, [(str(one),)]))[str(one)].language is None
