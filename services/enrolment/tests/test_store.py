"""The store on a real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from enrolment.commands import (
    AcceptOffer,
    LapseOffer,
    PublishEdition,
    WithdrawEnrolment,
    examples,
)
from enrolment.domain.edition import Edition
from enrolment.store import EDITIONS
from services.enrolment.tests.fold import (
    Pool,
    an_edition,
    enrolment_of,
    fold,
    handle,
    keys_of,
    read,
    sent,
    substitution,
    transaction,
)
from services.enrolment.tests.season import BEFORE, EDITION, OFFER_HOURS, OPENS, publish, request
from spn.decision import Decision
from spn.messaging.contract import Command

STATEMENTS_MAX = 15


async def test_what_is_saved_is_what_is_loaded(pool: Pool) -> None:
    anna, bram = await an_edition(pool, "anna", "bram", seats=1)
    withdrawal = WithdrawEnrolment(edition_id=EDITION, enrolment_id=anna, reason="Andere baan.")
    (came,) = await handle(pool, sent(withdrawal, now=OPENS + timedelta(days=20)))
    (came,) = await handle(pool, sent(substitution(bram, "cora"), now=OPENS + timedelta(days=20)))
    assert isinstance(came, Decision)
    wanted = [*keys_of(request("cora")), *keys_of(substitution(bram, "anna")), *keys_of(withdrawal)]
    loaded = (await read(pool, *wanted))[EDITION]
    after = came.state
    assert loaded.terms == after.terms == (await read(pool, (EDITION,)))[EDITION].terms
    assert loaded.enrolments[bram] == after.enrolments[bram]
    assert len(loaded.enrolments[bram].former_participant_ids) == 1
    assert loaded.enrolments[anna].withdrawal_reason == "Andere baan."
    assert loaded.people["cora@bibliotheek.example"] == after.people["cora@bibliotheek.example"]
    assert loaded.organisations["kvk-41098765"].holiday_region == "south"
    assert (loaded.state, loaded.seats_taken, loaded.waiting, loaded.last_number, loaded.last_moment) == (
        after.state,
        after.seats_taken,
        after.waiting,
        after.last_number,
        after.last_moment,
    )


async def test_an_edition_nobody_published_is_empty_and_leaves_no_row(pool: Pool) -> None:
    loaded = await read(pool, ("no-such-edition",))
    assert loaded == {"no-such-edition": Edition("no-such-edition")}
    await handle(pool, sent(request("anna", edition="no-such-edition")))
    async with transaction(pool) as connection:
        assert await connection.fetchval("SELECT count(*) FROM editions") == 0


async def test_a_loaded_edition_is_locked_until_the_end(pool: Pool) -> None:
    await an_edition(pool)
    async with transaction(pool) as first:
        await EDITIONS.load(first, [(EDITION,)])
        async with pool.acquire() as second:
            with pytest.raises(asyncpg.LockNotAvailableError):
                await second.fetch("SELECT 1 FROM editions WHERE edition_id = $1 FOR UPDATE NOWAIT", EDITION)


async def statements(pool: Pool, *commands: Command) -> int:
    """How many statements it takes to load, decide and save this batch."""
    queries: list[str] = []
    async with transaction(pool) as connection:
        with connection.query_logger(lambda record: queries.append(record.query)):
            await fold(connection, sent(*commands))
    return len(queries)


async def test_a_batch_of_five_hundred_takes_the_statements_of_a_batch_of_one_of_each(pool: Pool) -> None:
    names = [f"persoon{n}" for n in range(500)]
    ids = await an_edition(pool, *names[:250], seats=100)

    def of_each(start: int, count: int) -> list[Command]:
        some = range(start, start + count)
        moved = {**examples.REQUEST["library"], "street": f"Kade {start}"}
        return [
            *(request(names[250 + n], library=moved) for n in some),
            *(substitution(ids[n + 120], f"collega{n}") for n in some),
            *(WithdrawEnrolment(edition_id=EDITION, enrolment_id=ids[n]) for n in some),
            *(AcceptOffer(edition_id=EDITION, enrolment_id=ids[n + 100]) for n in some),
        ]

    few, many = await statements(pool, *of_each(0, 1)), await statements(pool, *of_each(1, 119))
    assert few == many
    assert many <= STATEMENTS_MAX


async def test_the_line_is_read_as_far_as_the_batch_may_need_it(pool: Pool) -> None:
    names = [f"persoon{n}" for n in range(40)]
    ids = await an_edition(pool, *names, seats=10)
    keys = [key for e in ids[:3] for key in keys_of(WithdrawEnrolment(edition_id=EDITION, enrolment_id=e))]
    loaded = (await read(pool, *keys))[EDITION]
    assert loaded.positions == {ids[10]: 1, ids[11]: 2, ids[12]: 3}
    assert set(loaded.enrolments) == {*ids[:3], *ids[10:13]}


async def test_two_participants_can_change_places_in_one_batch(pool: Pool) -> None:
    anna, bram = await an_edition(pool, "anna", "bram")
    changes = [substitution(anna, "cora"), substitution(bram, "anna"), substitution(anna, "bram")]
    await handle(pool, sent(*changes))
    loaded = (await read(pool, *keys_of(request("anna")), *keys_of(request("bram"))))[EDITION]
    assert loaded.live_enrolment_of("anna@bibliotheek.example") == loaded.enrolments[bram]
    assert loaded.live_enrolment_of("bram@bibliotheek.example") == loaded.enrolments[anna]


async def test_who_withdraws_and_asks_again_in_one_batch_has_one_live_enrolment(pool: Pool) -> None:
    (anna,) = await an_edition(pool, "anna")
    withdrawal = WithdrawEnrolment(edition_id=EDITION, enrolment_id=anna)
    _, again = await handle(pool, sent(withdrawal, request("anna")))
    loaded = (await read(pool, *keys_of(request("anna"))))[EDITION]
    assert set(loaded.enrolments) == {enrolment_of(again)}


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("UPDATE editions SET seats_taken = seats + 1", asyncpg.CheckViolationError),
        ("UPDATE editions SET waiting = -1", asyncpg.CheckViolationError),
        ("UPDATE enrolments SET status = 'offered'", asyncpg.CheckViolationError),
        (
            (
                "INSERT INTO enrolments SELECT gen_random_uuid(), edition_id, number + 1, status, participant_id, "
                "former_participant_ids, organisation_id, requested_at, offer_expires_at, payers FROM enrolments"
            ),
            asyncpg.ExclusionViolationError,
        ),
    ],
)
async def test_the_database_itself_refuses_what_must_never_be(
    pool: Pool, sql: str, error: type[asyncpg.PostgresError]
) -> None:
    await an_edition(pool, "anna")
    async with transaction(pool) as connection:
        with pytest.raises(error):
            await connection.execute(sql)


async def test_the_line_is_read_for_those_who_ask_anew_behind_the_lapse_of_their_offer(pool: Pool) -> None:
    anna, bram, cora = await an_edition(pool, "anna", "bram", "cora", seats=1)
    await handle(pool, sent(WithdrawEnrolment(edition_id=EDITION, enrolment_id=anna)))
    lapse = LapseOffer(edition_id=EDITION, enrolment_id=bram)
    _, came = await handle(pool, sent(lapse, request("bram"), now=OPENS + timedelta(hours=OFFER_HOURS)))
    assert isinstance(came, Decision)
    statuses = {e.enrolment_id: e.status for e in came.state.enrolments.values()}
    assert statuses == {bram: "lapsed", cora: "offered", enrolment_of(came): "waiting"}


async def test_a_key_of_another_kind_is_a_mistake_in_the_program(pool: Pool) -> None:
    with pytest.raises(ValueError, match="no key of an edition"):
        await read(pool, (EDITION, "guest", "x"))


async def test_terms_survive_the_database(pool: Pool) -> None:
    command = publish()
    assert isinstance(command, PublishEdition)
    await handle(pool, sent(command, now=BEFORE))
    (came,) = await handle(pool, sent(command, now=BEFORE))
    assert isinstance(came, Decision)
    assert came.answer
    assert came.answer.code == "edition-already-published"
