"""Sessions on a real database, by the pipeline that hears of them."""

from __future__ import annotations

from uuid import UUID, uuid4

import asyncpg
import pytest

from enrolment.domain.sessions import Planned, Session, note_session
from enrolment.policies import POLICIES
from enrolment.store import SESSIONS
from enrolment.store.sessions import sessions_of_enrolment, sessions_of_theme
from services.enrolment.tests.fold import Pool, transaction
from services.enrolment.tests.season import EDITION, OPENS
from services.enrolment.tests.timetable import CANCELLED, DAY, ELSEWHERE, MOVED, OTHER, Timetable, session
from spn.decision import Moment
from spn.messaging.policies import Connection
from spn.testing.bench import Bench

ANNA, BRAM = UUID(int=1), UUID(int=2)
ID = DAY["session_id"]


async def of(pool: Pool, enrolment: UUID, edition: str = EDITION) -> tuple[Planned, ...]:
    async with pool.acquire() as connection:
        return await sessions_of_enrolment(connection, edition, enrolment)


async def known(pool: Pool) -> Session:
    async with transaction(pool) as connection:
        return (await SESSIONS.load(connection, [(ID,)]))[ID]


async def test_what_is_saved_is_what_is_loaded(pool: Pool) -> None:
    before = await known(pool)
    assert before == Session(ID)
    first = note_session(before, session(BRAM, ANNA, theme_id=None), Moment(OPENS, uuid4(), sequence=2)).state
    after = note_session(first, session(**ELSEWHERE, status="cancelled"), Moment(OPENS, uuid4(), sequence=5)).state
    for old, new in ((before, first), (first, after)):
        async with transaction(pool) as connection:
            await SESSIONS.save(connection, [(old, new)])
        assert await known(pool) == new


async def test_a_session_is_found_by_the_enrolments_that_have_a_place_and_by_its_theme(pool: Pool) -> None:
    timetable, bench = Timetable(), Bench("enrolment", POLICIES, pool)
    await bench.handle(timetable.told(1, ANNA, BRAM), timetable.told(1, ANNA, **OTHER))
    assert [one.session_id for one in await of(pool, ANNA)] == [OTHER["session_id"], ID], "the first first"
    assert [one.session_id for one in await of(pool, BRAM)] == [ID]
    assert await of(pool, UUID(int=9)) == await of(pool, ANNA, "another-edition") == ()
    async with pool.acquire() as connection:
        assert [one.session_id for one in await sessions_of_theme(connection, EDITION, "narrative")] == [ID]
        assert await sessions_of_theme(connection, "another-edition", "narrative") == ()


async def test_redelivered_replayed_and_republished_events_end_where_they_ended(pool: Pool) -> None:
    timetable, bench = Timetable(), Bench("enrolment", POLICIES, pool)
    planned, moved = timetable.told(1), timetable.told(2, ANNA, type_=MOVED, **ELSEWHERE)
    off = timetable.told(3, ANNA, type_=CANCELLED, **ELSEWHERE, status="cancelled")
    await bench.handle(off, moved)
    await bench.handle(planned, off)
    ended = await known(pool)
    await bench.handle(planned, moved, off)
    await pool.execute("TRUNCATE inbox")  # its days are over: only the numbers are left
    await bench.handle(timetable.told(1), timetable.told(2, ANNA, **ELSEWHERE), off)
    assert await known(pool) == ended
    assert ended.plan
    assert (ended.heard, ended.first_heard, ended.plan.is_cancelled) == (3, 1, True)
    assert ended.plan.moved_from
    assert await bench.letters() == []
    assert await bench.told() == [], "nothing follows from it"


async def test_sessions_of_editions_and_enrolments_that_nobody_knows_stand_in_nobodys_way(pool: Pool) -> None:
    timetable, bench = Timetable(), Bench("enrolment", POLICIES, pool)
    tally = await bench.handle(timetable.told(1, uuid4(), edition_id="of-elsewhere"), timetable.told(1, ANNA, **OTHER))
    assert tally.dead_letters == 0
    assert [one.session_id for one in await of(pool, ANNA)] == [OTHER["session_id"]]


async def test_an_event_that_cannot_be_read_is_a_dead_letter_and_the_next_is_kept(pool: Pool) -> None:
    timetable, bench = Timetable(), Bench("enrolment", POLICIES, pool)
    await bench.handle(timetable.told(1, ANNA, status="dreamt"), timetable.told(1, ANNA, **OTHER))
    assert len(await bench.letters()) == 1
    assert [one.session_id for one in await of(pool, ANNA)] == [OTHER["session_id"]]


async def test_a_loaded_session_is_locked_until_the_end(pool: Pool) -> None:
    await known(pool)
    async with transaction(pool) as first:
        await SESSIONS.load(first, [(ID,)])
        async with pool.acquire() as second:
            with pytest.raises(asyncpg.LockNotAvailableError):
                await second.fetch("SELECT 1 FROM sessions WHERE session_id = $1 FOR UPDATE NOWAIT", ID)


async def test_a_batch_of_many_sessions_takes_the_statements_of_a_batch_of_one(pool: Pool) -> None:
    async def statements(connection: Connection, number: int, count: int) -> int:
        queries: list[str] = []
        ids = [f"session-{number}-{n}" for n in range(count)]
        async with connection.transaction():
            with connection.query_logger(lambda record: queries.append(record.query)):
                loaded = await SESSIONS.load(connection, [(id_,) for id_ in ids])
                at = Moment(OPENS, uuid4(), sequence=1)
                noted = [(one, note_session(one, session(ANNA, session_id=id_), at)) for id_, one in loaded.items()]
                await SESSIONS.save(connection, [(one, decision.state) for one, decision in noted])
        return len(queries)

    async with pool.acquire() as connection:
        await statements(connection, 0, 1)  # the driver asks for types the first time
        assert await statements(connection, 1, 1) == await statements(connection, 2, 60) == 3
