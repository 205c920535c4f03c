"""Whose token it is, and every way in which it may be no good."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from shared.tests.rights.asking import Claims, claims, flaw
from spn.rights.keys import Keys
from spn.rights.roles import Principal, Role
from spn.rights.tokens import LEEWAY_SECONDS, TOKEN_CHARACTERS_MAX, Tokens
from spn_local.issuer import AUDIENCE, ISSUER, Issuer


def public_pem(issuer: Issuer) -> bytes:
    return issuer._private().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def kid(issuer: Issuer) -> str:
    return str(json.loads(issuer.keys_file.read_text())["keys"][0]["kid"])


def raw(header: Claims, body: Claims, signature: bytes = b"") -> str:
    """A token put together by hand."""
    parts = [json.dumps(header).encode(), json.dumps(body).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


async def test_a_good_token_says_who_asks_and_until_when(issuer: Issuer, tokens: Tokens) -> None:
    shown = await tokens.check(issuer.token(["organiser", "finance"], hours=1, subject="u-1"))
    assert shown.principal == Principal("u-1", frozenset({Role.ORGANISER, Role.FINANCE}))
    assert 3590 <= shown.expires_at - time.time() <= 3600


async def test_an_adviser_comes_from_a_region_and_without_one_is_none(issuer: Issuer, tokens: Tokens) -> None:
    shown = await tokens.check(issuer.token(["adviser"], poi="Rijnbrink"))
    assert shown.principal == Principal("local-adviser", frozenset({Role.ADVISER}), "Rijnbrink")
    assert [shown.principal.may_see(poi) for poi in ("Rijnbrink", "Cubiss", None)] == [True, False, False]
    for poi in (None, "", 7, "x" * 101, "a\nb", ["Rijnbrink"]):
        found = (await tokens.check(issuer.signed(claims(issuer, roles=["adviser"], poi=poi)))).principal
        assert (found.roles, found.poi) == (frozenset(), None)


async def test_roles_that_nobody_knows_count_for_nothing(issuer: Issuer, tokens: Tokens) -> None:
    for roles in (["root", "organiser", "ORGANISER", 7, None, {}], ["organiser", *(f"r{i}" for i in range(300))]):
        shown = await tokens.check(issuer.signed(claims(issuer, roles=roles)))
        assert shown.principal.roles == {Role.ORGANISER}


@pytest.mark.parametrize("roles", [None, "organiser", {"organiser": True}, [], [["organiser"]], 1])
async def test_roles_that_are_no_list_of_names_are_no_roles(issuer: Issuer, tokens: Tokens, roles: object) -> None:
    assert (await tokens.check(issuer.signed(claims(issuer, roles=roles)))).principal.roles == frozenset()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"exp": 0}, "expired"),
        ({"exp": None}, "claims"),
        ({"exp": "soon"}, "malformed"),
        ({"exp": float("inf")}, "malformed"),
        ({"nbf": 2**33}, "not-yet-valid"),
        ({"iat": 2**33}, "not-yet-valid"),
        ({"iat": None}, "claims"),
        ({"aud": "another"}, "wrong-audience"),
        ({"aud": ["another", "third"]}, "wrong-audience"),
        ({"aud": None}, "claims"),
        ({"aud": {"spn": 1}}, "wrong-audience"),
        ({"iss": "https://elsewhere.example"}, "wrong-issuer"),
        ({"iss": ISSUER + "/"}, "wrong-issuer"),
        ({"sub": None}, "claims"),
        ({"sub": ""}, "claims"),
        ({"sub": "a\nb"}, "claims"),
        ({"sub": "x" * 201}, "claims"),
        ({"sub": 7}, "malformed"),
    ],
)
async def test_a_claim_that_does_not_hold_is_refused(issuer: Issuer, tokens: Tokens, more: Claims, why: str) -> None:
    assert (
        await flaw(tokens, issuer.signed(claims(issuer, **more) if "iss" not in more else {**claims(issuer), **more}))
        == why
    )


async def test_clocks_may_differ_by_half_a_minute_and_no_more(issuer: Issuer, tokens: Tokens) -> None:
    now = int(time.time())
    for more in ({"exp": now - LEEWAY_SECONDS + 10}, {"nbf": now + LEEWAY_SECONDS - 10}):
        await tokens.check(issuer.signed(claims(issuer, **more)))
    for more in ({"exp": now - LEEWAY_SECONDS - 1}, {"nbf": now + LEEWAY_SECONDS + 10}):
        assert await flaw(tokens, issuer.signed(claims(issuer, **more))) in ("expired", "not-yet-valid")


async def test_one_audience_of_several_is_enough(issuer: Issuer, tokens: Tokens) -> None:
    await tokens.check(issuer.signed(claims(issuer, aud=["another", AUDIENCE])))


async def test_without_a_signature_or_with_the_public_key_as_secret_it_is_refused(
    issuer: Issuer, tokens: Tokens
) -> None:
    body, id_ = claims(issuer), kid(issuer)
    for algorithm in ("none", "None", "NONE", "", None):
        assert await flaw(tokens, raw({"alg": algorithm, "kid": id_}, body)) == "algorithm"
    secret = base64.b64encode(public_pem(issuer))  # PyJWT itself refuses to sign with a PEM
    assert await flaw(tokens, jwt.encode(body, secret, algorithm="HS256", headers={"kid": id_})) == "algorithm"
    forged = raw({"alg": "ES256", "kid": id_}, body, b"\0" * 64)
    assert await flaw(tokens, forged) == "signature"


async def test_another_key_that_calls_itself_ours_is_refused(issuer: Issuer, tokens: Tokens) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    jwk = ECAlgorithm.to_jwk(other.public_key(), as_dict=True)
    for header in ({"kid": kid(issuer)}, {"kid": kid(issuer), "jwk": jwk, "jku": "https://evil.example/jwks"}):
        token = jwt.encode(claims(issuer), other, algorithm="ES256", headers=header)
        assert await flaw(tokens, token) == "signature"
    assert (
        await flaw(tokens, jwt.encode(claims(issuer), other, algorithm="ES256", headers={"kid": "mine"}))
        == "unknown-key"
    )


async def test_a_token_that_was_changed_on_its_way_is_refused(issuer: Issuer, tokens: Tokens) -> None:
    head, _, signature = issuer.token(["auditor"]).split(".")
    body = base64.urlsafe_b64encode(json.dumps(claims(issuer, roles=["platform"])).encode()).rstrip(b"=").decode()
    assert await flaw(tokens, f"{head}.{body}.{signature}") == "signature"


@pytest.mark.parametrize(
    "broken",
    [
        lambda _: "",
        lambda _: "x",
        lambda good: good.rsplit(".", 1)[0],
        lambda good: good + ".x",
        lambda good: good + "é",
        lambda good: good + " " * TOKEN_CHARACTERS_MAX,
        lambda _: "a" * 10_000_000,
        lambda _: raw({"alg": "ES256", "crit": ["exp"], "exp": 1}, {}),
        lambda _: raw({"alg": "ES256", "typ": "dpop+jwt"}, {}),
        lambda _: raw({"alg": "ES256", "kid": 7}, {}),
        lambda _: base64.urlsafe_b64encode(b"[" * 6000).decode() + ".e30.e30",
        lambda _: base64.urlsafe_b64encode(b"7777").rstrip(b"=").decode() + ".e30.e30",
    ],
)
async def test_what_is_no_token_is_refused(issuer: Issuer, tokens: Tokens, broken: Callable[[str], str]) -> None:
    assert await flaw(tokens, broken(issuer.token(["organiser"]))) == "malformed"


async def test_a_token_that_is_good_and_huge_is_refused(issuer: Issuer, tokens: Tokens) -> None:
    assert await flaw(tokens, issuer.signed(claims(issuer, more="x" * TOKEN_CHARACTERS_MAX))) == "malformed"


async def test_a_token_may_be_signed_by_rsa_and_eddsa_too_and_by_no_short_key(issuer: Issuer, tmp_path: Path) -> None:
    edwards, long, short = (
        ed25519.Ed25519PrivateKey.generate(),
        *(rsa.generate_private_key(65537, n) for n in (2048, 1024)),
    )
    members = [
        OKPAlgorithm.to_jwk(edwards.public_key(), as_dict=True) | {"kid": "edwards"},
        RSAAlgorithm.to_jwk(long.public_key(), as_dict=True) | {"kid": "long"},
        RSAAlgorithm.to_jwk(short.public_key(), as_dict=True) | {"kid": "short"},
    ]
    (tmp_path / "keys").write_text(json.dumps({"keys": members}))
    tokens = Tokens(ISSUER, AUDIENCE, Keys.of(str(tmp_path / "keys")))
    for key, algorithm, id_ in ((edwards, "EdDSA", "edwards"), (long, "RS256", "long")):
        await tokens.check(jwt.encode(claims(issuer), key, algorithm=algorithm, headers={"kid": id_}))
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        weak = jwt.encode(claims(issuer), short, algorithm="RS256", headers={"kid": "short"})
    assert await flaw(tokens, weak) == "unknown-key"
    assert (
        await flaw(tokens, jwt.encode(claims(issuer), long, algorithm="PS256", headers={"kid": "long"})) == "algorithm"
    )
