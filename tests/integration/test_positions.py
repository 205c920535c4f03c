"""The database and the log may come to contradict each other: loudly, and with a way out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import confluent_kafka
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import CommitFailedError, CorruptRecordException, GroupAuthorizationFailedError
from aiokafka.protocol.commit import OffsetFetchRequest

from spn.messaging import commits, outbox, subscription
from spn.messaging.commits import Commits
from spn.messaging.envelope import Record
from spn.messaging.offsets import Position, PositionError
from spn.messaging.operations import rewind_to
from spn.messaging.subscription import Subscription
from spn.messaging.tally import Tally
from spn.running import running
from spn.service import Service
from spn.testing.waiting import eventually
from spn_local.topics.cluster import KafkaAdmin
from tests.integration.toys import Toy
from tests.toy.parts import COUNTED

STATE = "SELECT counter_id, total FROM counters WHERE counter_id NOT LIKE 'copy%' ORDER BY 1"


async def counters(service: Toy) -> dict[str, int]:
    return {r[0]: r[1] for r in await service.pool.fetch(STATE)}


async def empty(service: Toy) -> None:
    """As after a disaster: the tables are there, with nothing in them."""
    rows = await service.pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    tables = ", ".join(r[0] for r in rows if r[0] != "migrations")
    await service.pool.execute(f"TRUNCATE {tables} RESTART IDENTITY")


async def until_committed(service: Toy, topic: str, total: int) -> None:
    """Wait until the group knows that all is handled."""

    async def all_known() -> bool:
        return sum((await service.bus.committed(f"{service.name}.{topic}", topic)).values()) == total

    await eventually(all_known, "the offsets are committed", every=0.2)


async def why_it_stops(service: Toy) -> str:
    """Start a replica that is to stop by itself; what it says."""
    replica = Service(service.parts, service.settings())
    async with running(replica):
        await eventually(replica.ended.is_set, "the replica ends by itself")
        assert "service" in await replica.live()
    assert isinstance(replica.why, PositionError)
    return str(replica.why)


async def handled(service: Toy, number: int) -> None:
    """A replica handles this many events more, commits, and tells what follows."""
    for n in range(number):
        await service.note(f"c{n % 5}", amount=n + 1)
    total = len(await service.entries("count_note")) + number
    async with service.running():
        await service.until_entries(total, "count_note")
        await until_committed(service, service.topic("notes"), total)
        await service.until_published()


async def test_an_emptied_database_with_committed_offsets_stops_loudly_and_rewind_brings_it_back(
    service: Toy,
) -> None:
    await handled(service, 20)
    before = await counters(service)
    await empty(service)
    said = await why_it_stops(service)
    assert "this database stores none" in said
    assert "rewind --to earliest" in said
    assert await service.entries() == []
    topics = list(service.parts.policies.topics)
    lines = await rewind_to(service.settings(), service.name, topics, Position.EARLIEST)
    assert lines[-2:] == [f"{t}: 4 partitions set to earliest" for t in topics]
    async with service.running(), service.bus.watch(service.topic("events")) as events:
        await service.until_entries(20, "count_note")
        await service.note("new")
        await service.until_entries(21, "count_note")
        seen = await events.count(41, COUNTED)
    assert await counters(service) == before | {"new": 1}
    assert len({e.sequence for e in seen}) == len({e.id for e in seen}) == 41, "a number told before is not used again"


async def test_a_database_that_is_emptied_under_a_running_replica_stops_it(service: Toy) -> None:
    """It knows where it was: without a word it would go on there, without its past."""
    await handled(service, 20)
    async with service.running() as replica:
        await empty(service)
        await eventually(replica.ended.is_set, "the replica ends by itself")
    assert isinstance(replica.why, PositionError)
    assert "this database stores none" in str(replica.why)


async def test_rewind_to_committed_goes_on_where_the_group_was(service: Toy) -> None:
    await handled(service, 20)
    await empty(service)
    await rewind_to(service.settings(), service.name, list(service.parts.policies.topics), Position.COMMITTED)
    async with service.running():
        await service.note("new")
        await service.until_entries(1, "count_note")
    assert await counters(service) == {"new": 1}


@pytest.fixture
def unable(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What coordinators will answer in place of what was committed, one a question. A real one does while it loads."""
    send: Any = AIOKafkaClient.send
    codes: list[int] = []

    async def sent(self: AIOKafkaClient, node: int, request: Any, **more: Any) -> Any:
        answer = await send(self, node, request, **more)
        if isinstance(request, OffsetFetchRequest) and codes:
            assert answer.error_code == 0
            answer.topics, answer.error_code = [], codes.pop(0)
        return answer

    monkeypatch.setattr(AIOKafkaClient, "send", sent)
    return codes


