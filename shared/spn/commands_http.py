"""The HTTP edge of a service that takes commands: POST /v1/commands/{type}, GET /v1/commands/{id}."""

from __future__ import annotations

import contextlib
import hmac
import json
import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import SecretStr, ValidationError

from spn.bodies import BodyRefusedError, read_body
from spn.http_edge import SharedEdge
from spn.messaging.admission import NotAdmittedError
from spn.messaging.contract import Command
from spn.messaging.edge import Edge, KeyReusedError, Submitted, pointers, problem
from spn.messaging.faults import is_transient
from spn.messaging.trace import TRACEPARENT
from spn.service import Service

BODY_BYTES_MAX = 100_000
BODY_SECONDS_MAX = 10.0
KEY_CHARACTERS_MAX = 200
WAIT_SECONDS = 2.0
WAIT_SECONDS_MAX = 30.0

_LATER: dict[int | str, dict[str, Any]] = {
    429: {"description": "Too many commands wait for their answer. Come back after `Retry-After` seconds."},
    503: {"description": "Too many requests, or the database is away. Come back after `Retry-After` seconds."},
}

log = structlog.get_logger("edge")


def command_routes(token: SecretStr | None, shared: SharedEdge) -> Callable[[Service], APIRouter]:
    """The routes, for whoever shows the bearer token. Without a token nobody comes in."""

    def routes(service: Service) -> APIRouter:
        edge = shared.of(service)
        known: dict[str, type[Command]] = {}
        for topic in service.parts.policies.topics:
            known |= service.parts.policies.command_types(topic)
        return _router(edge, known, token)

    return routes


def _router(edge: Edge, known: Mapping[str, type[Command]], token: SecretStr | None) -> APIRouter:
    router = APIRouter(prefix="/v1/commands")

    @router.post("/{type_}", responses=_LATER)
    async def post(type_: str, request: Request) -> JSONResponse:
        """Put one command on the log of its aggregate and wait a moment for the answer."""
        refused = _stranger(request, token) or (_unknown(type_, known) if type_ not in known else None)
        return refused or await _admitted(edge, lambda: _take(edge, known[type_], request))

    @router.get("/{command_id}", responses=_LATER)
    async def get(command_id: str, request: Request, wait: str = "0") -> JSONResponse:
        """What became of a command; ``wait`` seconds (at most 30) for its answer."""
        return _stranger(request, token) or await _admitted(edge, lambda: _look(edge, command_id, _seconds(wait)))

    return router


async def _admitted(edge: Edge, work: Callable[[], Awaitable[JSONResponse]]) -> JSONResponse:
    """What comes of a request, or at once that it cannot be taken now."""
    try:
        with edge.admission.request():
            return await work()
    except NotAdmittedError as error:
        return _later(error.status, error.code, error.title, error.retry_after_seconds)
    except Exception as error:  # noqa: BLE001 - a bug is raised again
        return _away(error)


async def _take(edge: Edge, kind: type[Command], request: Request) -> JSONResponse:
    try:
        command = kind.model_validate(await _body(request))
    except ValidationError as error:
        return _problem(422, "invalid", "The command is not valid", errors=pointers(error))
    except BodyRefusedError as error:
        return _problem(error.status, error.code, error.title)
    return await _submit(edge, command, request)


async def _look(edge: Edge, command_id: str, seconds: float) -> JSONResponse:
    found = await _known(edge, command_id)
    if found is None:
        return _problem(404, "unknown-command", "No command with this id came in here")
    return await _waited(edge, found, seconds)


async def _known(edge: Edge, command_id: str) -> Submitted | None:
    try:
        id_ = UUID(command_id)
    except ValueError:
        return None
    return await edge.known(id_)


def _seconds(wait: str) -> float:
    """How long to wait; what is no number of seconds is none."""
    with contextlib.suppress(ValueError):
        if math.isfinite(seconds := float(wait)):
            return min(max(seconds, 0.0), WAIT_SECONDS_MAX)
    return 0.0


async def _submit(edge: Edge, command: Command, request: Request) -> JSONResponse:
    key = request.headers.get("idempotency-key", "") or str(uuid4())
    if len(key) > KEY_CHARACTERS_MAX or not key.isprintable():
        return _problem(400, "bad-key", f"Idempotency-Key is at most {KEY_CHARACTERS_MAX} printable characters")
    trace = request.headers.get("traceparent", "")
    try:
        submitted = await edge.submit(command, key, trace if TRACEPARENT.match(trace) else None)
    except KeyReusedError:
        return _problem(422, "key-reused", "This Idempotency-Key was used for another command")
    return await _waited(edge, submitted, WAIT_SECONDS)


async def _waited(edge: Edge, submitted: Submitted, seconds: float) -> JSONResponse:
    answer = submitted.answer or (await edge.wait(submitted.command_id, seconds) if seconds else None)
    return _answered(submitted.command_id, answer)


async def _body(request: Request) -> Any:
    """The JSON body, read no further and no longer than the limits.

    :raises BodyRefusedError: it is too large, too slow or no JSON.
    """
    body = await read_body(request, BODY_BYTES_MAX, BODY_SECONDS_MAX)
    try:
        read = json.loads(body)
        # NaN is no number, and half a surrogate pair no text: neither could be written again.
        json.dumps(read, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise BodyRefusedError(400, "not-json", "The body is not JSON") from None
    return read


def _stranger(request: Request, token: SecretStr | None) -> JSONResponse | None:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    ours = token.get_secret_value().encode() if token else b""
    if ours and scheme.lower() == "bearer" and hmac.compare_digest(shown.strip().encode("latin-1"), ours):
        return None
    answer = _problem(401, "unauthorized", "Show the bearer token of this service")
    answer.headers["www-authenticate"] = "Bearer"
    return answer


def _unknown(type_: str, known: Mapping[str, Any]) -> JSONResponse:
    return _problem(404, "unknown-type", "There is no command of this type", known=sorted(known), asked=type_[:100])


def _answered(command_id: UUID, answer: dict[str, Any] | None) -> JSONResponse:
    link = f"/v1/commands/{command_id}"
    if answer is None:
        body = {"command_id": str(command_id), "status": "pending", "href": link}
        return JSONResponse(body, status_code=202, headers={"location": link, "retry-after": "1"})
    status = 409 if answer.get("outcome") == "refused" else 200
    return JSONResponse({"status": "answered", "href": link, **answer}, status_code=status)


def _away(error: Exception) -> JSONResponse:
    """The database is away or too busy: nobody knows what became of the request. A bug goes on its way."""
    if not is_transient(error):
        raise error
    log.warning("edge_refused", error=type(error).__name__)
    return _later(503, "busy", "This cannot be taken now; try again with the same Idempotency-Key", 2)


def _later(status: int, code: str, title: str, seconds: int) -> JSONResponse:
    answer = _problem(status, code, title)
    answer.headers["retry-after"] = str(seconds)
    return answer


def _problem(status: int, code: str, title: str, **more: Any) -> JSONResponse:
    body = dict(problem(status, code, title, **more))
    return JSONResponse(body, status_code=status, media_type="application/problem+json")
