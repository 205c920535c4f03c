"""Connections of a service's pool: what is done when they are made and when they come back, and what is not."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from spn.database import open_pool
from spn.testing.plugin import NewDatabase


@pytest.fixture
async def single(new_database: NewDatabase) -> Any:
    """A pool with one connection."""
    async with new_database() as url:
        pool = await open_pool(url, application="test", size_max=1)
        try:
            yield url, pool
        finally:
            await pool.close()


async def test_to_give_a_connection_back_asks_the_database_nothing(single: tuple[str, Any]) -> None:
    url, pool = single
    async with pool.acquire() as connection:
        process = await connection.fetchval("SELECT pg_backend_pid()")
    other = await asyncpg.connect(url)
    try:
        last = await other.fetchval("SELECT query FROM pg_stat_activity WHERE pid = $1", process)
    finally:
        await other.close()
    assert last == "SELECT pg_backend_pid()"


async def test_whoever_comes_next_meets_no_open_transaction(single: tuple[str, Any]) -> None:
    _, pool = single
    async with pool.acquire() as connection:
        await connection.execute("CREATE TABLE kept (n integer)")
        await connection.execute("BEGIN; INSERT INTO kept VALUES (1)")
    async with pool.acquire() as connection:
        assert not connection.is_in_transaction()
        assert await connection.fetchval("SELECT count(*) FROM kept") == 0


async def test_the_limits_of_a_session_outlive_whoever_used_it(single: tuple[str, Any]) -> None:
    _, pool = single
    for _ in range(2):
        async with pool.acquire() as connection:
            assert await connection.fetchval("SHOW statement_timeout") == "30s"
            assert await connection.fetchval("SHOW enable_hashjoin") == "off"


@pytest.mark.parametrize("type_", ["uuid", "bigint", "integer", "timestamptz", "bytea", "boolean", "jsonb", "text"])
async def test_a_connection_knows_the_arrays_that_statements_take(single: tuple[str, Any], type_: str) -> None:
    _, pool = single
    async with pool.acquire() as connection:
        asked: list[str] = []
        connection.add_query_logger(lambda record: asked.append(record.query))
        await connection.fetch(f"SELECT $1::{type_}[]", [])
    assert [query for query in asked if "typeinfo_tree" in query] == []


async def test_an_array_that_it_does_not_know_is_asked_for(single: tuple[str, Any]) -> None:
    _, pool = single
    async with pool.acquire() as connection:
        asked: list[str] = []
        connection.add_query_logger(lambda record: asked.append(record.query))
        await connection.fetch("SELECT $1::inet[]", [])
    assert [query for query in asked if "typeinfo_tree" in query] != []
