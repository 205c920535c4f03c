"""Events put in the outbox as a decision would leave them there, and how they came out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import asyncpg

from spn.messaging import outbox
from spn.messaging.contract import EventType
from tests.integration.bus import Seen
from tests.integration.toys import Toy
from tests.toy.messages import CounterStands
from tests.toy.parts import COUNTED


def first_seen(records: Iterable[Seen], key: str) -> list[int]:
    """The sequences of a key in the order in which each was seen for the first time."""
    ordered = sorted((r for r in records if r.key == key), key=lambda r: r.offset)
    return list(dict.fromkeys(r.sequence for r in ordered))


async def tell(
    service: Toy, total: int, *groups: str, connection: asyncpg.Connection[asyncpg.Record] | None = None
) -> None:
    """An event of each group, as a decision would leave it in the outbox."""
    event = EventType(COUNTED, service.topic("events"), CounterStands, "group_id", "counter_id", "", ())
    events = [
        outbox.pending(
            event(CounterStands(group_id=g, counter_id=g, total=total)),
            source=f"/spn/{service.name}",
            time=datetime.now(UTC),
            cause=None,
        )
        for g in groups
    ]
    if connection is not None:
        await outbox.append(connection, events)
        return
    async with service.pool.acquire() as own, own.transaction():
        await outbox.append(own, events)
        await outbox.wake(own)
