"""Two transactions that want the same person or edition: the later one is told so."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from enrolment.commands import (
    RequestEnrolment,
)
from services.enrolment.tests.fold import (
    Pool,
    an_edition,
    enrolment_of,
    fold,
    handle,
    sent,
    transaction,
)
from services.enrolment.tests.season import BEFORE, publish, request


async def test_two_editions_that_meet_a_new_person_at_once_conflict(pool: Pool) -> None:
    await an_edition(pool, edition="voorjaar")
    await an_edition(pool, edition="najaar")
    async with pool.acquire() as connection:
        first = connection.transaction()
        await first.start()
        await fold(connection, sent(request("anna", edition="voorjaar")))
        second = asyncio.create_task(handle(pool, sent(request("anna", edition="najaar"))))
        await waits_for_a_lock(pool)
        await first.commit()
    with pytest.raises(asyncpg.UniqueViolationError):
        await second
    assert enrolment_of((await handle(pool, sent(request("anna", edition="najaar"))))[0])
    async with transaction(pool) as connection:
        assert await connection.fetchval("SELECT count(*) FROM people WHERE email LIKE 'anna@%'") == 1


async def waits_for_a_lock(pool: Pool) -> None:
    """Until another session waits; a few seconds at most."""
    async with asyncio.timeout(10), pool.acquire() as connection:
        while not await connection.fetchval(  # noqa: ASYNC110 - the database has no event for it
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ):
            await asyncio.sleep(0.01)


def renamed(name: str, edition: str) -> RequestEnrolment:
    return request("anna", edition=edition, participant={"name": name, "email": "anna@bibliotheek.example"})


async def test_two_editions_that_correct_a_person_at_once_conflict(pool: Pool) -> None:
    for edition in ("zomer", "voorjaar", "najaar"):
        await an_edition(pool, edition=edition)
    await handle(pool, sent(request("anna", edition="zomer")))
    async with pool.acquire() as connection:
        first = connection.transaction()
        await first.start()
        await fold(connection, sent(renamed("Anna Eerst", "voorjaar")))
        second = asyncio.create_task(handle(pool, sent(renamed("Anna Later", "najaar"))))
        await waits_for_a_lock(pool)
        await first.commit()
    with pytest.raises(asyncpg.UniqueViolationError):
        await second


async def test_two_editions_that_correct_a_person_in_one_batch_conflict(pool: Pool) -> None:
    for edition in ("zomer", "voorjaar", "najaar"):
        await an_edition(pool, edition=edition)
    await handle(pool, sent(request("anna", edition="zomer")))
    with pytest.raises(asyncpg.UniqueViolationError):
        await handle(pool, sent(renamed("Anna Eerst", "voorjaar"), renamed("Anna Later", "najaar")))
    for name, edition in (("Anna Eerst", "voorjaar"), ("Anna Later", "najaar")):
        await handle(pool, sent(renamed(name, edition)))
    async with transaction(pool) as connection:
        row = await connection.fetchrow("SELECT name, revision FROM people WHERE email = 'anna@bibliotheek.example'")
    assert row
    assert tuple(row) == ("Anna Later", 2)


async def test_an_edition_published_twice_at_once_conflicts(pool: Pool) -> None:
    async with pool.acquire() as connection:
        first = connection.transaction()
        await first.start()
        await fold(connection, sent(publish(), now=BEFORE))
        second = asyncio.create_task(handle(pool, sent(publish(), now=BEFORE)))
        await waits_for_a_lock(pool)
        await first.commit()
    with pytest.raises(asyncpg.UniqueViolationError):
        await second
