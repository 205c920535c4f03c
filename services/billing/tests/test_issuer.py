"""Numbers on a real database: consecutive whatever happens, and only ever together with their document."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import permutations
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import pytest

from billing.documents.renderer import Renderer, RendererLost, RenderError
from billing.domain.issue import Place
from billing.domain.vat import VatTable
from billing.policies import POLICIES
from billing.store import drafts, numbering
from services.billing.tests.builders import FUND, LIBRARY, at, contact_of, enrolment, handle, organisation, person
from services.billing.tests.desk import (
    TERMS,
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
)
from spn.messaging.contract import Outgoing
from spn.messaging.envelope import ContractError, Envelope
from spn.messaging.policies import Connection

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
FULL = {LIBRARY: {"course": 350_000, "coaching": 150_000}}
NOTHING = {LIBRARY: {"course": 0, "coaching": 0}}
ROOT = Path(__file__).parents[3]


async def told(pool: Pool, topic: str) -> list[tuple[dict[str, str], bytes]]:
    rows = await pool.fetch("SELECT headers, value FROM outbox WHERE topic = $1 ORDER BY id", topic)
    return [(json.loads(row["headers"]), row["value"]) for row in rows]


async def test_a_ready_draft_gets_its_number_document_and_events_in_one_go(pool: Pool) -> None:
    renderer = Renderer()
    await known(pool, LIBRARY)
    moment = at(1)
    await handle(pool, enrolment(FULL, enrolment_id=enrolment_id(1)), moment)
    try:
        await issue_all(RealDesk(pool), issuer(renderer))
    finally:
        await renderer.close()

    content = await pool.fetchval("SELECT content FROM document_files")
    digest = sha256(content).hexdigest()
    assert content.startswith(b"%PDF-1.7")
    assert await numbers(pool) == ["LN-2027-0001"]
    ((headers, value),) = await told(pool, "spn.billing.events")
    account = json.loads(value)
    assert headers["ce_type"] == "billing.invoice-issued.v1"
    assert headers["ce_subject"] == account["enrolment_id"] == str(enrolment_id(1))
    assert headers["ce_causationid"] == headers["ce_correlationid"] == str(moment.message_id)
    assert (account["owed_cents"], account["invoiced_cents"], account["credited_cents"]) == (500_000, 500_000, 0)
    assert account["document"] == account["documents"][0]
    assert (account["document"]["sha256"], account["document"]["total_cents"]) == (digest, 531_500)
    ((headers, value),) = await told(pool, "spn.billing.documents")
    assert (headers["content-type"], headers["ce_subject"], value) == ("application/pdf", "LN-2027-0001", content)
    assert await drafts_left(pool) == 0


async def drafts_left(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM drafts"))


async def test_a_draft_waits_visibly_until_its_payers_address_and_contact_are_known(pool: Pool) -> None:
    desk = RealDesk(pool)
    await agreed(pool, 1, FULL)
    await issue_all(desk)
    assert await waiting(pool) == drafts.Waiting(ready=0, failed=0, without_address=1, without_language=0)

    await handle(pool, organisation(LIBRARY), at(1))
    await issue_all(desk)
    assert await waiting(pool) == drafts.Waiting(ready=0, failed=0, without_address=0, without_language=1)
    assert await numbers(pool) == []

    await handle(pool, person(LIBRARY), at(1))
    assert await waiting(pool) == drafts.Waiting(ready=1, failed=0, without_address=0, without_language=0)
    await issue_all(desk)
    assert await numbers(pool) == ["LN-2027-0001"]


async def waiting(pool: Pool) -> drafts.Waiting:
    async with pool.acquire() as connection:
        return await drafts.waiting(connection)


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_whatever_topic_comes_first_the_same_document_is_issued(pool: Pool, order: Sequence[int]) -> None:
    messages = [enrolment(FULL), organisation(LIBRARY), person(LIBRARY, "en")]
    for place in order:
        await handle(pool, messages[place], at(1))
        await handle(pool, messages[place], at(1))
        await issue_all(RealDesk(pool))

    content = await pool.fetchval("SELECT string_agg(convert_from(content, 'UTF8'), '|') FROM document_files")
    assert content == "%PDF LN-2027-0001 en Stichting Openbare Bibliotheek Rivierenland"


async def test_an_older_address_or_language_changes_nothing(pool: Pool) -> None:
    newer = organisation(LIBRARY).model_copy(update={"legal_name": "Nieuw"})
    await handle(pool, newer, at(2))
    await handle(pool, organisation(LIBRARY), at(1))
    await handle(pool, person(LIBRARY, "en"), at(2))
    await handle(pool, person(LIBRARY, "nl"), at(1))
    await agreed(pool, 1, FULL)
    await issue_all(RealDesk(pool))
    assert await pool.fetchval("SELECT content FROM document_files") == b"%PDF LN-2027-0001 en Nieuw"


async def test_a_withdrawal_is_credited_with_the_whole_account_in_the_event(pool: Pool) -> None:
    desk = RealDesk(pool)
    await known(pool, LIBRARY, FUND)
    await agreed(pool, 1, {LIBRARY: {"course": 200_000}, FUND: {"course": 150_000}})
    await issue_all(desk)
    await agreed(pool, 1, {LIBRARY: {"course": 50_000}, FUND: {"course": 0}}, sequence=2)
    await issue_all(desk)

    account = json.loads((await told(pool, "spn.billing.events"))[-1][1])
    assert (account["owed_cents"], account["invoiced_cents"], account["credited_cents"]) == (50_000, 350_000, 300_000)
    assert [(d["number"], d["refers_to"], d["total_excl_cents"]) for d in account["documents"]] == [
        ("LN-2027-0001", None, 150_000),
        ("LN-2027-0002", None, 200_000),
        ("LN-2027-0003", "LN-2027-0001", 150_000),
        ("LN-2027-0004", "LN-2027-0002", 150_000),
    ]
    assert account["document"]["contact_id"] == str(contact_of(LIBRARY))


@pytest.mark.parametrize("topic", POLICIES.topics)
async def test_nothing_is_issued_before_the_topics_are_read_up(pool: Pool, topic: str) -> None:
    """A withdrawal that waits to be read would at once be credited, a new address come too late."""
    await known(pool, LIBRARY)
    await agreed(pool, 1, FULL)
    desk = RealDesk(pool, unread={topic})
    await issue_all(desk)
    assert await numbers(pool) == []

    desk.unread.clear()
    await issue_all(desk)
    assert await numbers(pool) == in_a_row(1)


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


async def test_a_draft_that_cannot_be_rendered_costs_no_number_and_is_tried_again_later(pool: Pool) -> None:
    await known(pool, LIBRARY, FUND)
    for number in range(3):
        await agreed(pool, number, {FUND if number == 1 else LIBRARY: {"course": 100}})
    broken = {FUND}

    async def fail(paper: Mapping[str, Any]) -> None:
        if broken and paper["lines"][0]["amount_cents"] == 100 and paper["number"] == "LN-2027-0002":
            broken.clear()
            raise RenderError("TypstError: no")

    await issue_all(RealDesk(pool), issuer(PlainRenderer(fail)))
    assert await numbers(pool) == in_a_row(2)
    assert (await waiting(pool)) == drafts.Waiting(ready=1, failed=1, without_address=0, without_language=0)
    row = await pool.fetchrow("SELECT attempts, error, retry_at > now() + interval '4 s' AS later FROM drafts")
    assert row is not None
    assert (row["attempts"], row["error"], row["later"]) == (1, "RenderError: TypstError: no", True)

    await pool.execute("UPDATE drafts SET retry_at = now()")
    await issue_all(RealDesk(pool))
    assert await numbers(pool) == in_a_row(3)


async def test_what_was_made_before_the_renderer_was_lost_is_issued_at_once(pool: Pool) -> None:
    await known(pool, LIBRARY)
    for number in range(4):
        await agreed(pool, number, FULL)

    lost: list[str] = []

    async def lose(paper: Mapping[str, Any]) -> None:
        if paper["number"] == "LN-2027-0003" and not lost:
            lost.append(paper["number"])
            raise RendererLost("no document after 20 s")

    worker = issuer(PlainRenderer(lose))
    assert await worker.work(RealDesk(pool))
    assert await numbers(pool) == in_a_row(2)
    assert (await waiting(pool)) == drafts.Waiting(ready=2, failed=1, without_address=0, without_language=0)


async def test_a_line_without_a_vat_rule_keeps_its_draft_and_no_other(pool: Pool) -> None:
    await known(pool, LIBRARY)
    await agreed(pool, 1, {LIBRARY: {"reader": 12_500}})
    await agreed(pool, 2, {LIBRARY: {"coaching": 12_500}})
    some = VatTable(tuple(rule for rule in TERMS.vat.rules if rule.nature == "coaching"), crkbo=True)

    await issue_all(RealDesk(pool), issuer(terms=replace(TERMS, vat=some)))

    assert await numbers(pool) == in_a_row(1)
    assert "no VAT rule for materials" in await pool.fetchval("SELECT error FROM drafts")


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


class Choosy(RealDesk):
    """Cannot tell anything of one enrolment, as when its events were too large."""

    async def tell(self, connection: Connection, outgoing: Sequence[Outgoing], because: Envelope | None) -> None:
        if outgoing[0].key == str(enrolment_id(2)):
            raise ContractError("the event is too large")
        await super().tell(connection, outgoing, because)


async def test_an_account_that_cannot_be_told_is_put_off_alone(pool: Pool) -> None:
    await known(pool, LIBRARY)
    for number in range(6):
        await agreed(pool, number, FULL)

    await issue_all(Choosy(pool))

    assert await numbers(pool) == in_a_row(5)
    row = await pool.fetchrow("SELECT enrolment_id, error FROM drafts")
    assert row is not None
    assert (row["enrolment_id"], row["error"]) == (enrolment_id(2), "ContractError: the event is too large")


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


async def test_an_issued_document_cannot_be_changed_by_any_statement(pool: Pool) -> None:
    await known(pool, LIBRARY)
    await agreed(pool, 1, FULL)
    await issue_all(RealDesk(pool))
    for statement in ("UPDATE documents SET issued_on = issued_on + 1", "UPDATE document_files SET content = ''"):
        with pytest.raises(asyncpg.RaiseError, match="final"):
            await pool.execute(statement)
