"""More than can be taken: who is sent away hears so at once, and when to come back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.tests.conftest import Logs, Pool
from shared.tests.speaking import GOOD, PATH, client
from shared.tests.test_edge import impatient
from spn.clock import SystemClock
from spn.messaging import turns
from spn.messaging.admission import Limits
from spn.messaging.edge import Edge
from spn.testing.bench import Bench
from spn.testing.waiting import eventually
from tests.toy.parts import ADD

__all__ = ["impatient"]


def edge_of(pool: Pool, **limits: int) -> Edge:
    return Edge(pool, SystemClock(), "/toy", Limits(**limits))


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].rpartition(":")[2], answer.headers["retry-after"]


async def test_one_request_too_many_gets_503_at_once_and_the_others_their_answer(pool: Pool, bench: Bench) -> None:
    edge = edge_of(pool, requests_max=20)
    async with client(edge) as http:
        answers = await asyncio.gather(*(http.post(PATH, json=GOOD) for _ in range(100)))
    refused = [refusal(a) for a in answers if a.status_code != 202]
    assert refused == [(503, "busy", "1")] * 80
    assert len(await bench.told()) == 20
    assert edge.admission.inside == 0


async def test_while_too_many_wait_for_their_answer_a_new_command_gets_429(
    pool: Pool, bench: Bench, logs: Logs
) -> None:
    edge = edge_of(pool, backlog_max=3)
    async with client(edge) as http, hearing(edge, pool):
        first = [await http.post(PATH, json=GOOD) for _ in range(3)]
        assert [a.status_code for a in first] == [202] * 3
        assert refusal(await http.post(PATH, json=GOOD)) == (429, "backlog", "5")
        assert (await http.get(first[0].json()["href"])).status_code == 202, "who has one may ask for it"
        for told in await bench.told():
            await bench.handle(logs.commands.append("g", ADD, GOOD, id_=told.id))
        await eventually(lambda: edge.admission.backlog == 0, "it is seen that they are answered")
        assert (await http.post(PATH, json=GOOD)).status_code == 202


async def test_the_backlog_is_that_of_all_replicas_and_leaves_out_what_waits_behind_a_dead_letter(pool: Pool) -> None:
    one, other = edge_of(pool, backlog_max=10), edge_of(pool, backlog_max=10)
    async with client(one) as http, hearing(other, pool):
        for _ in range(4):
            await http.post(PATH, json=GOOD)
        await eventually(lambda: other.admission.backlog == 4, "the other replica sees them")
        await pool.execute("UPDATE http_commands SET created_at = created_at - interval '11 minutes'")
        await eventually(lambda: other.admission.backlog == 0, "they are taken for stuck")


@asynccontextmanager
async def hearing(edge: Edge, pool: Pool) -> AsyncIterator[None]:
    """The edge looks at the database."""
    async with pool.acquire() as connection:
        task = asyncio.create_task(edge._hand_out(connection))
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_database_that_stands_still_is_503_for_everybody_in_time(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "TURN_SECONDS_MAX", 0.3)
    monkeypatch.setattr(turns, "WORK_SECONDS_MAX", 0.6)
    edge = edge_of(pool)
    async with pool.acquire() as other, other.transaction(), client(edge) as http:
        await other.execute("LOCK TABLE http_commands")
        async with asyncio.timeout(5):
            asked: list[Any] = [http.post(PATH, json=GOOD) for _ in range(20)]
            asked += [http.get(f"/v1/commands/{uuid4()}") for _ in range(20)]
            answers = await asyncio.gather(*asked)
        assert {refusal(a) for a in answers} == {(503, "busy", "2")}
        assert await pool.fetchval("SELECT 1", timeout=1) == 1, "others still get a connection"


async def test_the_metrics_tell_who_was_sent_away(pool: Pool) -> None:
    edge = edge_of(pool, requests_max=1, backlog_max=1)
    async with client(edge) as http:
        await asyncio.gather(*(http.post(PATH, json=GOOD) for _ in range(3)))
        await http.post(PATH, json=GOOD)
    found = {(s.name, *s.labels.values()): s.value for m in edge.admission.collect() for s in m.samples}
    assert found[("spn_http_refused_total", "requests")] == 2
    assert found[("spn_http_refused_total", "backlog")] == 1
