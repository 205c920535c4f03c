"""What fails costs its own draft some time, never a number and never the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import asyncpg

from billing.documents.renderer import RendererLost, RenderError
from billing.domain.vat import VatTable
from billing.store import drafts
from services.billing.tests.builders import FUND, LIBRARY
from services.billing.tests.desk import (
    TERMS,
    PlainRenderer,
    RealDesk,
    agreed,
    enrolment_id,
    in_a_row,
    issue_all,
    issuer,
    known,
    numbers,
    waiting,
)
from spn.messaging.contract import Outgoing
from spn.messaging.envelope import ContractError, Envelope
from spn.messaging.policies import Connection

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
FULL = {LIBRARY: {"course": 350_000, "coaching": 150_000}}


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
