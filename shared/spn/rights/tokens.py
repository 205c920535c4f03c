"""Is this token good, and whose is it? A JWT (RFC 7519) in the manner of an access token (RFC 9068), checked by PyJWT.

The time is the real one, also where a driven clock rules the business: a token's life is between us and its issuer.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import jwt
from jwt import PyJWK

from spn.rights.keys import ALGORITHMS, Keys
from spn.rights.roles import Principal, Role

TOKEN_CHARACTERS_MAX = 8_192
LEEWAY_SECONDS = 30
REMEMBERED_MAX = 1_000
SUBJECT_CHARACTERS_MAX = 200
POI_CHARACTERS_MAX = 100
TYPES = ("jwt", "at+jwt", "application/at+jwt")
"""What a token may say that it is, in lower case; one that says nothing is taken too."""

_REQUIRED = ("exp", "iat", "aud", "iss", "sub")
_FLAWS: tuple[tuple[type[Exception], str], ...] = (
    # The first that fits: some are special cases of later ones.
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.ImmatureSignatureError, "not-yet-valid"),
    (jwt.InvalidAudienceError, "wrong-audience"),
    (jwt.InvalidIssuerError, "wrong-issuer"),
    (jwt.MissingRequiredClaimError, "claims"),
    (jwt.InvalidSignatureError, "signature"),
    (jwt.InvalidAlgorithmError, "algorithm"),
    (jwt.InvalidKeyError, "unknown-key"),
)


class TokenError(Exception):
    """The token is not good. ``flaw`` is a word that says why, and holds nothing of the token."""

    def __init__(self, flaw: str) -> None:
        super().__init__(flaw)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Shown:
    """What a good token shows: who asks, and until when it holds, in seconds since 1970."""

    principal: Principal
    expires_at: int


@dataclass(frozen=True, slots=True)
class _Good:
    """A token that was found good, and with which key."""

    kid: str | None
    key: PyJWK
    shown: Shown


class Tokens:
    """The tokens of one issuer for one audience.

    Those that were good are remembered, as a client shows its own again and again, and a signature costs more than all
    the rest of a request's way in. Each is forgotten when it expires, and checked anew when the keys were read again.
    """

    def __init__(self, issuer: str, audience: str, keys: Keys) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._good: dict[str, _Good] = {}

    async def check(self, token: str) -> Shown:
        """Whose it is.

        :raises TokenError: it is not good.
        """
        good = self._good.get(token)
        kid, algorithm = (good.kid, good.key.algorithm_name) if good else _named(token)
        key = await self._keys.find(kid, algorithm)
        if good is not None:
            if good.key is key and time.time() < good.shown.expires_at + LEEWAY_SECONDS:
                return good.shown
            self._good.pop(token, None)
        if key is None:
            raise TokenError("unknown-key")
        shown = self._verified(token, key)
        while len(self._good) >= REMEMBERED_MAX:
            del self._good[next(iter(self._good))]
        self._good[token] = _Good(kid, key, shown)
        return shown

    def _verified(self, token: str, key: PyJWK) -> Shown:
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._audience,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": list(_REQUIRED), "enforce_minimum_key_length": True},
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise TokenError(_flaw(error)) from None
        return Shown(_principal(claims), int(claims["exp"]))


def _named(token: str) -> tuple[str | None, str]:
    """The key and the algorithm that a token asks to be checked with; which algorithm a key serves, the key says."""
    if len(token) > TOKEN_CHARACTERS_MAX or not token.isascii():
        raise TokenError("malformed")
    try:
        header: dict[str, Any] = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError):
        raise TokenError("malformed") from None
    if str(header.get("typ") or "jwt").lower() not in TYPES:
        raise TokenError("malformed")
    if (algorithm := header.get("alg")) not in ALGORITHMS:
        raise TokenError("algorithm")
    return header.get("kid"), str(algorithm)


def _flaw(error: Exception) -> str:
    return next((word for kind, word in _FLAWS if isinstance(error, kind)), "malformed")


def _principal(claims: dict[str, Any]) -> Principal:
    subject, poi, named = claims["sub"], claims.get("poi"), claims.get("roles")
    if not subject or len(subject) > SUBJECT_CHARACTERS_MAX or not subject.isprintable():
        raise TokenError("claims")
    if not isinstance(poi, str) or not poi.isprintable() or not 0 < len(poi) <= POI_CHARACTERS_MAX:
        poi = None
    listed = {one for one in named if isinstance(one, str)} if isinstance(named, list) else set()
    roles = {role for role in Role if role.value in listed}
    if poi is None:
        roles.discard(Role.ADVISER)  # of no region: nothing is theirs to see
    return Principal(subject, frozenset(roles), poi)
