"""Contacts, threads and messages on a real database."""

from __future__ import annotations

import pytest

from notifications.domain import Contact
from notifications.store import CONTACTS, DOCUMENTS, EDITIONS
from services.notifications.tests.fold import Memory, Pool, Told, fold, handle, transaction
from services.notifications.tests.season import (
    DAY,
    EDITION,
    NOW,
    PDF,
    PDF_NAME,
    account,
    document,
    edition,
    enrolment,
    enrolment_id,
    pdf,
    person,
    person_id,
    sent,
    session,
)
from spn.messaging.policies import Connection

SEASON = (
    Told(1, person(1)),
    Told(1, enrolment(1, "waiting")),
    Told(1, session(1, [1, 2])),
    Told(1, account(document(1), document(2, "LN-2027-0002"))),
    Told(2, enrolment(1, "accepted")),
    Told(2, session(2, [1, 2, 3], starts_at=NOW + 35 * DAY)),
    Told(1, sent(1, "session-invited", "dag-1", 1, uid="dag-1@sessions.spn", sequence=1, says="abc")),
    Told(2, person(1, name="Ander")),
)


async def read(pool: Pool, number: int, *abouts: str) -> Contact:
    """A contact as it is stored, with these threads."""
    async with transaction(pool) as connection:
        return (await CONTACTS.load(connection, [(str(person_id(number)), *abouts)]))[str(person_id(number))]


async def count(connection: Connection, *events: Told) -> int:
    """How many statements a batch takes."""
    statements: list[str] = []
    with connection.query_logger(lambda record: statements.append(record.query)):
        await fold(connection, events)
    return len(statements)


@pytest.mark.parametrize("batch", [1, 3, len(SEASON)])
async def test_states_come_back_as_they_were_decided_in_batches_of_any_size(pool: Pool, batch: int) -> None:
    for start in range(0, len(SEASON), batch):
        await handle(pool, *SEASON[start : start + batch])
    memory = Memory().hear(*SEASON)
    abouts = [str(enrolment_id(1)), "dag-1", "LN-2027-0001", "LN-2027-0002"]
    for number in (1, 2, 3):
        assert await read(pool, number, *abouts) == memory.contact(number)


async def test_only_the_threads_that_were_asked_for_are_loaded(pool: Pool) -> None:
    await handle(pool, *SEASON)
    assert set((await read(pool, 1, "dag-1")).threads) == {"dag-1"}
    assert (await read(pool, 1)).threads == {}


async def test_a_person_of_whom_nothing_is_known_is_an_empty_contact(pool: Pool) -> None:
    assert await read(pool, 9, "dag-1") == Contact(person_id(9))


async def test_a_superseded_message_leaves_a_trace_and_no_details(pool: Pool) -> None:
    await handle(pool, Told(1, enrolment(1, "waiting")))
    await handle(pool, Told(2, enrolment(1, "accepted")))
    rows = await pool.fetch("SELECT purpose, state, details::text FROM messages ORDER BY ordinal")
    assert [row["state"] for row in rows] == ["superseded", "waiting"]
    assert rows[0]["details"] == "{}"


async def test_a_message_that_was_superseded_can_be_known_to_be_sent(pool: Pool) -> None:
    await handle(pool, Told(1, enrolment(1, "waiting")))
    await handle(pool, Told(2, enrolment(1, "accepted")))
    await handle(pool, Told(1, sent(1, "waitlisted", enrolment_id(1), 1)))
    assert await pool.fetchval("SELECT state FROM messages WHERE purpose = 'waitlisted'") == "sent"


async def test_two_messages_with_one_key_cannot_be(pool: Pool) -> None:
    await handle(pool, Told(1, enrolment(1)))
    with pytest.raises(Exception, match="messages_person_id_purpose_about_version_key"):
        await pool.execute(
            "INSERT INTO messages (id, person_id, about, purpose, version, state, details) "
            "SELECT gen_random_uuid(), person_id, about, purpose, version, 'waiting', '{}' FROM messages"
        )


async def test_a_document_and_an_edition_come_back_and_the_bytes_stay_where_they_are(pool: Pool) -> None:
    await handle(pool, Told(1, pdf()), Told(1, edition()), Told(1, account(document(1))))
    async with transaction(pool) as connection:
        stored = (await DOCUMENTS.load(connection, [(PDF_NAME,)]))[PDF_NAME]
        known = (await EDITIONS.load(connection, [(EDITION,)]))[EDITION]
    assert (stored.stored, stored.needed, stored.content) == (True, True, None)
    assert known == Memory().hear(Told(1, edition())).states["editions", EDITION]
    assert await pool.fetchval("SELECT content FROM documents") == PDF


async def test_names_and_addresses_are_stored_in_one_place(pool: Pool) -> None:
    await handle(pool, *SEASON, Told(3, person(1, name="Merkwaardig", email="merk@waardig.example")))
    rows = await pool.fetch("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    tables = [row["table_name"] for row in rows]
    marked = "SELECT count(*) FROM {} t WHERE t::text ~* 'merk.?waardig'"
    found = {table for table in tables if await pool.fetchval(marked.format(table))}
    assert found == {"contacts"}


async def test_a_batch_of_500_takes_as_many_statements_as_a_batch_of_one(pool: Pool) -> None:
    def season(sequence: int, numbers: range) -> list[Told]:
        return [
            event
            for n in numbers
            for event in (
                Told(sequence, person(n, name=str(sequence))),
                Told(sequence, enrolment(n, "waiting" if sequence == 1 else "accepted")),
                Told(sequence, session(sequence, [n], session_id=f"dag-{n}", starts_at=NOW + sequence * DAY)),
                Told(sequence, account(document(n, f"LN-{n}"))),
                Told(sequence, edition(edition_id=f"e-{n}", title_nl=str(sequence))),
                Told(sequence, pdf(f"{n} {sequence}".encode())),
            )
        ]

    async with pool.acquire() as connection:
        await count(connection, *season(1, range(1)))  # the driver asks for types the first time
        for sequence in (1, 2):
            few = await count(connection, *season(sequence, range(1, 2)))
            many = await count(connection, *season(sequence, range(100, 600)))
            assert many == few
