"""Bills: price times quantity, where each comes whole on a topic of its own, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from spn.decision import Decision, Moment, unchanged
from spn.messaging.policies import Connection, Key
from tests.toy.messages import PriceData, QuantityData


@dataclass(frozen=True, slots=True)
class Bill:
    """What is known of both, each with the sequence of the newest; and the total that was told last."""

    bill_id: str
    price: int | None = None
    price_seq: int = 0
    quantity: int | None = None
    quantity_seq: int = 0
    told: int | None = None


@dataclass(frozen=True, slots=True)
class Billed:
    """The fact: the bill comes to ``total``."""

    bill_id: str
    total: int


def set_price(bill: Bill, price: PriceData, at: Moment) -> Decision[Bill]:
    """Keep the newest price."""
    if at.sequence <= bill.price_seq:
        return unchanged(bill)
    return _settled(replace(bill, price=price.price, price_seq=at.sequence))


def set_quantity(bill: Bill, quantity: QuantityData, at: Moment) -> Decision[Bill]:
    """Keep the newest quantity."""
    if at.sequence <= bill.quantity_seq:
        return unchanged(bill)
    return _settled(replace(bill, quantity=quantity.quantity, quantity_seq=at.sequence))


def _settled(bill: Bill) -> Decision[Bill]:
    if bill.price is None or bill.quantity is None or bill.price * bill.quantity == bill.told:
        return Decision(bill)
    total = bill.price * bill.quantity
    return Decision(replace(bill, told=total), facts=(Billed(bill.bill_id, total),))


class Bills:
    """All SQL of bills."""

    name = "bill"

    async def load(self, connection: Connection, keys: Sequence[Key]) -> dict[str, Bill]:
        """The bills, locked."""
        ids = sorted({key[0] for key in keys})
        await connection.execute("INSERT INTO bills SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", ids)
        rows = await connection.fetch("SELECT * FROM bills WHERE bill_id = ANY($1) ORDER BY bill_id FOR UPDATE", ids)
        return {row["bill_id"]: Bill(**dict(row)) for row in rows}

    async def save(self, connection: Connection, changes: Sequence[tuple[Bill, Bill]]) -> None:
        """One statement."""
        after = [a for _, a in changes]
        await connection.execute(
            "UPDATE bills b SET price = x.p, price_seq = x.ps, quantity = x.q, quantity_seq = x.qs, told = x.t "
            "FROM unnest($1::text[], $2::int[], $3::bigint[], $4::int[], $5::bigint[], $6::int[]) "
            "AS x(id, p, ps, q, qs, t) WHERE b.bill_id = x.id",
            [a.bill_id for a in after],
            [a.price for a in after],
            [a.price_seq for a in after],
            [a.quantity for a in after],
            [a.quantity_seq for a in after],
            [a.told for a in after],
        )


BILLS = Bills()
