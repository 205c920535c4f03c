"""Coming in: the page to log in, and what a person sees whom the gate does not let through."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from enrolment.organiser.addresses import OFFICE
from enrolment.organiser.visit import OfficeVisit
from enrolment.pages.visit import Desk
from enrolment.pages.words import Language
from spn.browsers import PAGE_HEADERS
from spn.rights.login import own_path
from spn.rights.routing import GuardedRoute

_FLAWS: Final = ("missing", "expired", "not-yet-valid", "wrong-audience", "wrong-issuer")
_READS: Final = ("GET", "HEAD")


async def show(visit: OfficeVisit) -> Response:
    """The page to log in. It says why, to who was led here; after it the form leads on to where they wanted to be."""
    asked = visit.request.query_params
    on = _ours(asked.get("next", "")) or visit.to("home")
    refused = asked.get("refused")
    flaw = None if refused is None else refused if refused in _FLAWS else "other"
    switch = visit.elsewhere("login")
    return visit.page("organiser/login", switch=switch, on=on, was_led="next" in asked, flaw=flaw, who=None)


def turning_away(desk: Desk) -> type[GuardedRoute]:
    """Routes that tell a person in words what the gate tells a program as problem+json."""

    class Turning(GuardedRoute):
        async def turned_away(self, request: Request, refused: JSONResponse) -> Response:
            if "text/html" not in request.headers.get("accept", "") or "authorization" in request.headers:
                return refused
            language: Language = "en" if request.url.path.startswith("/en/") else "nl"
            visit = OfficeVisit(desk, request, desk.pages.words[language])
            return _said(visit, refused)

    return Turning


def _said(visit: OfficeVisit, refused: JSONResponse) -> Response:
    """To the page to log in where nothing gets lost by it, else a calm page."""
    request = visit.request
    if refused.status_code == 401 and request.method in _READS:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        on = _ours(asked) or visit.to("home")
        place = f"{visit.to('login')}?next={quote(on, safe='/')}"
        return RedirectResponse(place, 303, headers={**PAGE_HEADERS, "vary": "accept"})
    if refused.status_code == 401:
        return visit.message(401, "entrance.ended")
    forged = json.loads(bytes(refused.body)).get("type", "").endswith(":forged")
    return visit.message(403, "entrance.forged" if forged else "entrance.forbidden")


def _ours(path: str) -> str | None:
    """The path, if it is one of the organisers' pages."""
    roots = OFFICE.pages["home"].values()
    here = path.partition("?")[0]
    return own_path(path) if any(here == root or here.startswith(f"{root}/") for root in roots) else None
