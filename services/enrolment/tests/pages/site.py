"""The pages as people meet them: a real enrolment service on its own Kafka and PostgreSQL, and a real browser."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import confluent_kafka
import httpx
from playwright.async_api import Browser, Page, async_playwright

from enrolment.commands import examples
from enrolment.links import Links
from enrolment.pages.reading import enrolment_now
from enrolment.pages.words import Language
from services.enrolment.tests.pages.house import FILLED, SECRET
from spn.clock import FileClock, step
from spn.messaging.envelope import Record
from spn.testing.waiting import eventually
from spn_local.config import ServiceConfig
from spn_local.stack import Stack

OPENING_DAY = datetime(2027, 1, 14, 9, 0, tzinfo=UTC)
INSTALL = "the browser tests need Chromium. On Debian and Ubuntu: apt-get install chromium"


def chromium() -> str | None:
    """The Chromium of this machine."""
    return next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)


def is_required() -> bool:
    """Whether a machine without one is at fault: CI=1 or SPN_BROWSER=required."""
    return os.environ.get("CI", "") not in ("", "0", "false") or os.environ.get("SPN_BROWSER") == "required"


@dataclass(frozen=True)
class Site:
    """A running enrolment service, asked as the platform asks it."""

    stack: Stack
    clock: FileClock

    @property
    def url(self) -> str:
        return self.stack.http_url("enrolment")

    async def command(self, type_: str, body: dict[str, Any]) -> dict[str, Any]:
        """Put a command on the log and wait for its answer."""
        token = self.stack.token("platform")
        async with httpx.AsyncClient(headers={"authorization": f"Bearer {token}"}, trust_env=False) as http:
            answer = await http.post(f"{self.url}/v1/commands/{type_}", json=body, timeout=30)
            while answer.status_code == 202:
                answer = await http.get(f"{self.url}{answer.json()['href']}?wait=10", timeout=30)
        assert answer.status_code in (200, 409), answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def edition(
        self, edition_id: str, *people: str, seats: int = 2, opens_in: float = -60.0, **terms: Any
    ) -> list[UUID]:
        """An edition that opens in so many seconds, in which these have asked for a seat; their enrolments."""
        opens = (self.clock.now() + timedelta(seconds=opens_in)).isoformat()
        published = {**examples.PUBLISH, "edition_id": edition_id, "seats": seats, "opens_at": opens}
        await self.command("edition.publish.v1", {**published, "languages": ["nl", "en"], **terms})
        answers = [await self.command("enrolment.request.v1", _request(edition_id, name)) for name in people]
        return [UUID(answer["subject_id"]) for answer in answers]

    @asynccontextmanager
    async def database(self) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
        """Enrolment's own database."""
        connection = await asyncpg.connect(self.stack.database_url("enrolment"))
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def auditor(self) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
        """The same, as who may read every table sees it."""
        connection = await asyncpg.connect(self.stack.addresses.auditor_database_url("enrolment"))
        try:
            yield connection
        finally:
            await connection.close()

    async def link(self, enrolment_id: UUID, language: Language = "nl") -> str:
        """The personal page of whoever takes part."""
        async with self.database() as connection:
            one = await enrolment_now(connection, enrolment_id)
        assert one, "there is no such enrolment"
        links = Links([SECRET], self.url)
        made = links.addresses("enrolment", enrolment_id, one.participant_id, one.link_version, self.clock.now())
        return made.nl if language == "nl" else made.en

    async def guest_link(self, enrolment_id: UUID) -> str:
        """The page of whom this enrolment invited."""
        query = "SELECT guest_id, person_id FROM guests WHERE enrolment_id = $1"
        async with self.database() as connection:
            row = await connection.fetchrow(query, enrolment_id)
        assert row, "nobody is invited"
        made = Links([SECRET], self.url).addresses("guest", row["guest_id"], row["person_id"], 0, self.clock.now())
        return made.nl

    async def told(self, *records: Record) -> None:
        """Have scheduling tell these, and wait until enrolment knows them."""
        producer = confluent_kafka.Producer(self.stack.kafka("scheduling").client_config())
        for one in records:
            producer.produce(one.topic, key=one.key, value=one.value, headers=list(one.headers))
        await asyncio.to_thread(producer.flush, 10)
        async with self.database() as connection:
            await eventually(lambda: _all_known(connection, len(records)), "the sessions are known", seconds=30)

    async def statuses(self, edition_id: str) -> list[str]:
        """The enrolments of an edition, in the order of the line."""
        query = "SELECT status FROM enrolments WHERE edition_id = $1 ORDER BY number"
        async with self.database() as connection:
            return [row["status"] for row in await connection.fetch(query, edition_id)]

    async def newest(self, edition_id: str) -> UUID:
        """The enrolment that came last."""
        query = "SELECT enrolment_id FROM enrolments WHERE edition_id = $1 ORDER BY number DESC LIMIT 1"
        async with self.database() as connection:
            found: UUID = await connection.fetchval(query, edition_id)
        return found


@contextmanager
def running(folder: Path, contact: str = "lerendnetwerk@spn.example") -> Iterator[Site]:
    """A site that begins on the opening day of 2027."""
    clock_file = folder / "clock"
    step(clock_file, OPENING_DAY)
    contacts = {"ENROLMENT_PAGES_CONTACT": contact, "ENROLMENT_PAGES_SECRETS": SECRET}
    with Stack(services=[ServiceConfig("enrolment")], clock_file=clock_file, environment=contacts) as stack:
        yield Site(stack, FileClock(clock_file))


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A browser without a window."""
    path = chromium()
    assert path, INSTALL
    # Chromium's own sandbox wants a user that is not root.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=options)
        try:
            yield started
        finally:
            await started.close()


async def fill(page: Page, more: Mapping[str, str] = FILLED, **changes: str) -> None:
    """Fill in the form that is shown, with these changes."""
    for name, value in {**FILLED, **more, **{k.replace("__", "."): v for k, v in changes.items()}}.items():
        field = page.locator(f'[name="{name}"]')
        kind = await field.first.get_attribute("type")
        if kind == "radio":
            await page.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "checkbox":
            await field.set_checked(bool(value))
        elif await field.evaluate("element => element.tagName") == "SELECT":
            await field.select_option(value)
        else:
            await field.fill(value)


async def _all_known(connection: asyncpg.Connection[asyncpg.Record], sessions: int) -> bool:
    return bool(await connection.fetchval("SELECT count(*) >= $1 FROM sessions", sessions))


def _request(edition_id: str, name: str) -> dict[str, Any]:
    email = f"{name.lower().replace(' ', '.')}@bibliotheek.example"
    return {
        **examples.REQUEST,
        "edition_id": edition_id,
        "participant": {"name": name, "email": email, "language": "nl"},
    }
