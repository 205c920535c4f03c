"""A running service and its topics."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from aiokafka.consumer import fetcher
from aiokafka.record.memory_records import MemoryRecords

from spn.messaging import dead_letters
from spn.messaging.partitions import partition_of
from spn.messaging.reading import records_until_now
from spn.testing.records import headers_for
from spn.testing.waiting import eventually
from tests.integration.toys import Toy
from tests.toy.parts import ANSWERED, COUNTED, NOTE

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_a_new_group_sees_what_was_told_before_it_was_there(service: Toy) -> None:
    for number in range(20):
        await service.note(f"c{number % 5}", amount=number + 1)
    async with service.running():
        entries = await service.until_entries(40)
    assert sorted(e["amount"] for e in entries if e["handler"] == "count_note") == list(range(1, 21))


async def test_a_command_leads_to_its_events_and_one_answer_with_the_trace_of_who_asked(service: Toy) -> None:
    async with service.running(), service.bus.watch(service.topic("events")) as events:
        await service.add("c", amount=3, traceparent=TRACE)
        counted, answer = await events.count(2)
    assert (counted.type, answer.type) == (COUNTED, ANSWERED)
    assert (counted.key, counted.headers["ce_subject"], counted.data["total"]) == ("g", "c", 3)
    assert (answer.data["outcome"], answer.data["state"]) == ("done", "3")
    assert [counted.sequence, answer.sequence] == [1, 2]
    assert counted.headers["ce_sequence"] == "1".zfill(20)
    assert counted.headers["traceparent"].split("-")[1] == TRACE.split("-")[1]
    assert counted.headers["ce_specversion"] == "1.0"
    assert counted.headers["content-type"] == "application/json"


async def test_the_append_time_that_the_broker_gave_is_the_moment_of_a_command(service: Toy) -> None:
    yesterday = int((datetime.now(UTC) - timedelta(days=1)).timestamp() * 1000)
    value = b'{"group_id": "g", "counter_id": "c"}'
    headers = headers_for("counter.add.v1", time=datetime.now(UTC) - timedelta(days=2))
    await service.bus.raw(service.topic("commands"), b"g", value, headers, timestamp_ms=yesterday)
    (record,) = await service.bus.read(service.topic("commands"))
    assert datetime.now(UTC) - record.at < timedelta(minutes=5)
    async with service.running():
        (entry,) = await service.until_entries(1)
    assert entry["at"] == record.at


async def test_a_header_that_is_not_utf_8_does_not_take_its_batch_along(service: Toy) -> None:
    """FastStream's own parser skips the whole batch; all of these are on one partition and come as one batch."""
    good = b'{"group_id": "g", "counter_id": "c"}'
    topic = service.topic("notes")
    bad = [
        [*headers_for(NOTE), ("ce_type", b"\xff\xfe")],
        [*headers_for(NOTE), ("ce_source", None)],
        [*headers_for(NOTE), ("content-type", b"\xe9")],
        [("correlation_id", b"\xff"), ("reply_to", b"somewhere"), *headers_for(NOTE)],
    ]
    for headers in bad:
        await service.bus.raw(topic, b"c", good, headers_for(NOTE), partition=0)
        await service.bus.raw(topic, b"c", good, headers, partition=0)
    for value in (b"no json", b"[1]", b'{"group_id": 1}', None, good[:-1] + b',"note":"' + b"x" * 1_000_000 + b'"}'):
        await service.bus.raw(topic, b"c", value, headers_for(NOTE), partition=0)
    await service.bus.raw(topic, b"c", good, headers_for(NOTE), partition=0)
    async with service.running() as replica, service.bus.watch(f"spn.{service.name}.dead-letters") as letters:
        entries = await service.until_entries(6, "count_note")
        told = await letters.count(8)
        assert (await replica.status())["counters"]["dead_letters"] == 8
        assert (await replica.status())["dead_letters"] == {"open": 8, "parked": 0}
    assert len(entries) == 6  # the stranger's headers, of the fourth, are nobody's business
    assert [t.data["offset"] for t in told] == [1, 3, 5, 8, 9, 10, 11, 12]
    assert all(b"group_id" not in t.value for t in told)


