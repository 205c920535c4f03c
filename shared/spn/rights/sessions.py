"""A login session of a browser: the token itself in a cookie that no script reads and no other site sends along.

It ends with the token. A change that comes with the cookie must come from a page of ours (Sec-Fetch-Site, else Origin)
and carry the page's own token, as header or as field of the form: what another site makes a browser send has neither.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

FORM_FIELD = "form_token"
FORM_HEADER = "x-form-token"
COOKIE_CHARACTERS_MAX = 3_800
"""Browsers keep 4,096 bytes of a cookie, its name and attributes among them (RFC 6265, section 6.1)."""
FORM_SECONDS_MAX = 10.0
FORM_FIELDS_MAX = 500
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


class Sessions:
    """The cookie of this deployment. ``secure``: it travels over https alone; a local stack has none."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure
        # The prefix holds a browser to it: secure, for this host alone, for every path.
        self.cookie = "__Host-spn-session" if secure else "spn-session"

    def token(self, request: Request) -> str | None:
        """The token in the cookie."""
        return request.cookies.get(self.cookie)

    def begin(self, response: Response, token: str, seconds: int) -> None:
        """Give the browser the cookie, for so long."""
        response.set_cookie(self.cookie, token, max_age=max(seconds, 0), **self._attributes)

    def end(self, response: Response) -> None:
        """Take it back."""
        response.delete_cookie(self.cookie, **self._attributes)

    @property
    def _attributes(self) -> Any:
        return {"path": "/", "secure": self._secure, "httponly": True, "samesite": "strict"}


def form_token(session_token: str) -> str:
    """What a page of this session carries. It follows from the session, so that nothing need be kept."""
    return hmac.new(session_token.encode(), b"spn form token", hashlib.sha256).hexdigest()


def is_from_here(request: Request) -> bool | None:
    """Whether a page of ours sent it; None when nothing tells, as with a client that is no browser."""
    if (site := request.headers.get("sec-fetch-site")) is not None:
        return site == "same-origin"
    if (origin := request.headers.get("origin")) is not None:
        return origin.partition("://")[2] == request.headers.get("host", "").lower()
    return None


async def is_forged(request: Request, session_token: str) -> bool:
    """Whether another site may have made the browser send this change."""
    if is_from_here(request) is not True:
        return True
    shown = request.headers.get(FORM_HEADER) or await form_field(request, FORM_FIELD)
    return not hmac.compare_digest(shown.encode(), form_token(session_token).encode())


async def form_field(request: Request, name: str) -> str:
    """A field of the form in the body, or nothing. The form is kept for whoever handles the request.

    The route bounds its size (``max_body_size``); here it is bounded in time.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in FORM_TYPES:
        return ""
    try:
        async with asyncio.timeout(FORM_SECONDS_MAX):
            await request.body()  # kept, so that the handler may read it once more in whichever way
            value = (await request.form(max_fields=FORM_FIELDS_MAX)).get(name)
    except (TimeoutError, ClientDisconnect, HTTPException):
        return ""
    return value if isinstance(value, str) else ""
