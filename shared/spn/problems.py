"""An error as an answer: problem+json (RFC 9457)."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse

from spn.messaging.edge import problem


def problem_response(status: int, code: str, title: str, **more: Any) -> JSONResponse:
    """The answer: ``code`` is stable and for programs, ``title`` for people."""
    body = dict(problem(status, code, title, **more))
    return JSONResponse(body, status_code=status, media_type="application/problem+json")
