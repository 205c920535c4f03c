"""The HTTP side that every service has: /live, /ready, /metrics, /status."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from spn.rights.marks import probe
from spn.rights.routing import GuardedRouter

Check = Callable[[], Awaitable[dict[str, str]]]


def health_routes(
    live: Check, ready: Check, status: Callable[[], Awaitable[dict[str, Any]]], registry: CollectorRegistry
) -> GuardedRouter:
    """The routes. A check returns what is wrong by name; nothing wrong is 200, anything else 503."""
    router = GuardedRouter(include_in_schema=False)

    @router.get("/live")
    @probe
    async def is_live() -> JSONResponse:
        return _answer(await live())

    @router.get("/ready")
    @probe
    async def is_ready() -> JSONResponse:
        return _answer(await ready())

    @router.get("/status")
    @probe
    async def show_status() -> JSONResponse:
        return JSONResponse(await status())

    @router.get("/metrics")
    @probe
    async def show_metrics() -> Response:
        with contextlib.suppress(Exception):  # with the database down the counters of this process still tell something
            await status()
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _answer(wrong: dict[str, str]) -> JSONResponse:
    return JSONResponse({"ok": not wrong, "wrong": wrong}, status_code=503 if wrong else 200)