@pytest.mark.parametrize("code", [14, 15, 16], ids=["loads", "is not available", "is another one"])
async def test_a_coordinator_that_cannot_say_what_was_committed_is_asked_again(
    service: Toy, unable: list[int], code: int
) -> None:
    await handled(service, 20)
    await empty(service)
    unable += 2 * [code]
    await rewind_to(service.settings(), service.name, [service.topic("notes")], Position.COMMITTED)
    stored = await service.pool.fetch("SELECT partition, next_offset FROM consumer_offsets")
    assert unable == []
    committed = await service.bus.committed(f"{service.name}.{service.topic('notes')}", service.topic("notes"))
    assert {r[0]: r[1] for r in stored if r[1]} == {p: o for p, o in committed.items() if o > 0}


async def test_a_group_whose_offsets_may_not_be_read_is_not_taken_for_a_new_one(
    service: Toy, unable: list[int]
) -> None:
    unable += 10 * [GroupAuthorizationFailedError.errno]
    with pytest.raises(GroupAuthorizationFailedError):
        await rewind_to(service.settings(), service.name, [service.topic("notes")], Position.COMMITTED)
    assert await service.pool.fetch("SELECT FROM consumer_offsets") == []


async def test_a_restored_older_database_goes_on_from_its_own_offsets(service: Toy) -> None:
    await handled(service, 10)
    tables = ("counters", "entries", "inbox", "consumer_offsets")
    for table in tables:
        await service.pool.execute(f"CREATE TABLE saved_{table} AS TABLE {table}")
    await handled(service, 20)
    after = await counters(service)
    for table in tables:
        values = "OVERRIDING SYSTEM VALUE" if table == "entries" else ""
        await service.pool.execute(f"TRUNCATE {table}; INSERT INTO {table} {values} TABLE saved_{table}")
    assert await counters(service) != after
    async with service.running():
        await service.until_entries(20 + 10, "count_note")
    assert await counters(service) == after


async def recreate(service: Toy, topic: str) -> None:
    """Delete a topic and make one of the same name."""
    admin = KafkaAdmin(service.stack.kafka("admin"))
    await asyncio.to_thread(lambda: [f.result() for f in admin._client.delete_topics([topic]).values()])

    async def gone() -> bool:
        return topic not in (await asyncio.to_thread(admin._client.list_topics, None, 10)).topics

    await eventually(gone, "the topic is gone")
    await asyncio.to_thread(admin.create_topic, topic, 4, {})


async def test_a_topic_that_was_made_anew_stops_a_service_that_starts(service: Toy) -> None:
    await handled(service, 20)
    await recreate(service, service.topic("notes"))
    assert "was it made anew?" in await why_it_stops(service)


async def test_a_topic_that_was_made_anew_stops_a_running_service(service: Toy) -> None:
    await handled(service, 20)
    async with service.running() as replica:
        partition, _ = await busiest(service)
        await recreate(service, service.topic("notes"))
        await service.note("new", partition=partition)
        await eventually(replica.ended.is_set, "the replica ends by itself", seconds=60)
    assert isinstance(replica.why, PositionError)
    assert "new" not in await counters(service)


async def busiest(service: Toy) -> tuple[int, int]:
    """The partition of notes with the most messages handled, and how many."""
    row = await service.pool.fetchrow(
        "SELECT partition, next_offset FROM consumer_offsets WHERE topic = $1 ORDER BY next_offset DESC LIMIT 1",
        service.topic("notes"),
    )
    assert row is not None
    return row[0], row[1]


async def test_a_client_that_was_thrown_back_goes_to_the_stored_position(service: Toy) -> None:
    """It does so without a word when its position is not on the log; what it reads there must not pass for known."""
    await handled(service, 20)
    async with service.running() as replica:
        consumer = replica.subscriptions[1].consumer
        assert consumer is not None
        partition, end = await busiest(service)
        place = TopicPartition(service.topic("notes"), partition)
        await eventually(lambda: partition in replica.subscriptions[1].places, "the partition is placed")
        consumer.seek(place, 0)
        await service.note("new", partition=partition)
        await service.until_entries(21, "count_note")
        assert await consumer.position(place) == end + 1
        assert (await replica.status())["counters"]["duplicates"] == 0


