"""A command over HTTP: one per key, one answer for whoever waits, and nothing for strangers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.tests.conftest import Logs, Pool
from shared.tests.speaking import GOOD, KNOWN, PATH, READERS, client
from spn import commands_http
from spn.clock import SystemClock
from spn.commands_http import Posting, command_router
from spn.messaging.admission import Limits
from spn.messaging.edge import Beside, Edge, KeyReusedError
from spn.messaging.effects import ANSWER_CHANNEL
from spn.messaging.policies import Connection
from spn.rights.marks import MarkError
from spn.rights.roles import Role
from spn.testing.bench import Bench
from spn.testing.plugin import NewDatabase
from spn.testing.waiting import eventually
from tests.toy.messages import AddData, CommandAnswered
from tests.toy.parts import ADD


@pytest.fixture
async def edge(pool: Pool) -> AsyncIterator[Edge]:
    """An edge whose bell rings."""
    made = Edge(pool, SystemClock(), "/toy")

    def rung(*_: object) -> None:
        made._ring.set()

    async with pool.acquire() as connection:
        await connection.add_listener(ANSWER_CHANNEL, rung)
        hearing = asyncio.create_task(made._hand_out(connection))
        yield made
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
        await connection.remove_listener(ANSWER_CHANNEL, rung)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody here waits for an answer that does not come."""
    monkeypatch.setattr(commands_http, "WAIT_SECONDS", 0.05)


def add(**more: Any) -> AddData:
    command = KNOWN[ADD].model_validate(GOOD | more)
    assert isinstance(command, AddData)
    return command


async def decide(bench: Bench, logs: Logs, id_: UUID) -> None:
    """What the replica does that owns the partition."""
    await bench.handle(logs.commands.append("g", ADD, GOOD, id_=id_))


async def test_one_key_is_one_command_also_when_it_comes_twice_at_once(edge: Edge, bench: Bench) -> None:
    both = await asyncio.gather(*(edge.submit(add(), "key", None) for _ in range(2)))
    assert both[0] == both[1] == await edge.submit(add(), "key", None)
    assert [t.id for t in await bench.told()] == [str(both[0].command_id)]


async def test_a_key_with_another_body_is_refused(edge: Edge, bench: Bench) -> None:
    await edge.submit(add(), "key", None)
    with pytest.raises(KeyReusedError):
        await edge.submit(add(amount=2), "key", None)
    assert len(await bench.told()) == 1


async def test_the_answer_reaches_everybody_who_waits_also_after_one_gave_up(
    edge: Edge, bench: Bench, logs: Logs
) -> None:
    id_ = (await edge.submit(add(), "key", None)).command_id
    patient = [asyncio.create_task(edge.wait(id_, 20)) for _ in range(2)]
    assert await edge.wait(id_, 0.01) is None
    await decide(bench, logs, id_)
    assert [a and a["outcome"] for a in await asyncio.gather(*patient)] == ["done", "done"]
    assert edge._waiting == {}
    late = await edge.wait(id_, 20)
    assert late
    assert late["outcome"] == "done"


async def test_who_comes_when_too_many_wait_is_sent_on_with_a_link(edge: Edge, bench: Bench) -> None:
    edge.admission.limits = Limits(requests_max=1)
    async with client(edge) as http:
        answer = await http.post(PATH, json=GOOD)
    assert answer.status_code == 202
    assert len(await bench.told()) == 1


async def test_who_waits_when_the_process_is_told_to_stop_is_sent_on_at_once(edge: Edge) -> None:
    id_, ended = (await edge.submit(add(), "key", None)).command_id, asyncio.Event()
    ending = asyncio.create_task(edge.let_go(ended))
    waits = asyncio.create_task(edge.wait(id_, 60))
    await eventually(lambda: edge._waiting, "somebody waits")
    ended.set()
    assert await asyncio.wait_for(waits, 10) is None
    assert await asyncio.wait_for(edge.wait(id_, 60), 10) is None
    await ending


async def test_pending_is_202_with_a_link_and_later_the_answer(edge: Edge, bench: Bench, logs: Logs) -> None:
    async with client(edge) as http:
        pending = await http.post(PATH, json=GOOD, headers={"idempotency-key": "key"})
        link, id_ = pending.headers["location"], UUID(pending.json()["command_id"])
        assert (pending.status_code, pending.headers["retry-after"]) == (202, "1")
        for wait in ("", "?wait=nan", "?wait=-1", "?wait=soon"):
            assert (await http.get(link + wait)).status_code == 202
        await decide(bench, logs, id_)
        for answer in (await http.get(link), await http.post(PATH, json=GOOD, headers={"idempotency-key": "key"})):
            assert (answer.status_code, answer.json()["outcome"]) == (200, "done")


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer ", "Basic x", "Bearer x"])
async def test_a_stranger_learns_nothing(edge: Edge, bench: Bench, shown: str) -> None:
    async with client(edge) as http:
        asked = [http.post(PATH, json=GOOD), http.post("/v1/commands/x", json=1), http.get("/v1/commands/no-id?wait=x")]
        http.headers["authorization"] = shown
        assert [(await one).status_code for one in asked] == [401] * 3
    assert await bench.told() == []