async def test_a_header_whose_name_is_not_utf_8_does_not_stop_its_topic(
    service: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client cannot read such a record: it would come to a stop before it, with all of its partitions, for ever."""
    topic, good = service.topic("notes"), b'{"group_id": "g", "counter_id": "c"}'
    for compressed in (False, True):
        for name in (b"x-\xff\xfe", b"ce_\x80"):
            await service.bus.misnamed(topic, b"c", good, headers_for(NOTE), name, partition=0, compressed=compressed)
            await service.bus.misnamed(topic, b"c", b"no json", headers_for(NOTE), name, partition=0)
            await service.bus.raw(topic, b"c", good, headers_for(NOTE), partition=0)
            await service.bus.raw(topic, b"d", good, headers_for(NOTE), partition=1)
    async with service.running(), service.bus.watch(f"spn.{service.name}.dead-letters") as letters:
        await service.until_entries(12, "count_note")
        told = await letters.count(4)
        await service.note("after", partition=0)
        await service.until_entries(13, "count_note")
    assert [t.data["offset"] for t in told] == [1, 4, 7, 10]
    monkeypatch.setattr(fetcher, "MemoryRecords", MemoryRecords)  # as in a process that only reads
    names = [name async for r in records_until_now(service.settings(), topic) for name, _ in r.headers]
    assert {n for n in names if "\ufffd" in n} == {"x-\ufffd\ufffd", "ce_\ufffd"}


async def test_a_misrouted_command_is_put_right_counted_and_answered_once(service: Toy) -> None:
    elsewhere = (partition_of(b"g", 4) + 1) % 4
    async with service.running() as replica, service.bus.watch(service.topic("events")) as events:
        await service.add("c", partition=elsewhere, id_=uuid4())
        await events.count(1, ANSWERED)
        assert (await replica.status())["counters"]["misrouted"] == 1
        commands = {c.partition: c for c in await service.bus.read(service.topic("commands"))}
    right = commands[partition_of(b"g", 4)]
    assert commands.keys() == {elsewhere, right.partition}
    assert commands[elsewhere].headers == right.headers
    (entry,) = await service.entries()
    assert entry["at"] == right.at


async def test_the_same_id_on_two_partitions_has_its_effect_once(service: Toy) -> None:
    id_ = uuid4()
    async with service.running("0"), service.running("1"):
        for partition in range(4):
            await service.note("c", partition=partition, id_=id_)
        for partition in range(4):
            await service.note("last", key=str(partition), partition=partition)
        await eventually(lambda: _total(service, "last", 4), "all partitions are read")
    assert await _total(service, "c", 1)


async def _total(service: Toy, counter: str, number: int) -> bool:
    return len(await service.entries("count_note", counter)) == number


async def test_a_running_service_replays_what_it_is_asked_in_the_decision_that_failed(
    service: Toy, sick: set[tuple[str, str]]
) -> None:
    sick.update({("copy_note", "c"), ("add", "bad")})
    async with service.running(), service.bus.watch(service.topic("events")) as events:
        await service.note("c")
        for number in range(3):
            await service.add("bad", note=str(number))
        await service.add("good")
        await events.count(1, ANSWERED)
        await eventually(lambda: _letters(service, 4), "four letters")
        sick.clear()
        async with service.pool.acquire() as connection:
            for letter in await connection.fetch("SELECT id FROM dead_letters WHERE NOT parked"):
                await dead_letters.ask_replay(connection, letter["id"], "cured")
        await eventually(lambda: _letters(service, 0), "all letters are replayed")
        answers = await events.count(4, ANSWERED)
    assert len({a.data["command_id"] for a in answers}) == 4
    assert [e["note"] for e in await service.entries("add", "bad")] == ["0", "1", "2"]
    assert [e["handler"] for e in await service.entries("%note")] == ["count_note", "copy_note"]


async def _letters(service: Toy, number: int) -> bool:
    return bool(await service.pool.fetchval("SELECT count(*) = $1 FROM dead_letters", number))


async def test_deadlines_fire_once_with_two_replicas_as_decision_and_as_command(service: Toy) -> None:
    async with (
        service.running("0") as one,
        service.running("1") as two,
        service.bus.watch(service.topic("events")) as watch,
    ):
        for number in range(10):
            await service.add(f"c{number}", ring_in=0.5, tick_in=0.5, group=f"g{number}")
        await service.until_entries(30)
        await watch.count(10 + 10 + 20)  # counted by the command, counted by the bell, two answers
        assert [one.relay.state.leads, two.relay.state.leads].count(True) == 1
    for handler in ("add", "ring", "tick"):
        entries = await service.entries(handler)
        assert sorted(e["counter_id"] for e in entries) == sorted(f"c{n}" for n in range(10)), handler
