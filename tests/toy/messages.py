"""What the toy reads and tells, without its topics: each test has topics of its own."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from spn.messaging.contract import Command, Data, Reading


class AddData(Command):
    """A command. Its lane is the counter, its key the group: one bad counter does not close its group."""

    key = "group_id"

    group_id: str
    counter_id: str
    amount: int = 1
    note: str = ""
    name: str | None = None
    ring_in: float | None = None
    tick_in: float | None = None

    @property
    def lane(self) -> str:
        return self.counter_id


class TickData(Command):
    """A command that only a deadline gives."""

    key = "group_id"

    group_id: str
    counter_id: str

    @property
    def lane(self) -> str:
        return self.counter_id


class NoteData(Reading):
    """An event of somebody else, told in two versions."""

    group_id: str
    counter_id: str
    amount: int = 1
    note: str = ""
    name: str | None = None


class PriceData(Reading):
    """A price as it now is."""

    bill_id: str
    price: Annotated[int, Field(ge=0)]


class QuantityData(Reading):
    """A quantity as it now is."""

    bill_id: str
    quantity: Annotated[int, Field(ge=0)]


class CounterStands(Data):
    """A counter as it now is."""

    group_id: str
    counter_id: str
    total: int


class BillComesTo(Data):
    """A bill as it now is."""

    bill_id: str
    total: int


class CommandAnswered(Data):
    """What became of a command."""

    command_id: UUID
    command_type: str
    outcome: str
    code: str
    group_id: str
    state: str | None
