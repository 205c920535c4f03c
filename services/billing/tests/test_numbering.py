"""Numbers on a real database: consecutive whatever happens, and only ever together with their document."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import pytest

from billing.domain.issue import Place
from billing.store import numbering
from services.billing.tests.builders import LIBRARY
from services.billing.tests.desk import (
    PlainRenderer,
    RealDesk,
    StandingClock,
    agreed,
    enrolment_id,
    in_a_row,
    issue_all,
    issuer,
    known,
    numbers,
    told,
)
from spn.messaging.contract import Outgoing
from spn.messaging.envelope import Envelope
from spn.messaging.policies import Connection

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
FULL = {LIBRARY: {"course": 350_000, "coaching": 150_000}}
NOTHING = {LIBRARY: {"course": 0, "coaching": 0}}
ROOT = Path(__file__).parents[3]


async def test_two_issuers_at_once_number_every_draft_once_and_without_gaps(pool: Pool) -> None:
    await known(pool, LIBRARY)
    for number in range(60):
        await agreed(pool, number, FULL)

    await asyncio.gather(*(issue_all(RealDesk(pool)) for _ in range(2)))

    assert await numbers(pool) == in_a_row(60)
    assert await pool.fetchval("SELECT count(DISTINCT enrolment_id) FROM documents") == 60
    assert len(await told(pool, "spn.billing.events")) == len(await told(pool, "spn.billing.documents")) == 60
    contents = await pool.fetch("SELECT number, content FROM documents JOIN document_files USING (sha256)")
    assert all(row["number"].encode() in row["content"] for row in contents), "each file has the number it is stored by"


KILLED = """
import asyncio, sys
from services.billing.tests.desk import hang_in_the_middle
asyncio.run(hang_in_the_middle(sys.argv[1]))
"""


async def test_an_issuer_killed_in_the_middle_leaves_no_gap(pool: Pool, database_url: str) -> None:
    await known(pool, LIBRARY)
    for number in range(10):
        await agreed(pool, number, FULL)
    other = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", KILLED, database_url), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert other.stdout is not None
    assert await asyncio.wait_for(other.stdout.readline(), 30) == b"in the middle\n"
    task = asyncio.create_task(issue_all(RealDesk(pool)))  # waits for the locks of the other
    other.kill()
    await other.communicate()
    await asyncio.wait_for(task, 30)

    assert await numbers(pool) == in_a_row(10)
    assert len(await told(pool, "spn.billing.events")) == 10


class Stumbling(RealDesk):
    """Cannot tell, for a while."""

    stumbles: int = 1

    async def tell(self, connection: Connection, outgoing: Sequence[Outgoing], because: Envelope | None) -> None:
        await super().tell(connection, outgoing, because)
        if self.stumbles:
            self.stumbles -= 1
            raise ConnectionResetError("the database went away")


async def test_a_rollback_leaves_no_gap_and_nothing_told(pool: Pool) -> None:
    await known(pool, LIBRARY)
    for number in range(3):
        await agreed(pool, number, FULL)
    desk = Stumbling(pool)
    with pytest.raises(ConnectionResetError):
        await issue_all(desk)
    assert await numbers(pool) == []
    assert await told(pool, "spn.billing.documents") == []

    await issue_all(desk)
    assert await numbers(pool) == in_a_row(3)


async def test_a_draft_replaced_while_it_is_rendered_is_not_issued_and_leaves_no_gap(pool: Pool) -> None:
    await known(pool, LIBRARY)
    for number in range(3):
        await agreed(pool, number, FULL)
    changed: list[str] = []

    async def change(paper: Mapping[str, Any]) -> None:
        if paper["number"] == "LN-2027-0003" and not changed:
            changed.append(paper["number"])
            await agreed(pool, 1, NOTHING, sequence=2)

    await issue_all(RealDesk(pool), issuer(PlainRenderer(change)))

    assert changed
    assert await numbers(pool) == in_a_row(2)
    invoiced = await pool.fetch("SELECT enrolment_id FROM documents ORDER BY ordinal")
    assert [row[0] for row in invoiced] == [enrolment_id(0), enrolment_id(2)]


async def test_a_number_taken_by_another_while_a_document_is_made_is_not_given_twice(pool: Pool) -> None:
    """The other issuer works on other drafts here, so that nothing but the series itself keeps the two apart."""
    await known(pool, LIBRARY)
    await agreed(pool, 1, FULL)
    made: list[str] = []

    async def come_between(paper: Mapping[str, Any]) -> None:
        made.append(paper["number"])
        if len(made) == 1:
            await pool.execute("UPDATE drafts SET retry_at = now() + interval '1 hour'")
            await agreed(pool, 2, FULL)
            await issue_all(RealDesk(pool))
            await pool.execute("UPDATE drafts SET retry_at = NULL")

    await issue_all(RealDesk(pool), issuer(PlainRenderer(come_between)))

    assert made == in_a_row(2), "made again, with the next number"
    invoiced = await pool.fetch("SELECT number, enrolment_id FROM documents ORDER BY ordinal")
    assert [tuple(row) for row in invoiced] == [("LN-2027-0001", enrolment_id(2)), ("LN-2027-0002", enrolment_id(1))]


async def test_a_place_before_the_last_date_of_the_series_is_not_given(pool: Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        assert await numbering.take(connection, Place("LN", 2027, 1, date(2027, 1, 14)), 1)
        assert not await numbering.take(connection, Place("LN", 2027, 2, date(2027, 1, 13)), 1)
        assert not await numbering.take(connection, Place("LN", 2027, 3, date(2027, 1, 14)), 1)
        assert await numbering.take(connection, Place("LN", 2027, 2, date(2027, 1, 14)), 1)


async def test_a_new_year_starts_a_new_count_by_the_calendar_of_amsterdam(pool: Pool) -> None:
    await known(pool, LIBRARY)
    desk = RealDesk(pool)
    await agreed(pool, 1, FULL)
    desk.clock = StandingClock(datetime(2027, 12, 31, 22, 59, tzinfo=UTC))
    await issue_all(desk)
    await agreed(pool, 2, FULL)
    desk.clock = StandingClock(datetime(2027, 12, 31, 23, 1, tzinfo=UTC))
    await issue_all(desk)
    assert await numbers(pool) == ["LN-2027-0001", "LN-2028-0001"]
