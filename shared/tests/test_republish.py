"""An owner tells again, and readers become whole."""

from __future__ import annotations

from typing import Any

from shared.tests.conftest import Logs, Pool
from spn.decision import Decision, Moment, unchanged
from spn.messaging import outbox
from spn.messaging.contract import Reading
from spn.messaging.policies import Policies, on
from spn.testing.bench import Bench, Told
from spn.testing.plugin import NewPool
from spn.testing.records import TopicLog
from tests.toy.bills import BILLS, Bill
from tests.toy.parts import COUNTED, NOTE


class Counted(Reading):
    """A counter as it now is, in the eyes of another service."""

    topic = "toy.events"
    types = (COUNTED,)

    counter_id: str
    total: int


def copy(bill: Bill, counted: Counted, at: Moment) -> Decision[Bill]:
    """Keep the newest."""
    if at.sequence <= bill.price_seq:
        return unchanged(bill)
    return Decision(Bill(bill.bill_id, price=counted.total, price_seq=at.sequence))


READER = Policies(on(Counted, copy, root=BILLS, keys=lambda c: [(c.counter_id,)]))


async def deliver(log: TopicLog, told: list[Told], *readers: Bench) -> None:
    """What the relay and the broker do between owner and reader."""
    headers = [tuple((n, v.encode()) for n, v in t.headers.items()) for t in told]
    records = [log.raw(t.key.encode(), t.value, h) for t, h in zip(told, headers, strict=True)]
    for reader in readers:
        await reader.handle(*records)


async def state(pool: Pool) -> list[tuple[Any, ...]]:
    return [tuple(r) for r in await pool.fetch("SELECT bill_id, price, price_seq FROM bills ORDER BY bill_id")]


async def test_an_emptied_reader_ends_in_the_same_state_and_a_whole_one_notices_nothing(
    bench: Bench, logs: Logs, database: NewPool
) -> None:
    log = TopicLog("toy.events", 4)
    notes = [{"group_id": "g", "counter_id": f"c{n % 4}", "amount": n} for n in range(20)]
    await bench.handle(*(logs.notes.append("g", NOTE, note) for note in notes))
    async with database("tests.toy.migrations") as one, database("tests.toy.migrations") as other:
        whole, emptied = Bench("reader", READER, one), Bench("reader", READER, other)
        await deliver(log, await bench.told(COUNTED), whole)
        before = await state(one)
        await bench.pool.execute("DELETE FROM outbox")
        async with bench.pool.acquire() as connection:
            await outbox.republish(connection)
        again = await bench.told()
        await deliver(log, again, whole, emptied)
        assert len(again) == len(before) == 4
        assert await state(one) == before
        assert await state(other) == before
        ids = "SELECT message_id::text FROM inbox ORDER BY 1"
        assert {r[0] for r in await other.fetch(ids)} == {t.id for t in again} <= {r[0] for r in await one.fetch(ids)}
