"""Enrolment's whole HTTP side on a real database, decided by its real pipeline; only Kafka is a list in memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import asyncpg
import httpx
from fastapi import FastAPI

from enrolment.app import build
from enrolment.commands import examples
from enrolment.policies import POLICIES
from enrolment.settings import Settings
from services.enrolment.tests.pages.house import SECRET, Dial
from services.enrolment.tests.season import EDITION, OPENS, THEMES
from spn.database import open_pool
from spn.messaging.relay import RelayState
from spn.rights.roles import Role
from spn.service import Service
from spn.status import Meters
from spn.testing.bench import Bench
from spn.testing.records import TopicLog
from spn.web import application
from spn_local.issuer import Issuer

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
TOPIC = "spn.enrolment.commands"
REGION = "Cubiss"
OTHER_REGION = "Rijnbrink"
_FOLDER = TemporaryDirectory()


@cache
def issuer() -> Issuer:
    made = Issuer(Path(_FOLDER.name))
    made.prepare()
    return made


@cache
def token(role: str, subject: str | None = None, poi: str = REGION) -> str:
    return issuer().token([role], subject=subject, poi=poi)


class Api:
    """The application, whoever asks it, and the log behind it."""

    def __init__(self, pool: Pool, app: FastAPI, bench: Bench, clock: Dial) -> None:
        self.pool, self.app, self.bench, self.clock = pool, app, bench, clock
        self.log = TopicLog(TOPIC)
        self.transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._turn = asyncio.Lock()

    def asked_by(self, role: str | None, subject: str | None = None, poi: str = REGION) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {token(role, subject, poi)}"} if role else {}
        return httpx.AsyncClient(transport=self.transport, base_url="http://enrolment", headers=headers)

    async def get(self, path: str, role: str | None = "organiser", poi: str = REGION, **query: Any) -> httpx.Response:
        async with self.asked_by(role, poi=poi) as http:
            return await http.get(path, params=query)

    async def post(
        self,
        type_: str,
        body: Any,
        role: str | None = "platform",
        headers: Mapping[str, str] | None = None,
        subject: str | None = None,
    ) -> httpx.Response:
        """Post a command, and let it be decided while its sender waits."""
        async with self.asked_by(role, subject) as http:
            posting = asyncio.create_task(http.post(f"/v1/commands/{type_}", json=body, headers=dict(headers or {})))
            while not posting.done():
                await self.decide()
                await asyncio.wait({posting}, timeout=0.01)
            return posting.result()

    async def decide(self) -> int:
        """Let everything be decided that waits in the outbox; how many commands it were."""
        async with self._turn:
            rows = await self.pool.fetch("DELETE FROM outbox WHERE topic = $1 RETURNING id, key, headers, value", TOPIC)
            for row in sorted(rows, key=lambda r: r["id"]):
                headers = [(name, text.encode()) for name, text in json.loads(row["headers"]).items()]
                await self.bench.handle(self.log.raw(row["key"], row["value"], headers))
        return len(rows)

    async def published(self, seats: int = 2, **changes: Any) -> None:
        """An edition that has just opened."""
        body = {**examples.PUBLISH, "seats": seats, "themes": THEMES, **changes}
        assert (await self.post("edition.publish.v1", body)).status_code == 200
        self.clock.moment = OPENS
        wake_up = {"edition_id": body["edition_id"]}
        assert (await self.post("edition.open.v1", wake_up)).status_code == 200

    async def enrolled(self, *names: str, **changes: Any) -> list[str]:
        """These ask for a seat, one after the other; their enrolments."""
        found = []
        for name in names:
            answer = await self.post("enrolment.request.v1", asking(name, **changes))
            assert answer.status_code == 200, answer.text
            found.append(str(answer.json()["subject_id"]))
        return found


def asking(name: str, **changes: Any) -> dict[str, Any]:
    """A request for a seat; ``library`` changes parts of it."""
    library = {**examples.REQUEST["library"], **changes.pop("library", {})}
    email = f"{name.encode().hex()[:40]}@bibliotheek.example"
    participant = {"name": name, "email": email, "language": "nl"}
    return {**examples.REQUEST, "participant": participant, "library": library, **changes}


def about(enrolment_id: str) -> dict[str, Any]:
    return {"edition_id": EDITION, "enrolment_id": enrolment_id}


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem, which says the same in its body."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    return answer.status_code, body["type"].removeprefix("urn:spn:problem:")


@asynccontextmanager
async def opened(url: str, clock: Dial, **settings: Any) -> AsyncIterator[Api]:
    """The HTTP side of a service on this database."""
    given = {
        "spn_profile": "local",
        "database_url": url,
        "kafka_security_protocol": "PLAINTEXT",
        "kafka_bootstrap_servers": "127.0.0.1:1",
        "enrolment_pages_secrets": SECRET,
        **{name.lower(): value for name, value in issuer().environment().items()},
        **settings,
    }
    made = Settings(**given)
    service = Service(build(made), made)
    pool = await open_pool(url, application="test")
    bench = Bench("enrolment", POLICIES, pool, clock=clock)
    service.pool, service.clock, service.pipeline = pool, clock, bench.pipeline
    service.meters = Meters((), RelayState())
    try:
        yield Api(pool, application(service), bench, clock)
    finally:
        for task in service.background:
            task.cancel()
        await asyncio.gather(*service.background, return_exceptions=True)
        await pool.close()


ROLES = tuple(role.value for role in Role)
