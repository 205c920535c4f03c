"""What a replica's lanes work at: its clock, its database, what it has read and what it tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from spn.messaging import outbox
from spn.messaging.caught_up import is_handled
from spn.messaging.contract import Outgoing
from spn.messaging.envelope import Envelope
from spn.messaging.policies import Connection
from tests.simulation.broker import Broker


@dataclass(slots=True)
class Clock:
    """A replica's own clock: business time, a little beside everybody else's. Append times are the broker's."""

    time: Callable[[], datetime]
    beside: timedelta

    def now(self) -> datetime:
        return self.time() + self.beside

    def at(self, real: datetime) -> datetime:
        return real


@dataclass(slots=True)
class Desk:
    """As `spn.service.Service`, as far as lanes see it."""

    pool: Any
    clock: Clock
    source: str
    broker: Broker

    async def caught_up(self, topic: str) -> bool:
        """Whether everything that the topic holds now is handled."""
        async with self.pool.acquire() as connection:
            return await is_handled(connection, topic, self.broker.ends(topic))

    async def tell(self, connection: Connection, outgoing: Sequence[Outgoing], because: Envelope | None) -> None:
        """Put events in the outbox, in the transaction that is open on ``connection``."""
        told = [outbox.pending(o, source=self.source, time=self.clock.now(), cause=because) for o in outgoing]
        await outbox.append(connection, told)
