"""Timetables on a real PostgreSQL: as they were saved, locked, and in a number of statements that does not grow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncpg
import pytest

from scheduling.domain import Timetable
from scheduling.store import TIMETABLES, one_member, whole_timetable
from services.scheduling.tests.fold import Message, Pool, fold, handle, planned, read, told, transaction
from services.scheduling.tests.season import EDITION, day, enrolment_id, expected, move, person
from spn.decision import Refused
from spn.messaging.policies import Connection


async def test_an_edition_never_heard_of_is_an_empty_timetable(pool: Pool) -> None:
    assert await read(pool, whole_timetable(EDITION, "dag-1")) == {EDITION: Timetable(EDITION)}


async def test_what_is_saved_is_what_is_loaded(pool: Pool) -> None:
    await handle(pool, planned(day(1), day(2)))
    await handle(pool, *(told(number, number) for number in range(4, 10)))
    after = await handle(pool, told(11, 1), told(12, 2), told(13, 1, "withdrawn"), told(14, 3, "waiting"))
    moved = await handle(pool, (0, move(1)))

    found = await read(pool, *(one_member(EDITION, enrolment_id(n), person(n)) for n in (1, 2, 3)))
    assert found[EDITION].sessions == moved[EDITION].sessions
    assert found[EDITION].members == after[EDITION].members
    assert {p.status for p in found[EDITION].sessions["dag-1"].attendees} == {"confirmed", "withdrawn"}
    assert found[EDITION].sessions["dag-1"].reason == "De zaal is niet vrij"


async def test_the_ids_that_come_back_are_no_others_to_the_rules(pool: Pool) -> None:
    before = await handle(pool, planned(day(1)), told(1, 1))

    after = await handle(pool, told(1, 1), told(2, 1))

    assert after[EDITION].sessions == before[EDITION].sessions


async def test_an_enrolment_brings_along_only_who_it_can_concern(pool: Pool) -> None:
    await handle(pool, told(1, 1, of=1), told(2, 2, of=1), told(3, 3, of=3), told(4, 4, "waiting", of=1))

    one = await read(pool, one_member(EDITION, enrolment_id(1), person(1)))
    other = await read(pool, one_member(EDITION, enrolment_id(9), person(3)))
    substitute = await read(pool, one_member(EDITION, enrolment_id(1), person(3)))

    assert one[EDITION].members.keys() == {enrolment_id(1), enrolment_id(2)}
    assert other[EDITION].members.keys() == {enrolment_id(3)}
    assert substitute[EDITION].members.keys() == {enrolment_id(1), enrolment_id(2), enrolment_id(3)}


async def test_the_whole_timetable_has_everyone_who_takes_part(pool: Pool) -> None:
    await handle(pool, told(1, 1), told(2, 2, "waiting"), told(3, 3))

    found = await read(pool, whole_timetable(EDITION))

    assert found[EDITION].members.keys() == {enrolment_id(1), enrolment_id(3)}


async def test_members_of_another_edition_are_not_brought_along(pool: Pool) -> None:
    await handle(pool, told(1, 1), told(2, 2, edition="anders-2027", of=1))

    found = await read(pool, one_member(EDITION, enrolment_id(1), person(1)), whole_timetable("anders-2027"))

    assert found[EDITION].members.keys() == {enrolment_id(1)}
    assert found["anders-2027"].members.keys() == {enrolment_id(2)}


async def test_the_end_of_an_old_enrolment_leaves_the_new_one_its_place_across_batches(pool: Pool) -> None:
    await handle(pool, planned(day(1)))
    await handle(pool, told(1, 1, of=1))
    await handle(pool, told(2, 2, of=1))
    await handle(pool, told(3, 1, "withdrawn", of=1))

    after = await read(pool, whole_timetable(EDITION))
    assert expected(after[EDITION].sessions.values()) == {"dag-1": {person(1): enrolment_id(2)}}


async def test_a_session_of_another_edition_is_known_as_such(pool: Pool) -> None:
    await handle(pool, planned(day(1), day(2)))

    found = await read(pool, whole_timetable("anders-2027", "dag-2", "dag-3"))

    assert found["anders-2027"] == Timetable("anders-2027", elsewhere=frozenset({"dag-2"}))


async def test_a_plan_with_a_session_of_another_edition_is_refused(pool: Pool) -> None:
    await handle(pool, planned(day(1), day(2)))

    with pytest.raises(Refused, match="session-of-another-edition: Session 'dag-2'"):
        await handle(pool, planned(day(3), day(2), edition="anders-2027"))


async def test_two_editions_that_plan_one_session_id_at_once_conflict_and_nothing_is_overwritten(pool: Pool) -> None:
    with pytest.raises(asyncpg.UniqueViolationError, match="sessions_one_edition"):
        await handle(pool, planned(day(1)), planned(day(1), edition="anders-2027"))

    assert (await read(pool, whole_timetable(EDITION)))[EDITION].sessions == {}


async def test_a_timetable_is_locked_until_the_transaction_ends(pool: Pool) -> None:
    await read(pool, whole_timetable(EDITION))
    async with transaction(pool) as first:
        await TIMETABLES.load(first, [whole_timetable(EDITION)])
        async with transaction(pool) as second:
            held = await second.fetch("SELECT * FROM timetables FOR UPDATE SKIP LOCKED")
    assert held == []


async def test_two_first_batches_of_an_edition_at_the_same_time_both_count(pool: Pool) -> None:
    await asyncio.gather(*(handle(pool, told(n, n)) for n in range(1, 6)))

    assert len((await read(pool, whole_timetable(EDITION)))[EDITION].members) == 5


def season_of(edition: str) -> list[Message]:
    """A timetable of eight days and two members, one of whom leaves."""
    days = [day(number, session_id=f"{edition}-{number}") for number in range(1, 9)]
    members = [told(1, 1), told(2, 2), told(3, 1, "withdrawn")]
    moved = [(place, event.model_copy(update={"edition_id": edition})) for place, event in members]
    return [planned(*days, edition=edition), *moved]


class Counted:
    """A connection that remembers the statements it is asked for. Whatever else the store would call fails loudly."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.seen: list[str] = []

    async def execute(self, query: str, *values: Any) -> str:
        self.seen.append(" ".join(query.split()))
        return await self.connection.execute(query, *values)

    async def fetch(self, query: str, *values: Any) -> list[asyncpg.Record]:
        self.seen.append(" ".join(query.split()))
        return await self.connection.fetch(query, *values)


@asynccontextmanager
async def counting(pool: Pool) -> AsyncIterator[tuple[Connection, list[str]]]:
    """A transaction, and the statements it has been asked for so far."""
    async with transaction(pool) as connection:
        counted = Counted(connection)
        yield cast("Connection", counted), counted.seen


@pytest.mark.parametrize("editions", [1, 500])
async def test_the_number_of_statements_is_the_same_for_one_key_and_for_five_hundred(pool: Pool, editions: int) -> None:
    names = [f"editie-{number}" for number in range(editions)]
    async with counting(pool) as (connection, seen):
        after = await fold(connection, [message for name in names for message in season_of(name)])

    assert len(seen) == 5 + 3
    found = await read(pool, *(whole_timetable(name) for name in names))
    assert len(found) == editions
    assert all(found[name].sessions == after[name].sessions for name in names)


async def test_a_message_that_gives_no_place_writes_its_member_only(pool: Pool) -> None:
    await handle(pool, planned(day(1)))
    async with counting(pool) as (connection, seen):
        await fold(connection, [told(1, 1, "waiting")])

    assert [query.split()[:3] for query in seen[5:]] == [["INSERT", "INTO", "members"]]
