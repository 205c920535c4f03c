"""The HTTP edge of a service that takes commands: POST /v1/commands/{type}, GET /v1/commands/{id}."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import SecretStr, ValidationError

from spn.loops import kept
from spn.messaging.contract import Command
from spn.messaging.edge import Edge, KeyReusedError, TooBusyError, pointers, problem
from spn.messaging.trace import TRACEPARENT
from spn.service import Service

BODY_BYTES_MAX = 100_000
KEY_CHARACTERS_MAX = 200
WAIT_SECONDS = 2.0
WAIT_SECONDS_MAX = 30.0


def command_routes(token: SecretStr | None) -> Callable[[Service], APIRouter]:
    """The routes, for whoever shows the bearer token. Without a token nobody comes in."""

    def routes(service: Service) -> APIRouter:
        edge = Edge(service.pool, service.clock, service.pipeline.source)
        url = service.settings.database_url.get_secret_value()
        listener = asyncio.create_task(kept(service, lambda: edge.listen(url)), name="edge")
        service.background.append(listener)
        known: dict[str, type[Command]] = {}
        for topic in service.parts.policies.topics:
            known |= service.parts.policies.command_types(topic)
        return _router(edge, known, token)

    return routes


def _router(edge: Edge, known: Mapping[str, type[Command]], token: SecretStr | None) -> APIRouter:
    router = APIRouter(prefix="/v1/commands")

    @router.post("/{type_}")
    async def post(type_: str, request: Request) -> JSONResponse:
        """Put one command on the log of its aggregate and wait a moment for the answer."""
        refused = _stranger(request, token) or (_unknown(type_, known) if type_ not in known else None)
        if refused:
            return refused
        try:
            command = known[type_].model_validate(await _body(request))
        except ValidationError as error:
            return _problem(422, "invalid", "The command is not valid", errors=pointers(error))
        except ValueError as error:
            return _problem(400, "not-json", str(error))
        return await _submit(edge, command, request)

    @router.get("/{command_id}")
    async def get(command_id: UUID, request: Request, wait: float = 0.0) -> JSONResponse:
        """What became of a command; ``wait`` seconds (at most 30) for its answer."""
        if refused := _stranger(request, token):
            return refused
        found = await edge.known(command_id)
        if found is None:
            return _problem(404, "unknown-command", "No command with this id came in here")
        answer = found.answer or (await _waited(edge, command_id, min(wait, WAIT_SECONDS_MAX)) if wait > 0 else None)
        return _answered(command_id, answer)

    return router


async def _submit(edge: Edge, command: Command, request: Request) -> JSONResponse:
    key = request.headers.get("idempotency-key", "") or str(uuid4())
    if len(key) > KEY_CHARACTERS_MAX:
        return _problem(400, "key-too-long", f"Idempotency-Key has more than {KEY_CHARACTERS_MAX} characters")
    trace = request.headers.get("traceparent", "")
    try:
        submitted = await edge.submit(command, key, trace if TRACEPARENT.match(trace) else None)
        answer = submitted.answer or await edge.wait(submitted.command_id, WAIT_SECONDS)
    except KeyReusedError:
        return _problem(422, "key-reused", "This Idempotency-Key was used for another command")
    except TooBusyError:
        return _busy()
    return _answered(submitted.command_id, answer)


async def _waited(edge: Edge, command_id: UUID, seconds: float) -> dict[str, Any] | None:
    try:
        return await edge.wait(command_id, seconds)
    except TooBusyError:
        return None


async def _body(request: Request) -> Any:
    """The JSON body, read no further than the limit.

    :raises ValueError: it is too large or no JSON.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_BYTES_MAX:
            raise ValueError(f"The body is larger than {BODY_BYTES_MAX} bytes")
    try:
        return json.loads(bytes(body))
    except (ValueError, RecursionError):
        raise ValueError("The body is not JSON") from None


def _stranger(request: Request, token: SecretStr | None) -> JSONResponse | None:
    shown = request.headers.get("authorization", "").removeprefix("Bearer ").encode()
    if token and hmac.compare_digest(shown, token.get_secret_value().encode()):
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


def _busy() -> JSONResponse:
    answer = _problem(503, "busy", "Too many commands wait for their answers; try again")
    answer.headers["retry-after"] = "2"
    return answer


def _problem(status: int, code: str, title: str, **more: Any) -> JSONResponse:
    body = dict(problem(status, code, title, **more))
    return JSONResponse(body, status_code=status, media_type="application/problem+json")
