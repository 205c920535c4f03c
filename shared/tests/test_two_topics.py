"""Whole-state events of two topics: however they come, the end is the same."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.tests.conftest import Logs, Pool, new_bench, new_id
from spn.messaging.envelope import Record, event_id
from spn.testing.bench import Bench
from spn.testing.records import TopicLog, headers_for
from tests.toy.parts import BILLED, PRICE, QUANTITY

# (topic, sequence) of the events of one bill; the newest of each topic is what counts.
EVENTS = [("prices", n) for n in (1, 2, 3)] + [("quantities", n) for n in (1, 2)]
END = 30 * 200


def event(logs: Logs, bill: str, topic: str, sequence: int) -> Record:
    """The same event each time it is asked for, at another place of the log."""
    log: TopicLog = getattr(logs, topic)
    field, type_ = ("price", PRICE) if topic == "prices" else ("quantity", QUANTITY)
    value = {"bill_id": bill, field: sequence * (10 if topic == "prices" else 100)}
    headers = headers_for(type_, id_=event_id(log.topic, bill, sequence), subject=bill, sequence=sequence)
    return log.raw(bill.encode(), json.dumps(value).encode(), headers)


async def state(pool: Pool, bill: str) -> tuple[Any, ...]:
    row = await pool.fetchrow(
        "SELECT price, price_seq, quantity, quantity_seq, told FROM bills WHERE bill_id = $1", bill
    )
    return tuple(row) if row else ()


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[list[tuple[str, int]]], tuple[str, int]]:
    """All events but one, in any order, some of them again, cut into batches; and the one that is missing."""
    missing = draw(st.sampled_from(EVENTS))
    there = [e for e in EVENTS if e != missing]
    again = draw(st.lists(st.sampled_from(there), max_size=4))
    order = draw(st.permutations(there + again))
    cuts = sorted(draw(st.sets(st.integers(1, len(order) - 1), max_size=3)))
    return [list(order[a:b]) for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)], missing


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(delivery=deliveries())
async def test_events_of_two_topics_in_any_order_doubled_one_missing_then_healed_end_in_the_same_state(
    pool: Pool, logs: Logs, delivery: tuple[list[list[tuple[str, int]]], tuple[str, int]]
) -> None:
    batches, missing = delivery
    bench, bill = new_bench(pool), new_id()
    for batch in batches:
        await bench.handle(*(event(logs, bill, *e) for e in batch))
    price = max(n for topic, n in EVENTS if topic == "prices" and (topic, n) != missing)
    quantity = max(n for topic, n in EVENTS if topic == "quantities" and (topic, n) != missing)
    known = (price * 10, price, quantity * 100, quantity, price * 10 * quantity * 100)
    assert await state(pool, bill) == known, "what is known is the newest that came"
    await bench.handle(event(logs, bill, *missing))
    assert await state(pool, bill) == (30, 3, 200, 2, END)
    totals = [t.data["total"] for t in await bench.told(BILLED) if t.data["bill_id"] == bill]
    assert totals[-1] == END
    assert len(totals) == len(set(totals))


async def test_a_missing_event_is_healed_by_the_next_one(pool: Pool, logs: Logs, bench: Bench) -> None:
    await bench.handle(event(logs, "b", "prices", 1), event(logs, "b", "quantities", 2))
    assert await state(pool, "b") == (10, 1, 200, 2, 2000)
    await bench.handle(event(logs, "b", "prices", 3))
    assert await state(pool, "b") == (30, 3, 200, 2, END)


async def test_a_bill_of_which_half_is_missing_is_a_state_and_no_error(pool: Pool, logs: Logs, bench: Bench) -> None:
    tally = await bench.handle(event(logs, "b", "quantities", 1))
    assert (tally.dead_letters, await state(pool, "b")) == (0, (None, 0, 100, 1, None))
    assert await bench.told() == []
