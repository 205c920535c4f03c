"""An error as an answer: problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

PROBLEM_TYPE = "application/problem+json"
PROBLEM_SCHEMA = {"$ref": "#/components/schemas/Problem"}


class Mistake(BaseModel):
    """One thing that is wrong with a request, and where. What was sent is never repeated."""

    detail: str
    pointer: str | None = Field(default=None, description="JSON pointer (RFC 6901) into the body, as a fragment.")
    parameter: str | None = Field(default=None, description="Name of the part of the query, the path or the headers.")


class Problem(BaseModel):
    """Why a request was not done (RFC 9457). ``type`` is for programs and keeps its meaning."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:spn:problem:invalid"])
    title: str
    status: int
    errors: list[Mistake] = Field(default=[], description="At most 20 of the mistakes.")


class ProblemError(Exception):
    """A request that is not done; ``answer`` is the problem that says why."""

    def __init__(self, status: int, code: str, title: str, **more: Any) -> None:
        super().__init__(title)
        self.answer: JSONResponse = problem_response(status, code, title, **more)


def problem_response(status: int, code: str, title: str, **more: Any) -> JSONResponse:
    """The answer: ``code`` is stable and for programs, ``title`` for people."""
    body = {"type": f"urn:spn:problem:{code}", "title": title, "status": status, **more}
    return JSONResponse(body, status_code=status, media_type=PROBLEM_TYPE)


def problems_by_status(said: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """Problems as the OpenAPI document shows them, by their status: what each means."""
    content = {PROBLEM_TYPE: {"schema": PROBLEM_SCHEMA}}
    return {status: {"description": what, "content": content} for status, what in said.items()}
