"""When a draft becomes a document, and what is told of it; on a real database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from itertools import permutations
from typing import TypeAlias

import asyncpg
import pytest

from billing.documents.renderer import Renderer
from billing.policies import POLICIES
from billing.store import drafts
from services.billing.tests.builders import FUND, LIBRARY, at, contact_of, enrolment, handle, organisation, person
from services.billing.tests.desk import (
    RealDesk,
    agreed,
    drafts_left,
    enrolment_id,
    in_a_row,
    issue_all,
    issuer,
    known,
    numbers,
    told,
    waiting,
)

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
FULL = {LIBRARY: {"course": 350_000, "coaching": 150_000}}


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


async def test_an_issued_document_cannot_be_changed_by_any_statement(pool: Pool) -> None:
    await known(pool, LIBRARY)
    await agreed(pool, 1, FULL)
    await issue_all(RealDesk(pool))
    for statement in ("UPDATE documents SET issued_on = issued_on + 1", "UPDATE document_files SET content = ''"):
        with pytest.raises(asyncpg.RaiseError, match="final"):
            await pool.execute(statement)
