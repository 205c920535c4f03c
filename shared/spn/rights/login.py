"""The routes of a login session: POST /session, GET /session, DELETE /session, POST /session/end."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel

from spn.json_body import BodyError, json_body
from spn.problems import problem_response
from spn.rights.gate import Gate, Who, seconds_left
from spn.rights.marks import may, public
from spn.rights.roles import Role
from spn.rights.routing import GuardedRouter
from spn.rights.sessions import (
    COOKIE_CHARACTERS_MAX,
    FORM_TYPES,
    form_field,
    form_token,
    is_from_here,
)
from spn.rights.tokens import TokenError

if TYPE_CHECKING:
    from spn.service import Service

BODY_BYTES_MAX = 20_000
PATH_CHARACTERS_MAX = 500
NO_STORE = {"cache-control": "no-store"}
_OWN_PATH = re.compile(r"/(?:[A-Za-z0-9%?=&_~.-][A-Za-z0-9/%?=&_~.-]*)?")


class LoggedIn(BaseModel):
    """Who is logged in. ``form_token`` goes with each change that comes with the cookie; a bearer needs none."""

    subject: str
    roles: list[Role]
    poi: str | None
    form_token: str | None


def session_routes(home: str = "/") -> Callable[[Service], GuardedRouter]:
    """The routes. A form is led on to its field ``next``, else to ``home``: both are paths of this service.

    A form whose token is not good is led back to its field ``back`` with ``?refused=`` and a word that says why.
    """

    def routes(_: Service) -> GuardedRouter:
        return session_router(home)

    return routes


def session_router(home: str) -> GuardedRouter:
    """The routes, for whichever application."""
    router = GuardedRouter(prefix="/session", max_body_size=BODY_BYTES_MAX)

    @router.post("", status_code=204, responses={303: {"description": "A form is led on."}})
    @public
    async def begin(request: Request) -> Response:
        """Log in: a token of the identity provider (`{"token": ...}`, or a form's field `token`) becomes a cookie."""
        return await _begin(request, home)

    @router.get("", response_model=LoggedIn)
    @may(*Role)
    async def show(request: Request, who: Who) -> JSONResponse:
        """Who is logged in, and what a page must send along with a change."""
        token: str | None = request.state.session
        body = {"subject": who.subject, "roles": sorted(who.roles), "poi": who.poi}
        return JSONResponse({**body, "form_token": form_token(token) if token else None}, headers=NO_STORE)

    @router.delete("", status_code=204)
    @public
    async def end(request: Request) -> Response:
        """Log out. The token itself holds until it expires: the cookie is gone, and with it this browser's copy."""
        return _end(request, Response(status_code=204))

    @router.post("/end", status_code=303, response_class=RedirectResponse)
    @public
    async def end_by_form(request: Request) -> Response:
        """Log out, for a form."""
        return _end(request, RedirectResponse(own_path(await form_field(request, "next")) or home, status_code=303))

    return router


async def _begin(request: Request, home: str) -> Response:
    gate: Gate = request.app.state.gate
    # Another site must not log a browser in either: its user would work in somebody else's name.
    if is_from_here(request) is False:
        return gate.forged()
    by_form = request.headers.get("content-type", "").partition(";")[0].strip().lower() in FORM_TYPES
    on = (own_path(await form_field(request, "next")) if by_form else None) or home
    token = ""
    try:
        token = await form_field(request, "token") if by_form else await _json_token(request)
        shown = await gate.check(token)
    except BodyError as error:
        return error.answer
    except TokenError as error:
        return await _unknown(request, gate.unknown(flaw := error.flaw if token else "missing"), flaw)
    if len(token) > COOKIE_CHARACTERS_MAX:
        return problem_response(413, "too-large", f"No cookie holds a token of over {COOKIE_CHARACTERS_MAX} signs")
    answer = RedirectResponse(on, status_code=303) if by_form else Response(status_code=204)
    gate.sessions.begin(answer, token, seconds_left(shown))
    answer.headers.update(NO_STORE)
    return answer


async def _unknown(request: Request, answer: Response, flaw: str) -> Response:
    """The answer; a form that names its own page goes back there, and is told why."""
    back = own_path(await form_field(request, "back"))
    if back is None or "?" in back:
        return answer
    more = {"refused": flaw, "next": own_path(await form_field(request, "next"))}
    query = urlencode({name: value for name, value in more.items() if value})
    return RedirectResponse(f"{back}?{query}", status_code=303, headers=NO_STORE)


def own_path(text: str) -> str | None:
    """The text, if it is a path of this very host and nothing that a browser takes for another."""
    return text if len(text) <= PATH_CHARACTERS_MAX and _OWN_PATH.fullmatch(text) else None


def _end(request: Request, answer: Response) -> Response:
    gate: Gate = request.app.state.gate
    if is_from_here(request) is False:
        return gate.forged()
    gate.sessions.end(answer)
    return answer


async def _json_token(request: Request) -> str:
    read = await json_body(request, BODY_BYTES_MAX)
    token = read.get("token") if isinstance(read, dict) else None
    return token if isinstance(token, str) else ""