async def test_the_group_learns_what_was_handled_by_a_replica_that_was_killed_before_it_told(
    service: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when no message follows: else the lag that is seen from outside never goes."""

    async def die(*_: object) -> None:
        pass

    topic = service.topic("notes")
    for n in range(20):
        await service.note(f"c{n % 5}", amount=n + 1)
    with monkeypatch.context() as killed:
        killed.setattr(Commits, "commit", die)
        async with service.running():
            await service.until_entries(20, "count_note")
    assert sum((await service.bus.committed(f"{service.name}.{topic}", topic)).values()) == 0
    # A client that is placed before it reads has nothing to tell the group with.
    read: Any = Subscription._next_batch

    async def read_when_placed(self: Subscription, consumer: AIOKafkaConsumer) -> Any:
        await eventually(lambda: {*self.partitions} and {*self.partitions} <= self.places._placed, "placed", every=0.01)
        return await read(self, consumer)

    monkeypatch.setattr(Subscription, "_next_batch", read_when_placed)
    async with service.running() as replica:
        await until_committed(service, topic, 20)
        assert (await replica.status())["counters"]["duplicates"] == 0


async def test_a_commit_that_the_group_did_not_take_is_told_again(
    service: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit: Any = AIOKafkaConsumer.commit
    refused: list[Any] = []

    async def refuse_once(self: AIOKafkaConsumer, offsets: Any = None) -> None:
        if not refused:
            refused.append(offsets)
            raise CommitFailedError
        await commit(self, offsets)

    monkeypatch.setattr(AIOKafkaConsumer, "commit", refuse_once)
    await handled(service, 1)
    assert refused


async def test_while_the_group_assigns_anew_nothing_is_told_of_what_may_be_given_away(
    service: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client is a member of the new assignment before it knows it: what it says then is taken."""
    monkeypatch.setattr(commits, "TOLD_AGAIN_SECONDS", 0)
    await handled(service, 20)
    async with service.running() as replica:
        one = replica.subscriptions[1]
        consumer: Any = one.consumer
        await eventually(lambda: set(range(4)) <= one.places._placed, "all is placed")
        learn, commit, confirm = consumer._coordinator._on_join_complete, consumer.commit, one.places.confirm
        joined, go_on, told, ticks = asyncio.Event(), asyncio.Event(), list[Any](), 0

        async def wait(*asked: Any) -> None:
            joined.set()
            await go_on.wait()
            await learn(*asked)

        async def noted(offsets: Any) -> None:
            told.append(offsets)
            await commit(offsets)

        async def ticked() -> None:
            nonlocal ticks
            ticks += 1
            await confirm()

        monkeypatch.setattr(consumer._coordinator, "_on_join_complete", wait)
        consumer._coordinator.request_rejoin()
        await joined.wait()
        monkeypatch.setattr(consumer, "commit", noted)
        monkeypatch.setattr(one.places, "confirm", ticked)
        await eventually(lambda: ticks > 2, "it has had the time to")
        assert (told, one.places._placed) == ([], set())
        go_on.set()
        await eventually(lambda: told, "the group is told once it has assigned")


async def test_a_group_that_was_set_back_is_told_again_without_another_record(
    service: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a former owner, say, whose client sent its last commit anew after the group had assigned anew."""
    await handled(service, 20)
    monkeypatch.setattr(commits, "TOLD_AGAIN_SECONDS", 0.1)
    async with service.running() as replica:
        topic, consumer = service.topic("notes"), replica.subscriptions[1].consumer
        assert consumer is not None
        partition, _ = await busiest(service)
        await eventually(lambda: partition in replica.subscriptions[1].places, "the partition is placed")
        await consumer.commit({TopicPartition(topic, partition): 0})
        await until_committed(service, topic, 20)


async def test_what_a_client_read_and_did_not_hand_over_is_read_again(
    service: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the records of one partition are spoiled on their way and those of another were taken just before."""
    await handled(service, 20)
    async with service.running() as replica:
        consumer = replica.subscriptions[1].consumer
        assert consumer is not None
        partition, _ = await busiest(service)
        await eventually(lambda: partition in replica.subscriptions[1].places, "the partition is placed")
        getmany, lost = consumer.getmany, 0

        async def spoiled_once(**asked: Any) -> Any:
            nonlocal lost
            found = await getmany(**asked)
            if found and not lost:
                lost = sum(map(len, found.values()))
                raise CorruptRecordException
            return found

        monkeypatch.setattr(consumer, "getmany", spoiled_once)
        for _ in range(3):
            await service.note("new", partition=partition)
        await service.until_entries(23, "count_note")
    assert lost


async def test_messages_that_were_removed_while_the_service_runs_stop_it(service: Toy) -> None:
    await handled(service, 20)
    async with service.running() as replica:
        consumer = replica.subscriptions[1].consumer
        assert consumer is not None
        partition, end = await busiest(service)
        place = TopicPartition(service.topic("notes"), partition)
        await eventually(lambda: partition in replica.subscriptions[1].places, "the partition is placed")
        consumer.pause(place)
        for _ in range(3):
            await service.note("unread", partition=partition)
        await remove_until(service, {partition: end + 2})
        consumer.resume(place)
        await eventually(replica.ended.is_set, "the replica ends by itself")
    assert "removed unread" in str(replica.why)
    assert "unread" not in await counters(service)


async def test_messages_that_were_removed_unread_stop_the_service(service: Toy) -> None:
    await handled(service, 20)
    for n in range(8):
        await service.note("unread", partition=n % 4)
    await remove_until(service, dict.fromkeys(range(4), confluent_kafka.OFFSET_END))
    assert "removed unread" in await why_it_stops(service)


async def remove_until(service: Toy, offsets: dict[int, int]) -> None:
    """What retention does."""
    admin: Any = KafkaAdmin(service.stack.kafka("admin"))._client
    places = [confluent_kafka.TopicPartition(service.topic("notes"), p, offset) for p, offset in offsets.items()]
    await asyncio.to_thread(lambda: [f.result() for f in admin.delete_records(places).values()])


async def test_republish_makes_an_emptied_reader_whole_with_the_same_ids_and_sequences(service: Toy) -> None:
    """The owner tells the newest of each aggregate again, and a reader that knows nothing ends with the same."""
    async with service.running(), service.bus.watch(service.topic("events")) as events:
        for n in range(12):
            await service.note(f"c{n % 3}", amount=n + 1)
        first = await events.count(12, COUNTED)
        newest = {e.data["counter_id"]: e for e in sorted(first, key=lambda e: e.sequence)}
        async with service.pool.acquire() as connection, connection.transaction():
            assert await outbox.republish(connection) == 3
            await outbox.wake(connection)
        again = (await events.count(15, COUNTED))[12:]
    assert {(e.id, e.sequence, e.headers["ce_time"], e.value) for e in again} == {
        (e.id, e.sequence, e.headers["ce_time"], e.value) for e in newest.values()
    }
    assert {e.data["counter_id"]: e.data["total"] for e in again} == await counters(service)


@pytest.mark.parametrize("stored", [{}, {0: 3}])
async def test_a_partition_that_is_new_is_read_from_its_beginning(service: Toy, stored: dict[int, int]) -> None:
    for partition in range(4):
        await service.note("c", partition=partition, amount=10**partition)
    for partition, offset in stored.items():
        for _ in range(3):
            await service.note("c", partition=partition, amount=7)
        await service.pool.execute(
            "INSERT INTO consumer_offsets VALUES ($1, $2, $3)", service.topic("notes"), partition, offset
        )
    async with service.running():
        await eventually(lambda: amounts(service, stored), "all that was not handled is handled")


async def amounts(service: Toy, stored: dict[int, int]) -> bool:
    found = sorted(e["amount"] for e in await service.entries("count_note"))
    return found == ([7, 10, 100, 1000] if stored else [1, 10, 100, 1000])


async def test_a_batch_that_waits_while_the_client_is_sent_back_does_not_hide_what_failed(
    service: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first batch fails. Before the second one, that is read already, has its turn, the tick seeks back."""
    monkeypatch.setattr(subscription, "BACKOFF_SECONDS_MAX", 0.0)
    monkeypatch.setattr(subscription, "TICK_SECONDS", 0.01)
    async with service.running() as replica:
        notes = replica.subscriptions[1]
        handle, failed = replica.pipeline.handle, asyncio.Event()

        async def fail_once(records: Sequence[Record]) -> Tally:
            if failed.is_set():
                return await handle(records)
            second = TopicPartition(notes.topic, records[0].partition)
            await service.note("c", note="second", partition=records[0].partition)
            await eventually(lambda: (notes.consumer.highwater(second) or 0) == 2, "the second is read")  # type: ignore[union-attr]
            await eventually(lambda: notes._turn._waiters, "the tick waits for its turn")
            failed.set()
            raise RuntimeError("a bug")

        monkeypatch.setattr(replica.pipeline, "handle", fail_once)
        await service.note("c", note="first", partition=0)
        entries = await service.until_entries(2, "count_note")
    assert [entry["note"] for entry in entries] == ["first", "second"]
