"""A session changes for one of many: the others hear nothing, and nothing of theirs is touched."""

from __future__ import annotations

from typing import Any

from notifications.domain import Audience, Contact, settle_session
from services.notifications.tests.fold import Pool, Told, handle
from services.notifications.tests.season import DAY, NOW, person_id, sent, session

MOVED: dict[str, Any] = {"starts_at": NOW + 35 * DAY}
ROWS = (
    "SELECT person_id, about, t.xmin::text, array_agg(m.xmin::text ORDER BY m.id), array_agg(m.purpose ORDER BY m.id) "
    "FROM threads t LEFT JOIN messages m USING (person_id, about) WHERE person_id = $1 GROUP BY 1, 2, 3"
)


async def waiting(pool: Pool, number: int) -> list[tuple[str, int]]:
    """Purpose and SEQUENCE of what this person is to be sent."""
    query = "SELECT purpose, sequence FROM messages WHERE person_id = $1 AND state = 'waiting' ORDER BY ordinal"
    return [tuple(row) for row in await pool.fetch(query, person_id(number))]


async def test_who_hears_nothing_new_has_no_row_touched_and_is_not_locked(pool: Pool) -> None:
    await handle(pool, Told(1, session(1, [1])))
    before = await pool.fetch(ROWS, person_id(1))
    async with pool.acquire() as other, other.transaction():
        await other.execute("SELECT FROM contacts WHERE person_id = $1 FOR UPDATE", person_id(1))
        await handle(pool, Told(2, session(2, [1, 2])))
    assert await pool.fetch(ROWS, person_id(1)) == before
    assert await waiting(pool, 2) == [("session-invited", 2)]


async def test_a_move_reaches_also_those_who_heard_nothing_of_the_states_in_between(pool: Pool) -> None:
    await handle(pool, Told(1, session(1, [1])))
    await handle(pool, Told(2, session(2, [1, 2])))
    await handle(pool, Told(3, session(3, [1, 2, 3], **MOVED)))
    assert [await waiting(pool, n) for n in (1, 2, 3)] == [[("session-invited", 3)]] * 3


async def test_a_state_that_is_replayed_after_a_newer_one_changes_nothing(pool: Pool) -> None:
    """The newer one said to person 1 what was said before, so that only the session knows how far it was heard."""
    await handle(pool, Told(1, session(1, [1])))
    await handle(pool, Told(3, session(3, [1, 2])))
    before = await pool.fetch(ROWS, person_id(1))
    await handle(pool, Told(2, session(2, [1], **MOVED)))
    assert await pool.fetch(ROWS, person_id(1)) == before


async def test_the_newest_state_that_is_replayed_after_it_was_heard_is_decided(pool: Pool) -> None:
    await handle(pool, Told(1, session(1, [1])))
    await pool.execute("INSERT INTO sessions VALUES ('dag-1', 2) ON CONFLICT (session_id) DO UPDATE SET sequence = 2")
    await handle(pool, Told(2, session(2, [1], **MOVED)))
    assert await waiting(pool, 1) == [("session-invited", 2)]


async def test_there_and_back_in_one_batch_leaves_the_mail_that_waits_as_it_is(pool: Pool) -> None:
    await handle(pool, Told(1, session(1, [1])))
    before = await pool.fetch(ROWS, person_id(1))
    await handle(pool, Told(2, session(2, [1], **MOVED)), Told(3, session(3, [1])))
    assert await pool.fetch(ROWS, person_id(1)) == before


async def test_who_was_told_of_it_too_late_for_a_mail_is_looked_at_again(pool: Pool) -> None:
    await handle(pool, Told(1, session(1, [1]), told_at=NOW - 8 * DAY))
    await handle(pool, Told(2, session(2, [1, 2])))
    assert await pool.fetchval("SELECT old FROM threads WHERE person_id = $1", person_id(1)) is False


async def test_one_batch_may_tell_a_person_of_a_session_and_of_something_else(pool: Pool) -> None:
    await handle(pool, Told(1, session(1, [1])))
    echo = sent(1, "session-invited", "dag-1", 1, uid="dag-1@sessions.spn", sequence=1, says="abc")
    await handle(pool, Told(2, session(2, [1, 2])), Told(1, echo))
    assert await pool.fetchval("SELECT state FROM messages WHERE person_id = $1", person_id(1)) == "sent"


async def test_of_several_states_in_a_batch_the_newest_is_told(pool: Pool) -> None:
    await handle(pool, *(Told(n, session(n, list(range(1, n + 1)))) for n in range(1, 5)))
    assert [await waiting(pool, n) for n in (1, 4)] == [[("session-invited", 4)]] * 2
    assert await pool.fetchval("SELECT count(*) FROM messages") == 4


def test_a_state_older_than_the_newest_that_was_heard_changes_nobody() -> None:
    audience = Audience("dag-1", heard=2, contacts={person_id(1): Contact(person_id(1))})
    older, newest = session(1, [1]), session(2, [1])
    assert settle_session(audience, older, Told(1, older).moment()).state is audience
    after = settle_session(audience, newest, Told(2, newest).moment()).state
    assert [t.messages[0].purpose for t in after.contacts[person_id(1)].threads.values()] == ["session-invited"]
