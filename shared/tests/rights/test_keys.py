"""The provider's keys: read when they are needed, again when they changed, and never more than that."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from spn.rights import keys
from spn.rights.fetching import SET_BYTES_MAX
from spn.rights.keys import KEPT_SECONDS_MAX, OLD_SECONDS, PAUSE_SECONDS, Keys, KeysError, usable
from spn.testing.waiting import eventually
from spn_local.issuer import Issuer

ES256 = "ES256"


class Provider:
    """A set of keys that can be read, changed and taken away."""

    def __init__(self, *members: dict[str, Any]) -> None:
        self.members = list(members)
        self.now = 0.0
        self.reads = 0
        self.away = False
        self.turn = threading.Event()
        self.turn.set()

    def read(self) -> bytes:
        self.reads += 1
        self.turn.wait(10)
        if self.away:
            raise ConnectionRefusedError
        return json.dumps({"keys": self.members}).encode()

    def keys(self) -> Keys:
        return Keys(self.read, lambda: self.now)


def member(folder: Path, kid: str) -> dict[str, Any]:
    """A new public key with this id."""
    issuer = Issuer(folder / kid)
    issuer.prepare()
    return {**issuer._public(), "kid": kid}


@pytest.fixture
def one(tmp_path: Path) -> dict[str, Any]:
    return member(tmp_path, "one")


@pytest.fixture
def two(tmp_path: Path) -> dict[str, Any]:
    return member(tmp_path, "two")


async def test_keys_are_read_at_the_first_question_and_kept(one: dict[str, Any]) -> None:
    provider = Provider(one)
    found = provider.keys()
    assert provider.reads == 0
    for kid in ("one", "one", None):
        assert await found.find(kid, ES256)
    assert (provider.reads, await found.find("one", "RS256")) == (1, None)


async def test_a_key_that_is_new_is_found_and_one_that_is_none_asks_seldom(
    one: dict[str, Any], two: dict[str, Any]
) -> None:
    provider = Provider(one)
    found = provider.keys()
    assert await found.find("one", ES256)
    provider.members = [two]
    assert await found.find("two", ES256) is None, "it was read a moment ago"
    provider.now += PAUSE_SECONDS
    assert await found.find("two", ES256)
    assert await found.find("one", ES256) is None
    for _ in range(50):
        assert await found.find("invented", ES256) is None
    assert provider.reads == 2


async def test_many_who_ask_at_once_read_once(one: dict[str, Any]) -> None:
    provider = Provider(one)
    found = provider.keys()
    assert all(await asyncio.gather(*(found.find("one", ES256) for _ in range(20))))
    assert provider.reads == 1


async def test_old_keys_are_read_again_and_nobody_waits_for_it(one: dict[str, Any], two: dict[str, Any]) -> None:
    provider = Provider(one)
    found = provider.keys()
    assert await found.find("one", ES256)
    provider.now += OLD_SECONDS + 1
    provider.members = [two]
    provider.turn.clear()
    assert await asyncio.wait_for(found.find("one", ES256), 5)
    provider.turn.set()
    await eventually(lambda: found._known("two", ES256), "the new keys are known")
    assert found._known("one", ES256) is None, "it was taken back"


async def test_known_keys_serve_for_a_day_while_the_provider_is_away(one: dict[str, Any]) -> None:
    provider = Provider(one)
    found = provider.keys()
    assert await found.find("one", ES256)
    provider.away = True
    provider.now += KEPT_SECONDS_MAX - 1
    assert await found.find("one", ES256)
    provider.now += 2 + PAUSE_SECONDS
    assert await found.find("one", ES256) is None
    provider.away = False
    provider.now += PAUSE_SECONDS
    assert await found.find("one", ES256)


async def test_a_provider_that_does_not_answer_holds_nobody_up_for_long(
    one: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "WAIT_SECONDS_MAX", 0.05)
    provider = Provider(one)
    provider.turn.clear()
    assert await asyncio.wait_for(provider.keys().find("one", ES256), 5) is None
    provider.turn.set()


async def test_a_set_that_became_nonsense_changes_nothing(one: dict[str, Any]) -> None:
    provider = Provider(one)
    found = provider.keys()
    assert await found.find("one", ES256)
    provider.members = []
    provider.now += PAUSE_SECONDS
    assert await found.find("two", ES256) is None
    assert await found.find("one", ES256)


def test_a_file_is_read_at_once_and_a_wrong_one_is_refused(tmp_path: Path, one: dict[str, Any]) -> None:
    file = tmp_path / "jwks.json"
    with pytest.raises(KeysError, match="No such file"):
        Keys.of(str(file))
    file.write_text(json.dumps({"keys": [one]}))
    assert Keys.of(str(file))._known("one", ES256)
    file.write_text("{}")
    with pytest.raises(KeysError, match="no JWK Set"):
        Keys.of(str(file))


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b'{"keys": 7}', b'{"keys": []}', b"[" * 90_000, b" " * (SET_BYTES_MAX + 1), b"\xff"],
)
def test_what_is_no_key_set_is_refused(content: bytes) -> None:
    with pytest.raises(KeysError):
        usable(content)


def test_only_public_keys_for_signatures_count(one: dict[str, Any]) -> None:
    useless = [
        one | {"use": "enc"},
        ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True) | {"kid": "private"},
        one | {"alg": "ES512"},
        one | {"alg": "HS256"},
        one | {"x": "AA"},
        one | {"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"},
        {"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "kid": "one"},
        "one",
        None,
    ]
    assert [key.key_id for key in usable(json.dumps({"keys": [*useless, one]}).encode())] == ["one"]
    with pytest.raises(KeysError, match="holds no public key"):
        usable(json.dumps({"keys": useless}).encode())
