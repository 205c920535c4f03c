"""The HTTP side of a running service: health, metrics, and the routes that it brings itself."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp

from spn.failures import answer_failures
from spn.health import health_routes
from spn.outermost import Outermost
from spn.rights.gate import Gate
from spn.rights.marks import public
from spn.rights.routing import BODY_BYTES_MAX, GuardedRouter, guard
from spn.service import Service

DOCUMENT_SECONDS_MAX = 60


class Application(FastAPI):
    """An application of ours: every failure is a problem (RFC 9457), and the document tells so."""

    def __init__(self, title: str) -> None:
        super().__init__(
            title=title,
            generate_unique_id_function=lambda route: route.name.replace("_", "-"),
            docs_url=None,
            redoc_url=None,
            openapi_url=None,
            max_body_size=BODY_BYTES_MAX,
        )
        self._completed: dict[str, Any] | None = None
        answer_failures(self)

    def build_middleware_stack(self) -> ASGIApp:
        return Outermost(super().build_middleware_stack())

    def openapi(self) -> dict[str, Any]:
        from spn.openapi import complete  # nobody asks for it before the service runs

        document = super().openapi()
        if document is not self._completed:
            complete(document, self.routes)
            self._completed = document
        return document


def application(service: Service) -> FastAPI:
    """All of it, behind the gate that the settings describe.

    :raises MarkError: a route does not say who may ask it.
    :raises KeysError: the identity provider's keys are of no use.
    """
    gate = Gate.of(service.settings)
    registry = CollectorRegistry()
    registry.register(service.meters)
    registry.register(gate.turned_away)
    app = Application(f"spn-{service.parts.name}")
    app.include_router(health_routes(service.live, service.ready, service.status, registry))
    app.include_router(_description())
    for routes in service.parts.routes:
        app.include_router(routes(service))
    guard(app, gate)
    return app


def _description() -> GuardedRouter:
    router = GuardedRouter(include_in_schema=False)

    @router.get("/openapi.json")
    @public
    async def describe(request: Request) -> JSONResponse:
        headers = {"cache-control": f"public, max-age={DOCUMENT_SECONDS_MAX}"}
        return JSONResponse(request.app.openapi(), headers=headers)

    return router
