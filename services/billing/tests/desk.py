"""A desk for the issuer: a real database and outbox, a clock that stands still, a renderer that need not be typst."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import asyncpg

from billing.documents.renderer import Renderer
from billing.issuer import Issuer, Terms
from billing.store import drafts
from services.billing.tests.builders import (
    NAMESPACE,
    NOW,
    SELLER,
    VAT,
    Owed,
    at,
    enrolment,
    handle,
    organisation,
    person,
)
from spn.clock import Clock
from spn.messaging import outbox
from spn.messaging.contract import Outgoing
from spn.messaging.envelope import Envelope
from spn.messaging.policies import Connection

TERMS = Terms(SELLER, VAT, "LN", 30)


@dataclass
class StandingClock:
    """Business time stands still until the test moves it."""

    instant: datetime = NOW

    def now(self) -> datetime:
        return self.instant

    def at(self, real: datetime) -> datetime:
        return real


@dataclass
class RealDesk:
    """Tells into the real outbox, as the service does."""

    pool: asyncpg.Pool[asyncpg.Record]
    clock: Clock = field(default_factory=StandingClock)
    unread: set[str] = field(default_factory=set)

    async def caught_up(self, topic: str) -> bool:
        return topic not in self.unread

    async def tell(self, connection: Connection, outgoing: Sequence[Outgoing], because: Envelope | None) -> None:
        events = [outbox.pending(o, source="/spn/billing", time=self.clock.now(), cause=because) for o in outgoing]
        await outbox.append(connection, events)


class PlainRenderer(Renderer):
    """Writes the number and nothing else, after whatever a test wants to happen first."""

    def __init__(self, before: Callable[[Mapping[str, Any]], Awaitable[None]] | None = None) -> None:
        super().__init__()
        self._before = before

    async def pdf(self, paper: Mapping[str, Any]) -> bytes:
        await asyncio.sleep(0)
        if self._before:
            await self._before(paper)
        return f"%PDF {paper['number']} {paper['language']} {paper['buyer']['legal_name']}".encode()


class HangingDesk(RealDesk):
    """Says when it is in the middle of the transaction, and stays there."""

    async def tell(self, connection: Connection, outgoing: Sequence[Outgoing], because: Envelope | None) -> None:
        await super().tell(connection, outgoing, because)
        sys.stdout.write("in the middle\n")
        sys.stdout.flush()
        await asyncio.sleep(600)


def issuer(renderer: Renderer | None = None, terms: Terms = TERMS) -> Issuer:
    return Issuer(terms, renderer or PlainRenderer())


async def issue_all(desk: RealDesk, worker: Issuer | None = None) -> None:
    worker = worker or issuer()
    while await worker.work(desk):
        pass


async def hang_in_the_middle(url: str) -> None:
    """What the process does that a test kills."""
    async with asyncpg.create_pool(url, min_size=1, max_size=2) as pool:
        await issue_all(HangingDesk(pool))


def enrolment_id(number: int) -> UUID:
    return uuid5(NAMESPACE, f"enrolment {number}")


async def known(pool: asyncpg.Pool[asyncpg.Record], *organisations: str, language: str = "nl") -> None:
    """These organisations and their contacts are known."""
    for one in organisations:
        await handle(pool, organisation(one), at(1))
        await handle(pool, person(one, language), at(1))


async def agreed(pool: asyncpg.Pool[asyncpg.Record], number: int, owed: Owed, sequence: int = 1) -> None:
    """The agreement of this enrolment arrives."""
    await handle(pool, enrolment(owed, enrolment_id=enrolment_id(number)), at(sequence))


async def numbers(pool: asyncpg.Pool[asyncpg.Record]) -> list[str]:
    return [row["number"] for row in await pool.fetch("SELECT number FROM documents ORDER BY year, ordinal")]


def in_a_row(count: int, year: int = 2027) -> list[str]:
    return [f"LN-{year}-{ordinal:04d}" for ordinal in range(1, count + 1)]


async def told(pool: asyncpg.Pool[asyncpg.Record], topic: str) -> list[tuple[dict[str, str], bytes]]:
    rows = await pool.fetch("SELECT headers, value FROM outbox WHERE topic = $1 ORDER BY id", topic)
    return [(json.loads(row["headers"]), row["value"]) for row in rows]


async def drafts_left(pool: asyncpg.Pool[asyncpg.Record]) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM drafts"))


async def waiting(pool: asyncpg.Pool[asyncpg.Record]) -> drafts.Waiting:
    async with pool.acquire() as connection:
        return await drafts.waiting(connection)
