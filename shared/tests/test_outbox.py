"""The outbox: order of ids is order of sequences, nothing unpublished is removed, telling again changes nothing."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime

import pytest

from shared.tests.conftest import Logs, Pool, new_bench
from spn.decision import Decision
from spn.loops import purge
from spn.messaging import outbox
from spn.messaging.contract import EventType
from spn.messaging.envelope import ContractError, event_id
from spn.messaging.outbox import Pending
from spn.messaging.policies import Policies, on
from spn.messaging.sequences import leap
from spn.settings import ServiceSettings
from spn.testing.bench import Bench, Told
from spn.testing.waiting import eventually
from tests.toy.counters import COUNTERS, Counted
from tests.toy.messages import CounterStands, NoteData
from tests.toy.parts import ADD, COUNTED, NOTE

EVENT = EventType(COUNTED, "toy.events", CounterStands, "group_id", "counter_id", "", ())


def event(group: str, counter: str = "c", total: int = 1) -> Pending:
    said = EVENT(CounterStands(group_id=group, counter_id=counter, total=total))
    return outbox.pending(said, source="/spn/toy", time=datetime.now(UTC), cause=None)


def by_key(told: list[Told]) -> dict[str, list[int]]:
    found = defaultdict(list)
    for one in told:
        found[one.key].append(one.sequence)
    return found


async def test_events_of_a_key_keep_the_order_of_their_sequences_under_concurrent_transactions(
    pool: Pool, logs: Logs
) -> None:
    """Many replicas at once, many groups a batch, in different orders: ids and sequences agree for every key."""
    benches = [new_bench(pool) for _ in range(6)]

    async def work(bench: Bench, number: int) -> None:
        for turn in range(8):
            groups = [f"g{(number * 3 + turn + i * 5) % 7}" for i in range(10)]
            records = [logs.commands.append(g, ADD, {"group_id": g, "counter_id": f"{g}-{number}"}) for g in groups]
            await bench.handle(*records)

    await asyncio.gather(*(work(bench, n) for n, bench in enumerate(benches)))
    told = await benches[0].told()
    assert len(told) == 6 * 8 * 10 * 2
    for key, sequences in by_key(told).items():
        assert sequences == list(range(1, len(sequences) + 1)), key
    assert all(t.id == str(event_id(t.topic, t.key, t.sequence)) for t in told)


async def test_an_event_waits_for_the_transaction_that_is_before_it_in_its_key(pool: Pool, bench: Bench) -> None:
    async with pool.acquire() as first, pool.acquire() as second:
        transaction = first.transaction()
        await transaction.start()
        await outbox.append(first, [event("g", total=1)])
        later = asyncio.create_task(outbox.append(second, [event("g", total=2)]))
        await eventually(lambda: is_waiting(pool), "the second transaction waits for the first")
        await transaction.commit()
        await later
    assert [(t.sequence, t.data["total"]) for t in await bench.told()] == [(1, 1), (2, 2)]


async def is_waiting(pool: Pool) -> bool:
    query = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid')"
    return bool(await pool.fetchval(query))


async def test_a_rolled_back_transaction_leaves_no_gap_in_the_sequences(pool: Pool, bench: Bench) -> None:
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await outbox.append(connection, [event("g")])
        await transaction.rollback()
        await outbox.append(connection, [event("g"), event("h"), event("g")])
    assert by_key(await bench.told()) == {"g": [1, 2], "h": [1]}


async def test_republish_tells_the_newest_of_each_aggregate_again_with_the_same_id_and_sequence(
    pool: Pool, bench: Bench
) -> None:
    async with pool.acquire() as connection:
        for total in (1, 2, 3):
            await outbox.append(connection, [event("g", "c", total), event("g", "d", total * 10)])
        before = {(t.data["counter_id"], t.data["total"]): t for t in await bench.told()}
        await connection.execute("DELETE FROM outbox")
        assert await outbox.republish(connection, "toy.other") == 0
        assert await outbox.republish(connection, "toy.events") == 2
        assert await bench.told() == [before["c", 3], before["d", 30]]


async def test_what_is_not_kept_is_not_told_again(pool: Pool, bench: Bench, logs: Logs) -> None:
    await bench.handle(logs.commands.append("g", ADD, {"group_id": "g", "counter_id": "c"}))
    assert len(await bench.told()) == 2
    async with pool.acquire() as connection:
        assert await outbox.republish(connection) == 1
    assert [t.type for t in (await bench.told())[2:]] == [COUNTED]


async def test_both_versions_of_an_event_are_told_with_one_id_and_sequence_newest_first(
    pool: Pool, bench: Bench
) -> None:
    data = CounterStands(group_id="g", counter_id="c", total=1)
    both = EVENT(data, ("counter.counted.v0", data))
    pending = outbox.pending(both, source="/spn/toy", time=datetime.now(UTC), cause=None)
    async with pool.acquire() as connection:
        await outbox.append(connection, [pending, event("g", "d")])
        told = await bench.told()
        await outbox.republish(connection)
    assert [(t.type, t.sequence) for t in told] == [(COUNTED, 1), ("counter.counted.v0", 1), (COUNTED, 2)]
    assert told[0].id == told[1].id
    assert (await bench.told())[3:] == told


async def test_an_event_that_is_too_large_is_the_decisions_fault_and_stops_nobody(bench: Bench, logs: Logs) -> None:
    with pytest.raises(ContractError, match="bytes, the limit is"):
        event("g", "x" * 1_000_000)

    class Note(NoteData):
        topic = "toy.notes"
        types = (NOTE,)

    def tell_much(state: object, note: Note, _: object) -> Decision[object]:
        return Decision(state, facts=(Counted(note.group_id, note.note * 100_000, 1),))

    rule = on(Note, tell_much, root=COUNTERS, keys=lambda n: [(n.counter_id,)])  # type: ignore[arg-type]
    policies = Policies(rule, tell=lambda f: [EVENT(CounterStands(group_id="g", counter_id=f.counter_id, total=1))])
    large = Bench("toy", policies, bench.pool)
    tally = await large.handle(
        *(logs.notes.append("g", NOTE, {"group_id": "g", "counter_id": "c", "note": n}) for n in ("x", "x" * 20, "y"))
    )
    assert (tally.messages, tally.dead_letters) == (3, 1)
    assert len(await bench.told(COUNTED)) == 2


async def test_purge_forgets_old_marks_and_never_what_is_unpublished(
    pool: Pool, bench: Bench, logs: Logs, settings: ServiceSettings
) -> None:
    await bench.handle(*(logs.commands.append("g", ADD, {"group_id": "g", "counter_id": "c"}) for _ in range(3)))
    for table, column in (("inbox", "seen_at"), ("outbox", "created_at")):
        await pool.execute(f"UPDATE {table} SET {column} = now() - interval '400 days'")
    await pool.execute(
        "INSERT INTO http_commands (idempotency_key, body_sha256, command_id, created_at, answer) VALUES "
        "('never', '', gen_random_uuid(), now() - interval '400 days', NULL), "
        "('waits', '', gen_random_uuid(), now() - interval '300 days', NULL), "
        "('old', '', gen_random_uuid(), now() - interval '40 days', '{}'), "
        "('new', '', gen_random_uuid(), now(), '{}')"
    )
    await bench.handle(logs.commands.append("g", ADD, {"group_id": "g", "counter_id": "c"}))
    told = await bench.told()
    await purge(pool, settings)
    assert await bench.told() == told
    assert await pool.fetchval("SELECT count(*) FROM inbox") == 1
    rows = await pool.fetch("SELECT idempotency_key FROM http_commands ORDER BY 1")
    assert [r[0] for r in rows] == ["new", "waits"]
    assert await pool.fetchval("SELECT count(*) FROM told") == 1
    assert await pool.fetchval("SELECT last FROM sequences") == 8


async def test_the_trace_and_the_cause_of_a_message_survive_the_outbox(bench: Bench, logs: Logs) -> None:
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    command = logs.commands.append(
        "g", ADD, {"group_id": "g", "counter_id": "c"}, traceparent=traceparent, correlation_id="the-journey"
    )
    await bench.handle(command)
    cause = dict(command.headers)["ce_id"]
    assert cause is not None
    spans = set()
    for told in await bench.told():
        version, trace, span, flags = told.headers["traceparent"].split("-")
        assert (version, trace, flags) == ("00", "0af7651916cd43dd8448eb211c80319c", "01")
        assert (told.headers["ce_correlationid"], told.headers["ce_causationid"]) == ("the-journey", cause.decode())
        spans.add(span)
    assert len(spans | {"b7ad6b7169203331"}) == 3


@pytest.mark.parametrize("traceparent", ["", "00-0-0-01", "00-" + "0" * 32 + "-b7ad6b7169203331-01", "ü"])
async def test_a_malformed_trace_is_left_behind_and_nothing_else(bench: Bench, logs: Logs, traceparent: str) -> None:
    await bench.handle(
        logs.commands.append("g", ADD, {"group_id": "g", "counter_id": "c"}, traceparent=traceparent or None)
    )
    told = await bench.told()
    assert len(told) == 2
    assert not any("traceparent" in t.headers for t in told)


async def test_after_an_emptied_database_no_number_is_told_twice(pool: Pool, logs: Logs) -> None:
    """Known keys jump by a million; a key that the backup did not know begins beyond all it can have told."""
    bench = new_bench(pool)
    await bench.handle(logs.commands.append("known", ADD, {"group_id": "known", "counter_id": "c"}))
    async with pool.acquire() as connection, connection.transaction():
        assert await leap(connection) >= 1

    await bench.handle(logs.commands.append("known", ADD, {"group_id": "known", "counter_id": "c"}))
    await bench.handle(logs.commands.append("lost", ADD, {"group_id": "lost", "counter_id": "c"}))
    await bench.handle(logs.commands.append("lost", ADD, {"group_id": "lost", "counter_id": "c"}))

    numbers = by_key(await bench.told())
    before = [n for n in numbers["known"] if n < 1_000_000]
    assert before
    assert min(n for n in numbers["known"] if n not in before) == before[-1] + 1_000_001
    assert min(numbers["lost"]) > datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000
    assert sorted(numbers["lost"]) == list(range(min(numbers["lost"]), min(numbers["lost"]) + len(numbers["lost"])))
