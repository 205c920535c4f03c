"""A lane: work of a service that is not the handling of a message, one database transaction at a time.

Rendering a document, handing a mail to SMTP: such work waits in a table of the service and is taken from there, so it
survives a restart and never delays an event.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import asyncpg

from spn.clock import Clock
from spn.messaging.contract import Outgoing
from spn.messaging.envelope import Envelope
from spn.messaging.policies import Connection


class Desk(Protocol):
    """What a lane works with."""

    pool: asyncpg.Pool[asyncpg.Record]
    clock: Clock

    async def caught_up(self, topic: str) -> bool:
        """Whether the service has handled what this topic held when that was first asked, by whichever replica."""
        ...

    async def tell(self, connection: Connection, outgoing: Sequence[Outgoing], because: Envelope | None) -> None:
        """Put events in the outbox, in the transaction that is open on ``connection``."""
        ...


@dataclass(frozen=True, slots=True)
class Lane:
    """``work`` does one step and returns whether there may be more to do at once; ``pending`` counts what waits.

    The lane runs after each batch of the service and at least once a second. ``alone``: only the replica that leads
    the relay runs it; otherwise every replica does, and ``work`` must claim its rows.
    """

    name: str
    work: Callable[[Desk], Awaitable[bool]]
    pending: Callable[[Connection], Awaitable[int]]
    alone: bool = False
