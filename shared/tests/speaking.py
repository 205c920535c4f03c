"""Who speaks to an edge of the toy, in a role."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from fastapi import FastAPI

from shared.tests.conftest import NAME
from spn.commands_http import command_router
from spn.messaging.edge import Edge
from spn.rights.gate import Gate
from spn.rights.keys import Keys
from spn.rights.roles import Role
from spn.rights.routing import guard
from spn.rights.sessions import Sessions
from spn.rights.tokens import Tokens
from spn_local.issuer import AUDIENCE, ISSUER, Issuer
from tests.toy.parts import ADD, toy

GOOD = {"group_id": "g", "counter_id": "c"}
PATH = f"/v1/commands/{ADD}"
KNOWN = toy(NAME, bills=True).policies.command_types(f"{NAME}.commands")
POSTERS = dict.fromkeys(KNOWN.values(), (Role.PLATFORM,))
READERS = (Role.AUDITOR,)


@cache
def _issued() -> tuple[dict[str, str], Keys]:
    """A token for each role, and the keys to check them with."""
    with TemporaryDirectory() as folder:
        issuer = Issuer(Path(folder))
        issuer.prepare()
        return {role.value: issuer.token([role], poi="Cubiss") for role in Role}, Keys.of(str(issuer.keys_file))


@asynccontextmanager
async def client(edge: Edge, role: str = "platform") -> AsyncIterator[httpx.AsyncClient]:
    """The platform may post what the toy knows, and the auditor see what became of it."""
    tokens, keys = _issued()
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(command_router(edge, KNOWN, POSTERS, READERS))
    guard(app, Gate(Tokens(ISSUER, AUDIENCE, keys), Sessions(secure=True)))
    transport = httpx.ASGITransport(app=app)
    headers = {"authorization": f"Bearer {tokens[role]}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://edge", headers=headers) as made:
        yield made
