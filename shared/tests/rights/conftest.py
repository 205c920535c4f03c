"""An identity provider of this test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from spn.rights.gate import Gate
from spn.rights.keys import Keys
from spn.rights.sessions import Sessions
from spn.rights.tokens import Tokens
from spn_local.issuer import AUDIENCE, ISSUER, Issuer


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    """With a key pair in a folder of the test's own."""
    made = Issuer(tmp_path / "issuer")
    made.prepare()
    return made


@pytest.fixture
def tokens(issuer: Issuer) -> Tokens:
    """Those of this issuer."""
    return Tokens(ISSUER, AUDIENCE, Keys.of(str(issuer.keys_file)))


@pytest.fixture
def gate(tokens: Tokens) -> Gate:
    """Which lets in whom this issuer names; its cookie travels over https alone."""
    return Gate(tokens, Sessions(secure=True))


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app that the test's own module makes."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://edge") as made:
        yield made
