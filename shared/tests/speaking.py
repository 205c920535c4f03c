"""Who speaks to an edge of the toy, in a role."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from shared.tests.conftest import NAME
from spn.commands_http import Posting, command_router
from spn.messaging.edge import Edge
from spn.rights.gate import Gate
from spn.rights.keys import Keys
from spn.rights.roles import Role
from spn.rights.routing import guard
from spn.rights.sessions import Sessions
from spn.rights.tokens import Tokens
from spn.web import Application
from spn_local.issuer import AUDIENCE, ISSUER, Issuer
from tests.toy.messages import CommandAnswered
from tests.toy.parts import ADD, toy

GOOD = {"group_id": "g", "counter_id": "c"}
PATH = f"/v1/commands/{ADD}"
KNOWN = toy(NAME, bills=True).policies.command_types(f"{NAME}.commands")
POSTERS = dict.fromkeys(KNOWN.values(), (Role.PLATFORM,))
READERS = frozenset({Role.AUDITOR})
POSTING = Posting(POSTERS, READERS, CommandAnswered)


@cache
def _issued() -> tuple[dict[str, str], Keys]:
    """A token for each role, and the keys to check them with."""
    with TemporaryDirectory() as folder:
        issuer = Issuer(Path(folder))
        issuer.prepare()
        return {role.value: issuer.token([role], poi="Cubiss") for role in Role}, Keys.of(str(issuer.keys_file))


@asynccontextmanager
async def client(edge: Edge, role: str = "platform", posting: Posting = POSTING) -> AsyncIterator[httpx.AsyncClient]:
    """The platform may post what the toy knows, and the auditor see what became of it."""
    tokens, keys = _issued()
    app = Application("toy")
    app.include_router(command_router(edge, KNOWN, posting))
    guard(app, Gate(Tokens(ISSUER, AUDIENCE, keys), Sessions(secure=True)))
    transport = httpx.ASGITransport(app=app)
    headers = {"authorization": f"Bearer {tokens[role]}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://edge", headers=headers) as made:
        yield made
