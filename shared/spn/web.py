"""The HTTP side of a running service: health, metrics, and the routes that it brings itself."""

from __future__ import annotations

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from spn.health import health_routes
from spn.service import Service


def application(service: Service) -> FastAPI:
    """All of it."""
    registry = CollectorRegistry()
    registry.register(service.meters)
    app = FastAPI(title=f"spn-{service.parts.name}", docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    app.include_router(health_routes(service.live, service.ready, service.status, registry))
    for routes in service.parts.routes:
        app.include_router(routes(service))
    return app