async def test_each_command_is_for_the_roles_of_the_table_and_who_only_reads_posts_none(
    edge: Edge, bench: Bench
) -> None:
    looked = f"/v1/commands/{uuid4()}"
    for role, posted, seen in (("platform", 202, 404), ("auditor", 403, 404), ("organiser", 403, 403)):
        async with client(edge, role) as http:
            assert (await http.post(PATH, json=GOOD)).status_code == posted
            assert (await http.get(looked)).status_code == seen
    assert len(await bench.told()) == 1


async def test_who_may_not_read_all_sees_what_became_of_their_own_command_and_of_no_other(edge: Edge) -> None:
    both = dict.fromkeys(KNOWN.values(), (Role.PLATFORM, Role.ORGANISER))
    posting = Posting(both, READERS, CommandAnswered)
    async with client(edge, "platform", posting) as http:
        link = (await http.post(PATH, json=GOOD)).headers["location"]
    for role, seen in (("platform", 202), ("organiser", 404), ("auditor", 202)):
        async with client(edge, role, posting) as http:
            assert (await http.get(link)).status_code == seen, role


async def test_a_command_that_no_role_may_post_keeps_the_service_from_starting(edge: Edge) -> None:
    with pytest.raises(MarkError, match=f"no role may post {ADD}"):
        command_router(edge, KNOWN, Posting({}, READERS, CommandAnswered))


@pytest.mark.parametrize(
    ("path", "body", "problem"),
    [
        (PATH, b" " * 100_001, (413, "too-large")),
        (PATH, b"{", (400, "not-json")),
        (PATH, b'{"a": NaN}', (400, "not-json")),
        (PATH, json.dumps(GOOD | {"note": "\ud800"}).encode(), (400, "not-json")),
        (PATH, b"[" * 90_000, (400, "not-json")),
        (PATH, json.dumps(GOOD | {"amount": "many"}).encode(), (422, "invalid")),
        ("/v1/commands/counter.fly.v1", b"{}", (404, "unknown-type")),
    ],
)
async def test_what_is_wrong_is_a_problem_and_no_command(
    edge: Edge, bench: Bench, path: str, body: bytes, problem: tuple[int, str]
) -> None:
    async with client(edge) as http:
        answer = await http.post(path, content=body)
    assert (answer.status_code, answer.json()["type"]) == (problem[0], f"urn:spn:problem:{problem[1]}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert await bench.told() == []


async def test_an_id_that_is_none_and_an_id_of_nobody_are_unknown(edge: Edge) -> None:
    async with client(edge) as http:
        assert [(await http.get(f"/v1/commands/{i}")).status_code for i in ("x", uuid4())] == [404, 404]


@pytest.mark.parametrize("key", ["k" * 201, "nul\x00"])
async def test_a_key_that_no_column_should_hold_is_refused(edge: Edge, key: str) -> None:
    async with client(edge) as http:
        assert (await http.post(PATH, json=GOOD, headers={"idempotency-key": key})).status_code == 400


async def test_a_database_that_is_away_is_503_and_no_crash() -> None:
    class Away:
        def acquire(self, **_: Any) -> Any:
            raise ConnectionRefusedError

    async with client(Edge(Away(), SystemClock(), "/toy")) as http:  # type: ignore[arg-type]
        for answer in (await http.post(PATH, json=GOOD), await http.get(f"/v1/commands/{uuid4()}")):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


async def test_what_belongs_beside_a_command_is_stored_with_it_once_or_not_at_all(edge: Edge, pool: Pool) -> None:
    await pool.execute("CREATE TABLE beside (command_id uuid PRIMARY KEY)")

    async def store(connection: Connection, command_id: UUID) -> None:
        await connection.execute("INSERT INTO beside VALUES ($1)", command_id)

    async def fail(connection: Connection, command_id: UUID) -> None:
        await store(connection, command_id)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await edge.submit(add(), "k", None, Beside(b"a", fail))
    assert await pool.fetchval("SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM beside)") == 0
    first = await edge.submit(add(), "k", None, Beside(b"a", store))
    assert await edge.submit(add(), "k", None, Beside(b"a", store)) == first
    for other in (Beside(b"b", store), None):
        with pytest.raises(KeyReusedError):
            await edge.submit(add(), "k", None, other)
    assert await pool.fetchval("SELECT array_agg(command_id) FROM beside") == [first.command_id]


async def test_a_bell_whose_connection_breaks_off_in_the_middle_of_an_exchange_is_hung_up_anew(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing: Any = None
    edge, heard = Edge(nothing, SystemClock(), "/toy"), 0

    async def break_off(_: object) -> None:
        nonlocal heard
        heard += 1
        raise asyncpg.InternalClientError("got result for unknown protocol state 0")

    monkeypatch.setattr("spn.messaging.edge.POLL_SECONDS", 0.01)
    monkeypatch.setattr(edge, "_hand_out", break_off)
    async with new_database("tests.toy.migrations") as url:
        listening = asyncio.create_task(edge.listen(url))
        await eventually(lambda: heard > 1 or listening.done(), "it listens again")
        assert not listening.done()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
