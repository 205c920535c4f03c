"""A token that was good is not checked as a whole each time; and is refused all the same once it is good no longer."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from shared.tests.rights.asking import claims, flaw
from spn.rights.keys import KEPT_SECONDS_MAX, Keys
from spn.rights.tokens import LEEWAY_SECONDS, TokenError, Tokens
from spn.testing.waiting import eventually
from spn_local.issuer import AUDIENCE, ISSUER, Issuer


async def test_a_token_that_was_good_is_refused_once_it_has_expired(issuer: Issuer, tokens: Tokens) -> None:
    token = issuer.signed(claims(issuer, exp=int(time.time()) - LEEWAY_SECONDS + 2))
    await tokens.check(token)

    async def is_over() -> bool:
        try:
            await tokens.check(token)
        except TokenError as error:
            return error.flaw == "expired"
        return False

    await eventually(is_over, "it has expired", every=0.1)
    assert tokens._good == {}


async def test_a_token_that_was_good_is_refused_once_its_key_was_taken_back(issuer: Issuer, tmp_path: Path) -> None:
    other = Issuer(tmp_path / "other")
    other.prepare()
    now = [0.0]

    def clock() -> float:
        return now[0]

    def read() -> bytes:
        return (other if now[0] else issuer).keys_file.read_bytes()

    keys = Keys(read, clock)
    tokens, token = Tokens(ISSUER, AUDIENCE, keys), issuer.token(["organiser"])
    assert await tokens.check(token) is await tokens.check(token)
    now[0] += KEPT_SECONDS_MAX + 1
    assert await flaw(tokens, token) == "unknown-key"
    await tokens.check(other.token(["organiser"]))


async def test_no_more_than_so_many_are_remembered(
    issuer: Issuer, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spn.rights.tokens.REMEMBERED_MAX", 3)
    for number in range(10):
        await tokens.check(issuer.token(["organiser"], subject=f"u-{number}"))
    assert [good.shown.principal.subject for good in tokens._good.values()] == ["u-7", "u-8", "u-9"]
    assert await flaw(tokens, "x") == "malformed"
    assert len(tokens._good) == 3
