"""Personal links on a real database."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import asyncpg
import pytest

from enrolment.pages import links
from services.enrolment.tests.fold import Pool, an_edition, transaction


async def test_a_link_leads_to_whoever_takes_part_and_only_its_hash_is_kept(pool: Pool) -> None:
    (anna,) = await an_edition(pool, "anna")
    async with transaction(pool) as connection:
        code = await links.issue_to_participant(connection, anna)
        assert code
        found = await links.find(connection, code)
        row = await connection.fetchrow("SELECT * FROM links")
    assert found
    assert row
    assert (found.enrolment_id, found.purpose) == (anna, "participant")
    assert row["code_sha256"] == hashlib.sha256(code.encode()).digest()
    assert row["used_at"] is not None
    assert code not in str(dict(row))


@pytest.mark.parametrize("code", ["", "x", "a" * 43, "é" * 43, "a" * 44, "../" * 14 + "a", "\x00" * 43])
async def test_a_code_that_was_never_given_finds_nothing(pool: Pool, code: str) -> None:
    await an_edition(pool, "anna")
    async with transaction(pool) as connection:
        assert await links.find(connection, code) is None


async def test_a_link_ends_when_its_time_is_over_or_it_is_revoked(pool: Pool) -> None:
    anna, bram = await an_edition(pool, "anna", "bram")
    async with transaction(pool) as connection:
        codes = [str(await links.issue_to_participant(connection, one)) for one in (anna, bram)]
        await connection.execute(
            "UPDATE links SET created_at = now() - interval '15 days', expires_at = now() - interval '1 second' "
            "WHERE enrolment_id = $1",
            anna,
        )
        assert [bool(await links.find(connection, code)) for code in codes] == [False, True]
        assert await links.revoke(connection, bram) == 1
        assert [bool(await links.find(connection, code)) for code in codes] == [False, False]
        assert await links.revoke(connection, bram) == 0


async def test_a_link_of_one_purpose_opens_no_other(pool: Pool) -> None:
    (anna,) = await an_edition(pool, "anna")
    async with transaction(pool) as connection:
        code = str(await links.issue_to_participant(connection, anna))
        assert await links.find(connection, code, "guest") is None


async def test_revoking_the_links_of_one_person_leaves_those_of_another(pool: Pool) -> None:
    anna, bram = await an_edition(pool, "anna", "bram")
    async with transaction(pool) as connection:
        persons = [
            await connection.fetchval("SELECT participant_id FROM enrolments WHERE enrolment_id = $1", one)
            for one in (anna, bram)
        ]
        codes = [await links.issue(connection, anna, person) for person in persons]
        assert await links.revoke(connection, anna, persons[0]) == 1
        assert [bool(await links.find(connection, code)) for code in codes] == [False, True]


async def test_what_expired_long_ago_is_cleared_away_with_the_next_link(pool: Pool) -> None:
    (anna,) = await an_edition(pool, "anna")
    async with transaction(pool) as connection:
        await links.issue_to_participant(connection, anna)
        await connection.execute(
            "UPDATE links SET created_at = now() - interval '90 days', expires_at = now() - $1::interval",
            links.KEPT + timedelta(days=1),
        )
        await links.issue_to_participant(connection, anna)
        assert await connection.fetchval("SELECT count(*) FROM links") == 1


async def test_who_is_not_there_gets_no_link(pool: Pool) -> None:
    (anna,) = await an_edition(pool, "anna")
    async with transaction(pool) as connection:
        person = await connection.fetchval("SELECT person_id FROM people LIMIT 1")
        assert await links.issue_to_participant(connection, person) is None
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with transaction(pool) as connection:
            await links.issue(connection, anna, anna)
