"""What FastAPI and Starlette answer by themselves, as problems: wrong parameters, no such path, a bug."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from spn.mistakes import MISTAKES_MAX, pointer, sentence
from spn.problems import problem_response

_CODES = {400: "not-readable", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}
_TITLES = {
    400: "The request cannot be read",
    404: "There is nothing here",
    405: "This cannot be asked in this way",
    413: "The body is too large",
}


def answer_failures(app: FastAPI) -> None:
    """Answer everything that goes wrong with a problem, that tells nothing of the program and repeats no value."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _failed)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    mistakes = [_mistake(one) for one in error.errors()[:MISTAKES_MAX]]
    return problem_response(422, "invalid", "What was asked is not valid", errors=mistakes)


def _mistake(error: dict[str, Any]) -> dict[str, str]:
    where, *place = error["loc"]
    said = {"detail": sentence(error["type"], error["msg"])}
    if where == "body":
        return {"pointer": pointer(place), **said}
    return {"parameter": str(place[0]) if place else str(where), **said}


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    answer: JSONResponse = problem_response(status, _CODES.get(status, f"status-{status}"), title)
    answer.headers.update(error.headers or {})
    if "GET" in answer.headers.get("allow", "").split(", "):
        answer.headers["allow"] += ", HEAD"
    return answer


async def _failed(_: Request, __: Exception) -> Response:
    """A bug; the server's log tells where."""
    return problem_response(500, "failed", "Something went wrong here; it has been noted")
