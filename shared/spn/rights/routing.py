"""Routes that stand behind the gate, and the check that all of an application's do."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response, Security
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.security import HTTPBearer
from starlette.routing import Mount

from spn.problems import problems_by_status
from spn.rights.gate import Gate
from spn.rights.marks import For, MarkError, Rights, refuse_writing_auditor, rights_of

BODY_BYTES_MAX = 1_000_000
"""Of every request to a route that sets no limit of its own."""

_TOKEN = HTTPBearer(auto_error=False, scheme_name="token", description="A JWT of the identity provider.")
_REFUSED = problems_by_status({401: "No good token.", 403: "Not for the roles of this token."})


class GuardedRoute(APIRoute):
    """A route whose mark is held before anything of the request's body is read."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        """Marked, or not at all.

        :raises MarkError: the endpoint says not who may ask it.
        """
        self.rights = rights_of(endpoint)
        refuse_writing_auditor(self.rights, more.get("methods") or ("GET",), path)
        if self.rights.whom is For.ROLES:
            more["responses"] = {**_REFUSED, **(more.get("responses") or {})}
            more["dependencies"] = [*(more.get("dependencies") or ()), Security(_TOKEN)]
        super().__init__(path, endpoint, **more)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, behind the gate of the application that the request came to."""
        handle, rights = super().get_route_handler(), rights_of(self.endpoint)

        async def guarded(request: Request) -> Response:
            gate: Gate = request.app.state.gate
            try:
                refused = await gate.refusal(request, rights)
                return await handle(request) if refused is None else await self.turned_away(request, refused)
            finally:
                await request.close()  # files of a form that the gate looked into

        return guarded

    async def turned_away(self, request: Request, refused: JSONResponse) -> Response:  # noqa: ARG002 - for who overrides
        """What somebody hears whom the gate does not let in; a router of pages says the same for people to read."""
        return refused


class GuardedRouter(APIRouter):
    """A router all of whose routes are guarded."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"route_class": GuardedRoute, **more})


def guard(app: FastAPI, gate: Gate) -> None:
    """Put the gate before every route.

    :raises MarkError: a route does not stand behind it, or does not say who may ask it.
    """
    app.state.gate = gate
    for _ in marked_routes(app):
        pass


def marked_routes(app: FastAPI) -> Iterator[tuple[str, tuple[str, ...], Rights]]:
    """Path, methods and mark of every route; of a folder of files the path with a star.

    :raises MarkError: one of them has no mark.
    """
    if any(app.router._iter_low_priority_routes()):  # what iter_route_contexts passes over: app.frontend()
        raise MarkError("a frontend does not stand behind the gate: mount its files as public(...)")
    for context in iter_route_contexts(app.routes):
        route, path = context.original_route, context.path or ""
        if isinstance(route, GuardedRoute):
            yield path, tuple(sorted(context.methods or ())), route.rights
        elif isinstance(route, Mount) and rights_of(route.app).whom is For.PUBLIC:
            yield f"{path}/*", ("GET",), rights_of(route.app)
        else:
            raise MarkError(f"{path or type(route).__name__} does not stand behind the gate: use a GuardedRouter")
