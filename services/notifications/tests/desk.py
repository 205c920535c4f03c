"""A desk for the mailer: a real database and outbox, a clock that stands still."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg

from notifications.mailing import Mailer, MailServer
from services.notifications.tests.drafts import SENDER
from services.notifications.tests.fold import Pool, Told, handle
from services.notifications.tests.post_office import PostOffice
from services.notifications.tests.season import NOW, enrolment, person
from spn.clock import Clock
from spn.messaging import outbox
from spn.messaging.contract import Outgoing
from spn.messaging.envelope import Envelope
from spn.messaging.policies import Connection


@dataclass
class StandingClock:
    """Business time stands still."""

    instant: datetime = NOW

    def now(self) -> datetime:
        return self.instant

    def at(self, real: datetime) -> datetime:
        return real


@dataclass
class RealDesk:
    """Tells into the real outbox, as the service does; fails as often as it is told to."""

    pool: Pool
    clock: Clock = field(default_factory=StandingClock)
    failures: int = 0

    async def caught_up(self, topic: str) -> bool:  # noqa: ARG002 - there are no topics here
        return True

    async def tell(self, connection: Connection, outgoing: Sequence[Outgoing], because: Envelope | None) -> None:
        if self.failures:
            self.failures -= 1
            raise asyncpg.ConnectionDoesNotExistError("the database is away")
        events = [outbox.pending(o, source="/spn/test", time=self.clock.now(), cause=because) for o in outgoing]
        await outbox.append(connection, events)


def mailer(office: PostOffice | MailServer, **options: Any) -> Mailer:
    server = office.server if isinstance(office, PostOffice) else office
    return Mailer(server, SENDER, **options)


async def send_all(pool: Pool, office: PostOffice, **options: Any) -> None:
    """What a mailer does until nothing can be sent any more."""
    worker, desk = mailer(office, **options), RealDesk(pool)
    while await worker.work(desk):
        pass
    await worker.work(desk)


async def accepted(pool: Pool, *numbers: int) -> None:
    """These people have a place, and their addresses are known."""
    await handle(pool, *(Told(1, person(n)) for n in numbers), *(Told(1, enrolment(n)) for n in numbers))


async def states(pool: Pool) -> dict[str, str]:
    """The state of each message by address, or by purpose for someone without one."""
    rows = await pool.fetch("SELECT email, purpose, state FROM messages JOIN contacts USING (person_id)")
    return {row["email"] or row["purpose"]: row["state"] for row in rows}


async def told(pool: Pool) -> list[dict[str, Any]]:
    """What was told: each event's data with its type and cause."""
    rows = await pool.fetch("SELECT key, headers, value FROM outbox ORDER BY id")
    found = []
    for row in rows:
        headers = json.loads(row["headers"])
        data = json.loads(row["value"])
        assert row["key"].decode() == data["person_id"]
        found.append({**data, "type": headers["ce_type"], "cause": headers.get("ce_causationid")})
    return found


async def let_time_pass(pool: Pool) -> None:
    """Every pause and every lease is over."""
    await pool.execute("UPDATE messages SET next_try_at = '-infinity'")
    await pool.execute("UPDATE messages SET claimed_until = '-infinity' WHERE claimed_until IS NOT NULL")


def address(number: int) -> str:
    return person(number).email
