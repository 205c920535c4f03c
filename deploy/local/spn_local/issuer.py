"""The local stack's own identity provider: one key pair, made at its first start, and tokens signed with it.

It stands in for the provider of a real deployment, and only here: whoever can read the key is everybody.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from spn_local.state import write_private

ISSUER = "https://issuer.spn.example/local"
AUDIENCE = "spn"
ALGORITHM = "ES256"
HOURS = 8.0
HOURS_MAX = 24.0 * 31


@dataclass(frozen=True)
class Issuer:
    """Who signs, with the key in this folder."""

    directory: Path

    @property
    def key_file(self) -> Path:
        """The private key, readable by its owner only."""
        return self.directory / "key.pem"

    @property
    def keys_file(self) -> Path:
        """The public one, as a JWK Set (RFC 7517)."""
        return self.directory / "jwks.json"

    def prepare(self) -> None:
        """Make the key pair, unless it is there."""
        if not self.key_file.exists():
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = ec.generate_private_key(ec.SECP256R1())
            plain = serialization.NoEncryption()
            pem = made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
            write_private(self.key_file, pem.decode())
        write_private(self.keys_file, json.dumps({"keys": [self._public()]}) + "\n")

    def environment(self) -> dict[str, str]:
        """The settings of a service that lets its tokens in."""
        return {"HTTP_JWT_ISSUER": ISSUER, "HTTP_JWT_AUDIENCE": AUDIENCE, "HTTP_JWT_KEYS": str(self.keys_file)}

    def token(
        self, roles: Iterable[str], *, hours: float = HOURS, subject: str | None = None, poi: str | None = None
    ) -> str:
        """A token for these roles. Raises FileNotFoundError when there is no key."""
        roles = list(roles)
        claims = {"sub": subject or f"local-{'-'.join(roles)}", "roles": roles, **({"poi": poi} if poi else {})}
        return self.signed({**self.claims(hours * 3600), **claims})

    def claims(self, seconds: float) -> dict[str, Any]:
        """What every token of ours says, and that it holds from now on for so long."""
        now = int(time.time())
        return {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + int(seconds), "jti": str(uuid.uuid4())}

    def signed(self, claims: dict[str, Any]) -> str:
        """These claims, whatever they are, under our signature."""
        header = {"kid": self._public()["kid"], "typ": "at+jwt"}
        return jwt.encode(claims, self._private(), algorithm=ALGORITHM, headers=header)

    def _private(self) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_pem_private_key(self.key_file.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{self.key_file} holds another kind of key")
        return key

    def _public(self) -> dict[str, Any]:
        jwk = ECAlgorithm.to_jwk(self._private().public_key(), as_dict=True)
        members = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
        thumbprint = hashlib.sha256(json.dumps(members, separators=(",", ":"), sort_keys=True).encode())  # RFC 7638
        kid = base64.urlsafe_b64encode(thumbprint.digest()).rstrip(b"=").decode()
        return {**members, "kid": kid, "use": "sig", "alg": ALGORITHM}
