"""Enrolment's pages on a real database, decided by its real pipeline; only Kafka is a list in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import httpx
from fastapi import FastAPI

from enrolment.links import Links
from enrolment.pages.reading import enrolment_now
from enrolment.pages.rendering import Pages
from enrolment.pages.routes import page_router
from enrolment.pages.tickets import Tickets
from enrolment.pages.visit import Desk
from enrolment.policies import POLICIES
from services.enrolment.tests.season import BEFORE, EDITION, OPENS, publish, request
from spn.messaging.contract import Command
from spn.messaging.edge import Edge
from spn.rights.gate import Gate
from spn.rights.routing import guard
from spn.rights.sessions import Sessions
from spn.testing.bench import Bench
from spn.testing.records import TopicLog

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
SECRET = "a-secret-of-tests-that-is-long-enough"
FORM = f"/inschrijven/{EDITION}"
FORM_EN = f"/en/enrol/{EDITION}"
FILLED: Mapping[str, str] = {
    "for_whom": "myself",
    "participant.name": "Marieke van Dongen",
    "participant.email": "m.vandongen@bibliotheek-veenrijk.example",
    "participant.language": "nl",
    "library.legal_name": "Stichting Bibliotheek Veenrijk",
    "library.number": "4109 8765",
    "library.street": "Marktplein 4",
    "library.postcode": "5701ab",
    "library.city": "Veenrijk",
    "library.poi": "Cubiss",
    "library.province": "Noord-Brabant",
    "library.holiday_region": "south",
    "payer.kind": "library",
    "payer.contact_name": "Joris Hendrikx",
    "payer.contact_email": "crediteuren@bibliotheek-veenrijk.example",
    "payer.language": "nl",
    "payer.reference": "INK-2027-0117",
    "two_year_commitment": "yes",
}
"""A form as somebody fills it in for themselves."""
SOMEONE: Mapping[str, str] = {
    "for_whom": "someone",
    "requester.name": "Wil de Jong",
    "requester.email": "secretariaat@bibliotheek-veenrijk.example",
    "requester.language": "nl",
}
"""A secretary, who fills it in for the director."""
PROVINCE: Mapping[str, str] = {
    "further_payers.0.organisation.legal_name": "Provincie Noord-Brabant",
    "further_payers.0.organisation.number": "00000001001856224000",
    "further_payers.0.organisation.street": "Brabantlaan 1",
    "further_payers.0.organisation.postcode": "5216 TV",
    "further_payers.0.organisation.city": "'s-Hertogenbosch",
    "further_payers.0.contact_name": "Team Subsidies",
    "further_payers.0.contact_email": "subsidies@provincie.example",
    "further_payers.0.language": "nl",
    "further_payers.0.reference": "SUB-2027-114",
    "further_payers.0.share.kind": "euros",
    "further_payers.0.share.value": "€ 1.500,00",
}
"""A second payer, with a subsidy of a fixed amount."""
OWN_WORDS: Mapping[str, str] = {
    "motivation": "Ik wil leren van wie het al deed.",
    "needs.goals": "Beter delegeren.",
    "needs.diet": "Geen noten.",
    "needs.access": "Een zaal zonder trappen.",
    "needs.consent": "yes",
}
"""What somebody says for themselves, where the edition asks everything."""
ASKS_ALL: Mapping[str, Any] = {
    "selection": True,
    "payers_max": 3,
    "languages": ["nl", "en"],
    "asks": ["motivation", "goals", "diet", "access"],
}
"""Terms of an edition whose form has every field."""

LINKS = Links([SECRET], "https://lerend-netwerk.example")


class Dial:
    """A clock that stands where it is put."""

    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment

    def at(self, real: datetime) -> datetime:  # noqa: ARG002 - the log stands still with it
        return self.moment


class House:
    """The pages, who visits them, and the log behind them."""

    def __init__(self, pool: Pool, url: str, *, contact: str | None = None) -> None:
        self.pool = pool
        self.url = url
        self.clock = Dial(BEFORE)
        self.edge = Edge(pool, self.clock, "/spn/enrolment")
        self.bench = Bench("enrolment", POLICIES, pool, clock=self.clock)
        self.desk = Desk(
            self.edge, self.clock, Tickets([SECRET]), Pages(contact), LINKS, "https://lerend-netwerk.example"
        )
        self.http = self.served()
        self._log = TopicLog("spn.enrolment.commands")

    def served(self) -> httpx.AsyncClient:
        """Who asks for the pages."""
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        app.include_router(page_router(self.desk))
        guard(app, Gate(None, Sessions(secure=False)))
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://spn.example")

    async def opened(self, *names: str, seats: int = 2, **terms: Any) -> list[UUID]:
        """An edition in which these have asked for a seat, at its opening; the ids of the enrolments."""
        await self.send(publish(seats, **{"languages": ["nl", "en"], **terms}))
        self.clock.moment = OPENS
        for name in names:
            await self.send(request(name))
        rows = await self.pool.fetch("SELECT enrolment_id FROM enrolments ORDER BY number")
        return [row["enrolment_id"] for row in rows]

    async def send(self, command: Command) -> None:
        """Put a command on the log, as the platform does, and let it be decided."""
        key = str(getattr(command, type(command).key))
        await self.bench.handle(self._log.append(key, type(command).types[0], command))

    async def decide(self) -> int:
        """Let everything be decided that the pages put in the outbox; how many commands it were."""
        rows = await self.pool.fetch(
            "DELETE FROM outbox WHERE topic = 'spn.enrolment.commands' RETURNING id, key, headers, value"
        )
        for row in sorted(rows, key=lambda r: r["id"]):
            headers = [(name, text.encode()) for name, text in _pairs(json.loads(row["headers"]))]
            await self.bench.handle(self._log.raw(row["key"], row["value"], headers))
        return len(rows)

    async def ticket(self, page: str = FORM) -> str:
        """The ticket in a page's form."""
        return ticket_in((await self.http.get(page)).text)

    async def filled(self, page: str = FORM, more: Mapping[str, str] = FILLED, **changes: str) -> httpx.Response:
        """Send the form, filled in, with these changes."""
        dotted = {name.replace("__", "."): value for name, value in changes.items()}
        return await self.http.post(page, data={**FILLED, **more, "ticket": await self.ticket(page), **dotted})

    async def answered(self, sent: httpx.Response) -> httpx.Response:
        """The page that a sent form leads to, once its command is decided."""
        assert sent.status_code == 303, sent.text
        await self.decide()
        return await self.http.get(sent.headers["location"])

    async def link(self, enrolment_id: UUID, at: datetime | None = None) -> str:
        """The personal page of whoever takes part in this enrolment, by a link that was made at this moment."""
        async with self.pool.acquire() as connection:
            one = await enrolment_now(connection, enrolment_id)
        assert one
        made = at or self.clock.now()
        code = self.desk.links.code("enrolment", enrolment_id, one.participant_id, one.link_version, made)
        return f"/mijn/{code}"

    async def status(self, enrolment_id: UUID) -> str:
        found: str = await self.pool.fetchval("SELECT status FROM enrolments WHERE enrolment_id = $1", enrolment_id)
        return found


def _pairs(headers: Any) -> Iterator[tuple[str, str]]:
    yield from headers.items() if isinstance(headers, dict) else headers


def ticket_in(page: str) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page)
    assert found, page
    return found[1]


def without_signed(page: str) -> str:
    """A page without what is signed in it, which is another one every second: text, instant and signature."""
    return re.sub(r"[\w-]+\.[\w-]{6}\.[\w-]{43}", "", page)


def about(enrolment_id: UUID, **more: Any) -> dict[str, Any]:
    return {"edition_id": EDITION, "enrolment_id": enrolment_id, **more}
