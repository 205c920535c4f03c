"""Every route says who may ask it, or the application is not made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from spn.rights.gate import Gate
from spn.rights.marks import MarkError, may, public
from spn.rights.roles import Role
from spn.rights.routing import GuardedRouter, guard, marked_routes


@pytest.fixture
def app() -> FastAPI:
    return FastAPI(openapi_url=None, docs_url=None, redoc_url=None)


async def _unmarked() -> str:
    return "open"


def guarded_but_unmarked(app: FastAPI) -> None:
    made = GuardedRouter()
    made.get("/open")(_unmarked)
    app.include_router(made)


def marked_too_late(app: FastAPI) -> None:
    made = GuardedRouter()
    public(made.get("/late")(_unmarked))
    app.include_router(made)


def unguarded(app: FastAPI) -> None:
    made, outer = APIRouter(), GuardedRouter()
    made.get("/open")(public(lambda: "open"))
    outer.include_router(made, prefix="/deep")
    app.include_router(outer)


def bare_route(app: FastAPI) -> None:
    app.router.routes.append(Route("/bare", PlainTextResponse("open")))


def mounted(app: FastAPI) -> None:
    app.router.routes.append(Mount("/files", PlainTextResponse("open")))


def documentation(app: FastAPI) -> None:
    app.openapi_url, app.docs_url = "/openapi.json", "/docs"
    app.setup()


def frontend(app: FastAPI) -> None:
    app.frontend("/pages", directory=".")


def no_role(app: FastAPI) -> None:
    made = GuardedRouter()
    made.get("/nobody")(may()(_unmarked))
    app.include_router(made)


def writing_auditor(app: FastAPI) -> None:
    made = GuardedRouter()

    @made.post("/change")
    @may(Role.AUDITOR, Role.ORGANISER)
    async def change() -> str:
        return "changed"

    app.include_router(made)


@pytest.mark.parametrize(
    ("add", "why"),
    [
        (guarded_but_unmarked, "_unmarked does not say who may ask it"),
        (marked_too_late, "_unmarked does not say who may ask it"),
        (unguarded, "/deep/open does not stand behind the gate"),
        (bare_route, "/bare does not stand behind the gate"),
        (mounted, "PlainTextResponse does not say who may ask it"),
        (documentation, "/openapi.json does not stand behind the gate"),
        (frontend, "a frontend does not stand behind the gate"),
        (no_role, "names no role"),
        (writing_auditor, "/change would let an auditor change something: POST"),
    ],
)
def test_an_application_with_a_route_that_says_not_who_may_ask_it_is_refused(
    app: FastAPI, gate: Gate, add: Callable[[FastAPI], Any], why: str
) -> None:
    def built() -> None:
        add(app)
        guard(app, gate)

    with pytest.raises(MarkError, match=why):
        built()


def test_files_for_everybody_may_be_mounted(app: FastAPI, gate: Gate) -> None:
    app.router.routes.append(Mount("/files", public(PlainTextResponse("open"))))
    guard(app, gate)
    assert ("/files/*", ("GET",)) in [(path, methods) for path, methods, _ in marked_routes(app)]
