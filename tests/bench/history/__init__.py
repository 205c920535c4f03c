"""The rate with years of history in the four databases, against the rate of just before."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

import asyncpg

from spn_local.stack import Stack
from spn_local.urls import in_database
from tests.bench.report import Measure, Report, out
from tests.bench.rounds import Round, clear_up, how, times_as_fast
from tests.bench.scenario import SERVICES, Scenario
from tests.bench.system import System
from tests.bench.throughput import Size, others_took, show

RATE_MIN = 0.9
FOLDER = Path(__file__).parent
LARGE = {
    "enrolment": ("people", "organisations", "enrolments"),
    "billing": ("accounts", "buyers", "contacts", "documents"),
    "scheduling": ("members", "places"),
    "notifications": ("contacts", "threads", "messages"),
}
LARGE_EVERYWHERE = ("inbox", "sequences", "told")


async def measure(report: Report, system: System, size: Size, rows: int) -> None:
    """Play, fill the tables, play again."""
    await system.prepare(2 * size.rounds * (size.enrolments + size.warm_up + 2 * system.scenario.seats))
    empty = await _play(system, size, "system, little behind it")
    began = time.monotonic()
    filled = await asyncio.gather(*(fill(system.stack, s, system.scenario, rows) for s in SERVICES))
    report.details["history"] = dict(zip(SERVICES, filled, strict=True))
    out.print(f"[bold]history[/bold]: {rows:,} rows a table in {time.monotonic() - began:.0f} s")
    full = await _play(system, size, f"system, {rows:,} behind it")
    ratios = [times_as_fast(after, before) for before, after in zip(empty, full, strict=True)]
    name = f"rate with {rows:,} enrolments, inbox and outbox rows behind it, against few"
    report.measures.append(Measure(name, "times", ratios, at_least=RATE_MIN, note=how([*empty, *full])))
    report.measures.append(others_took(empty, full))


async def _play(system: System, size: Size, name: str) -> list[Round]:
    rounds: list[Round] = []
    for _ in range(size.rounds):
        await clear_up(system.stack)
        if not rounds:
            await asyncio.gather(*(read_indexes(system.stack, s) for s in SERVICES))
        rounds.append(await system.round(size.enrolments, size.warm_up))
        show(name, rounds[-1])
    return rounds


async def fill(stack: Stack, service: str, scenario: Scenario, rows: int) -> dict[str, int]:
    """Put the history into a service's database; rows by table. ``clear_up`` lets it be known to the planner.

    The service does not run. Constraints between tables are not looked at: what goes in agrees.
    """
    connection = await asyncpg.connect(_as_superuser(stack, service), command_timeout=3_600)
    try:
        await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        for file in (FOLDER / f"{service}.sql", FOLDER / "core.sql"):
            await connection.execute(Template(file.read_text()).substitute(rows=rows, seats=scenario.seats))
        large = (*LARGE[service], *LARGE_EVERYWHERE)
        counts = {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in large}
        assert all(n >= rows for n in counts.values()), f"{service}: {counts}"
        return counts
    finally:
        await connection.close()


async def read_indexes(stack: Stack, service: str) -> None:
    """Have the server hold what it would hold after years of work: each index, read once in its order.

    What was filled in last has pushed it out, and years of work would not have.
    """
    connection = await asyncpg.connect(_as_superuser(stack, service), command_timeout=3_600)
    try:
        await connection.execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off")
        for table, columns, condition in await connection.fetch(_INDEXES):
            keys = f"SELECT {columns} FROM {table} WHERE {condition} ORDER BY {columns} OFFSET 0"
            await connection.execute(f"SELECT count(*) FROM ({keys}) AS every_key")
    finally:
        await connection.close()


_INDEXES = """
SELECT i.indrelid::regclass::text,
       (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, true), ', ' ORDER BY n)
        FROM generate_series(1, i.indnkeyatts) AS n),
       coalesce(pg_get_expr(i.indpred, i.indrelid), 'true')
FROM pg_index i JOIN pg_stat_user_tables t ON t.relid = i.indrelid
"""


def _as_superuser(stack: Stack, service: str) -> str:
    return in_database(stack.admin_database_url, urlsplit(stack.database_url(service)).path.lstrip("/"))
