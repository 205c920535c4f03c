"""The HTTP side of a running service: health, metrics, and the routes that it brings itself."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry

from spn.health import health_routes
from spn.rights.gate import Gate
from spn.rights.marks import public
from spn.rights.routing import BODY_BYTES_MAX, GuardedRouter, guard
from spn.service import Service


def application(service: Service) -> FastAPI:
    """All of it, behind the gate that the settings describe.

    :raises MarkError: a route does not say who may ask it.
    :raises KeysError: the identity provider's keys are of no use.
    """
    gate = Gate.of(service.settings)
    registry = CollectorRegistry()
    registry.register(service.meters)
    registry.register(gate.turned_away)
    app = FastAPI(
        title=f"spn-{service.parts.name}",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        max_body_size=BODY_BYTES_MAX,
    )
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
        return JSONResponse(request.app.openapi())

    return router
