"""The gate before every route: who asks, and whether the route is for them."""

from __future__ import annotations

import time
from typing import Annotated

import structlog
from fastapi import Depends, Request
from fastapi.responses import JSONResponse
from prometheus_client import Counter

from spn.problems import problem_response
from spn.rights.keys import Keys
from spn.rights.marks import For, Rights
from spn.rights.roles import Principal
from spn.rights.sessions import Sessions, is_forged
from spn.rights.tokens import Shown, TokenError, Tokens
from spn.settings import ServiceSettings

_SAFE = ("GET", "HEAD", "OPTIONS")
_SENTENCES = {
    "missing": "Show a token of the identity provider: Authorization: Bearer ...",
    "expired": "The token has expired",
    "not-yet-valid": "The token does not hold yet",
    "wrong-audience": "The token is for another system",
    "wrong-issuer": "The token comes from another issuer",
}

log = structlog.get_logger("rights")


class Gate:
    """Lets in, or says why not. Without ``tokens`` nobody comes in where a role is asked for."""

    def __init__(self, tokens: Tokens | None, sessions: Sessions) -> None:
        self._tokens = tokens
        self.sessions = sessions
        self.turned_away = Counter(
            "spn_http_turned_away", "Requests without a good token or the right role", ["why"], registry=None
        )

    @classmethod
    def of(cls, settings: ServiceSettings) -> Gate:
        """As these settings have it.

        :raises KeysError: the file of keys is of no use.
        """
        sessions = Sessions(secure=settings.spn_profile != "local")
        if settings.http_jwt_issuer is None or settings.http_jwt_audience is None or settings.http_jwt_keys is None:
            return cls(None, sessions)
        keys = Keys.of(settings.http_jwt_keys)
        return cls(Tokens(settings.http_jwt_issuer, settings.http_jwt_audience, keys), sessions)

    async def check(self, token: str) -> Shown:
        """Whose token this is.

        :raises TokenError: it is not good.
        """
        if self._tokens is None:
            raise TokenError("unknown-key")
        return await self._tokens.check(token)

    async def refusal(self, request: Request, rights: Rights) -> JSONResponse | None:
        """Why this request goes no further; None lets it through. ``request.state.principal`` is who asks, if known."""
        if rights.whom is not For.ROLES:
            return None
        header = request.headers.get("authorization")
        cookie = self.sessions.token(request) if header is None else None
        try:
            shown = await self.check(_bearer(header) if cookie is None else cookie)
        except TokenError as error:
            return self.unknown(error.flaw)
        # Known also to whoever tells them that this is not for them.
        request.state.principal = shown.principal
        request.state.session = cookie
        if cookie is not None and request.method not in _SAFE and await is_forged(request, cookie):
            return self.forged()
        if not shown.principal.roles & rights.roles_for(request.path_params):
            return self._wrong_role()
        return None

    def unknown(self, flaw: str) -> JSONResponse:
        """401, with what RFC 6750 (section 3) asks for, and nothing of the token."""
        self.turned_away.labels(flaw).inc()
        answer = problem_response(401, "unauthorized", _SENTENCES.get(flaw, "The token is not good"), reason=flaw)
        answer.headers["www-authenticate"] = "Bearer" if flaw == "missing" else 'Bearer error="invalid_token"'
        return answer

    def forged(self) -> JSONResponse:
        """403: this change may not come from a page of ours."""
        self.turned_away.labels("forged").inc()
        return problem_response(403, "forged", "Send this from the page itself: it lacks the page's token")

    def _wrong_role(self) -> JSONResponse:
        self.turned_away.labels("role").inc()
        answer = problem_response(403, "forbidden", "This is not for the roles of this token")
        answer.headers["www-authenticate"] = 'Bearer error="insufficient_scope"'
        return answer


def _bearer(header: str | None) -> str:
    """The token of an Authorization header.

    :raises TokenError: there is none.
    """
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenError("missing")
    return token.strip()


def seconds_left(shown: Shown) -> int:
    """How long it still holds, by the real clock."""
    return max(shown.expires_at - int(time.time()), 0)


def the_principal(request: Request) -> Principal:
    """Who asks: on a route for roles the gate has seen to it that somebody does."""
    found: Principal = request.state.principal
    return found


Who = Annotated[Principal, Depends(the_principal)]
"""The type of a route's argument that wants to know who asks."""
