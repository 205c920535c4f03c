"""Each command ends in exactly one answer, whatever it looks like."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.tests.conftest import Logs
from spn.messaging import dead_letters
from spn.messaging.envelope import Record
from spn.messaging.partitions import partition_of
from spn.testing.bench import Bench, Told
from spn.testing.records import headers_for
from tests.toy.parts import ADD, ANSWERED, COUNTED

GOOD = {"group_id": "g", "counter_id": "c"}
ELSEWHERE = (partition_of(b"g", 4) + 1) % 4


def record(logs: Logs, value: bytes | Mapping[str, Any], *, id_: UUID, type_: str = ADD, key: str = "g") -> Record:
    return logs.commands.append(key, type_, value, id_=id_)


async def answers(bench: Bench) -> list[Told]:
    return await bench.told(ANSWERED)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ((GOOD, ADD, "g"), ("done", "added")),
        ((GOOD | {"amount": 0}, ADD, "g"), ("unchanged", "nothing")),
        ((GOOD | {"amount": -1}, ADD, "g"), ("refused", "negative")),
        ((b"no json", ADD, "g"), ("refused", "not-json")),
        ((b'{"a": NaN}', ADD, "g"), ("refused", "not-json")),
        ((b"[" * 100_000, ADD, "g"), ("refused", "not-json")),
        ((b"\xff\xfe", ADD, "g"), ("refused", "not-json")),
        ((b"[]", ADD, "g"), ("refused", "invalid")),
        ((GOOD | {"amount": "many"}, ADD, "g"), ("refused", "invalid")),
        ((GOOD | {"amonut": 3}, ADD, "g"), ("refused", "invalid")),
        ((b"x" * 1_000_001, ADD, "g"), ("refused", "invalid")),
        ((GOOD, "counter.fly.v1", "g"), ("refused", "unknown-type")),
        ((GOOD, "counter.add.v9", "g"), ("refused", "unknown-type")),
        ((GOOD, ADD, "h"), ("refused", "wrong-key")),
    ],
)
async def test_a_command_gets_one_answer_also_when_it_comes_again(
    bench: Bench, logs: Logs, command: tuple[Any, str, str], expected: tuple[str, str]
) -> None:
    value, type_, key = command
    asked = record(logs, value, id_=uuid4(), type_=type_, key=key)
    await bench.handle(asked, asked)
    await bench.handle(asked)
    (answer,) = await answers(bench)
    assert (answer.data["outcome"], answer.data["code"]) == expected
    assert answer.data["command_id"] == dict(asked.headers)["ce_id"].decode()  # type: ignore[union-attr]
    assert answer.headers["ce_causationid"] == answer.data["command_id"]
    assert answer.key == key
    assert await bench.letters() == []


async def test_two_commands_with_one_id_get_one_answer(bench: Bench, logs: Logs) -> None:
    id_ = uuid4()
    await bench.handle(record(logs, GOOD, id_=id_), record(logs, GOOD | {"amount": 5}, id_=id_))
    await bench.handle(record(logs, b"no json", id_=id_))
    assert [a.data["outcome"] for a in await answers(bench)] == ["done"]
    assert await bench.pool.fetchval("SELECT total FROM counters WHERE counter_id = 'c'") == 1


async def test_a_refusal_says_where_and_what_but_not_the_value(bench: Bench, logs: Logs) -> None:
    item = bench.pipeline.parser.parse(record(logs, GOOD | {"amount": "jan@example.nl"}, id_=uuid4()))
    said = getattr(item, "answer", None)
    assert said is not None
    assert "amount" in said.en
    assert "amount" in said.nl
    assert "jan@example.nl" not in said.en + said.nl


async def test_events_of_a_command_come_before_its_answer(bench: Bench, logs: Logs) -> None:
    await bench.handle(record(logs, GOOD, id_=uuid4()))
    assert [t.type for t in await bench.told()] == [COUNTED, ANSWERED]
    assert [t.sequence for t in await bench.told()] == [1, 2]


async def test_who_waits_over_http_finds_the_answer_in_its_row(bench: Bench, logs: Logs) -> None:
    id_ = uuid4()
    await bench.pool.execute(
        "INSERT INTO http_commands (idempotency_key, body_sha256, command_id) VALUES ('key', '', $1)", id_
    )
    await bench.handle(record(logs, GOOD, id_=id_))
    answer = json.loads(await bench.pool.fetchval("SELECT answer FROM http_commands"))
    assert (answer["command_id"], answer["outcome"]) == (str(id_), "done")


async def test_a_misrouted_command_goes_to_its_partition_untouched_and_is_not_decided_yet(
    bench: Bench, logs: Logs
) -> None:
    headers = tuple(headers_for(ADD))
    value = json.dumps(GOOD).encode()
    stranger = (("x-latin", b"\xe9"), ("x-null", None), ("x-fine", b"yes"))
    lost = logs.commands.raw(b"g", value, (*headers, *stranger), partition=ELSEWHERE)
    tally = await bench.handle(lost)
    assert (tally.misrouted, tally.dead_letters) == (1, 0)
    (row,) = await bench.told()
    assert (row.topic, row.key, row.value) == ("toy.commands", "g", value)
    assert row.headers == {n: v.decode() for n, v in headers if v is not None} | {"x-fine": "yes"}
    await bench.handle(logs.commands.raw(b"g", row.value, [(n, v.encode()) for n, v in row.headers.items()]))
    assert [a.data["outcome"] for a in await answers(bench)] == ["done"]


async def test_a_misrouted_command_that_came_twice_is_decided_once(bench: Bench, logs: Logs) -> None:
    lost = logs.commands.raw(b"g", json.dumps(GOOD).encode(), headers_for(ADD), partition=ELSEWHERE)
    await bench.handle(lost, lost)
    for row in await bench.told():
        await bench.handle(logs.commands.raw(b"g", row.value, [(n, v.encode()) for n, v in row.headers.items()]))
    assert len(await answers(bench)) == 1


async def test_a_letter_is_replayed_where_it_lies_also_when_the_topic_has_more_partitions_by_now(
    bench: Bench, logs: Logs, sick: set[tuple[str, str]]
) -> None:
    sick.add(("add", "c"))
    elsewhere = logs.commands.raw(b"g", json.dumps(GOOD).encode(), headers_for(ADD))
    await bench.handle(elsewhere)
    sick.clear()
    await bench.pool.execute("UPDATE dead_letters SET partition = $1", ELSEWHERE)
    (row,) = await bench.letters()
    assert await bench.pipeline.replay(dead_letters.from_row(row))
    assert [a.data["outcome"] for a in await answers(bench)] == ["done"]
