"""The toy as a service of a given name: each test has a service, topics and consumer groups of its own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import ClassVar
from uuid import UUID

from spn.messaging.contract import EventType, Outgoing
from spn.messaging.policies import AnsweredCommand, DueData, Policies, due, due_command, on
from spn.service import Parts
from tests.toy.bills import BILLS, Billed, set_price, set_quantity
from tests.toy.counters import COUNTERS, Counted, add, copy_note, count_note, ring, tick
from tests.toy.messages import (
    AddData,
    BillComesTo,
    CommandAnswered,
    CounterStands,
    NoteData,
    PriceData,
    QuantityData,
    TickData,
)

ADD, TICK = "counter.add.v1", "counter.tick.v1"
NOTE, NOTE_2 = "note.taken.v1", "note.taken.v2"
PRICE, QUANTITY = "price.set.v1", "quantity.set.v1"
COUNTED, BILLED, ANSWERED = "counter.counted.v1", "bill.billed.v1", "command.answered.v1"


@lru_cache
def toy(name: str, *, bills: bool = False) -> Parts:
    """The parts of the toy named ``name``; its topics are ``<name>.commands``, ``.notes`` and so on."""

    class Add(AddData):
        topic: ClassVar[str] = f"{name}.commands"
        types: ClassVar[tuple[str, ...]] = (ADD,)

    class Tick(TickData):
        topic: ClassVar[str] = f"{name}.commands"
        types: ClassVar[tuple[str, ...]] = (TICK,)

    class Note(NoteData):
        topic: ClassVar[str] = f"{name}.notes"
        types: ClassVar[tuple[str, ...]] = (NOTE_2, NOTE)

    class Price(PriceData):
        topic: ClassVar[str] = f"{name}.prices"
        types: ClassVar[tuple[str, ...]] = (PRICE,)

    class Quantity(QuantityData):
        topic: ClassVar[str] = f"{name}.quantities"
        types: ClassVar[tuple[str, ...]] = (QUANTITY,)

    counted = EventType(COUNTED, f"{name}.events", CounterStands, "group_id", "counter_id", "A counter moved.", ())
    billed = EventType(BILLED, f"{name}.events", BillComesTo, "bill_id", "bill_id", "A bill changed.", ())
    answered = EventType(
        ANSWERED, f"{name}.events", CommandAnswered, "group_id", "command_id", "A command was decided.", (), kept=False
    )

    def tell(fact: object) -> Iterable[Outgoing]:
        if isinstance(fact, Counted):
            yield counted(CounterStands(group_id=fact.group_id, counter_id=fact.counter_id, total=fact.total))
        if isinstance(fact, Billed):
            yield billed(BillComesTo(bill_id=fact.bill_id, total=fact.total))

    def answer(given: AnsweredCommand) -> Outgoing:
        said = given.answer
        return answered(
            CommandAnswered(
                command_id=UUID(given.command_id),
                command_type=given.command_type,
                outcome=said.outcome,
                code=said.code,
                group_id=given.key,
                state=said.state,
            )
        )

    def tick_command(data: DueData) -> Tick:
        return Tick(group_id=data.subject, counter_id=data.root)

    billing = (
        on(Price, set_price, root=BILLS, keys=lambda p: [(p.bill_id,)]),
        on(Quantity, set_quantity, root=BILLS, keys=lambda q: [(q.bill_id,)]),
    )
    policies = Policies(
        on(Add, add, root=COUNTERS, keys=lambda a: [(a.counter_id, a.name or "")]),
        on(Tick, tick, root=COUNTERS, keys=lambda t: [(t.counter_id,)]),
        on(Note, count_note, root=COUNTERS, keys=lambda n: [(n.counter_id,)]),
        on(Note, copy_note, root=COUNTERS, keys=lambda n: [(f"copy-{n.counter_id}",)]),
        *(billing if bills else ()),
        due("counter.ring", ring, root=COUNTERS),
        due_command("counter.tick", tick_command),
        tell=tell,
        answer=answer,
    )
    return Parts(name, policies, migrations="tests.toy.migrations")


def topics_of(name: str) -> dict[str, int]:
    """The topics of a toy without bills, and how many partitions each has."""
    return {f"{name}.commands": 4, f"{name}.notes": 4, f"{name}.events": 4, f"spn.{name}.dead-letters": 1}
