"""The organisers' pages on a real database, behind the real gate, decided by the real pipeline; Kafka is in memory."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from enrolment.http.routes import resource_router
from enrolment.organiser.addresses import HOME
from enrolment.organiser.routes import office_desk, organiser_router
from enrolment.pages.routes import page_router
from services.enrolment.tests.pages.house import House, Pool, ticket_in
from services.enrolment.tests.season import EDITION
from spn.rights.gate import Gate
from spn.rights.keys import Keys
from spn.rights.login import session_router
from spn.rights.routing import guard
from spn.rights.sessions import Sessions, form_token
from spn.rights.tokens import Tokens
from spn_local.issuer import AUDIENCE, ISSUER, Issuer

EDITION_PAGE = f"{HOME}/edities/{EDITION}"
BROWSER = {"accept": "text/html,application/xhtml+xml", "sec-fetch-site": "same-origin"}


class Office(House):
    """The house with the organisers' pages in it, and a browser that somebody is logged in with."""

    def __init__(self, pool: Pool, url: str, folder: Path) -> None:
        self.issuer = Issuer(folder)
        self.issuer.prepare()
        super().__init__(pool, url)
        self.form_token = ""

    def served(self) -> httpx.AsyncClient:
        """A browser."""
        self.office = office_desk(self.desk)
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, max_body_size=1_000_000)
        app.include_router(page_router(self.desk))
        app.include_router(organiser_router(self.office, is_local=True))
        app.include_router(session_router(HOME))
        app.include_router(resource_router(self.edge))
        guard(app, Gate(Tokens(ISSUER, AUDIENCE, Keys.of(str(self.issuer.keys_file))), Sessions(secure=False)))
        transport = httpx.ASGITransport(app=app)
        return httpx.AsyncClient(transport=transport, base_url="http://spn.example", headers=BROWSER)

    def log_in(self, *roles: str, subject: str | None = None, poi: str | None = None) -> None:
        """From now on the browser has a session of these roles."""
        token = self.issuer.token(roles, subject=subject or f"u-{roles[0]}", poi=poi)
        self.http.cookies.clear()
        self.http.cookies.set("spn-session", token, domain="spn.example", path="/")
        self.form_token = form_token(token)

    async def page(self, path: str, status: int = 200) -> str:
        """What a page says."""
        answer = await self.http.get(path)
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.text

    async def press(self, path: str, *, shown: str | None = None, **values: str) -> httpx.Response:
        """Send the form of the page at ``shown`` (else at the path itself), filled in with these values."""
        ticket = values.pop("ticket", None) or ticket_in(await self.page(shown or path))
        dotted = {name.replace("__", "."): value for name, value in values.items()}
        return await self.post(path, ticket=ticket, **dotted)

    async def post(self, path: str, **values: str) -> httpx.Response:
        """Send these values as the browser that is logged in does."""
        return await self.http.post(path, data={"form_token": self.form_token, **values})

    async def done(self, path: str, **values: str) -> str:
        """Press, let it be decided, and read the answer."""
        return (await self.answered(await self.press(path, **values))).text

    async def rows(self, query: str, *given: Any) -> list[tuple[Any, ...]]:
        """What the database holds."""
        return [tuple(row) for row in await self.pool.fetch(query, *given)]


def enrolment_page(enrolment_id: UUID, action: str = "") -> str:
    """Where an enrolment, or an action on it, is."""
    return f"{HOME}/inschrijvingen/{enrolment_id}" + (f"/{action}" if action else "")


def heading(page: str) -> str:
    """The heading of a page, without marks."""
    found = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
    assert found, page
    return re.sub(r"<[^>]+>", "", found[1])
