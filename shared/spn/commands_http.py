"""The HTTP edge of a service that takes commands: POST /v1/commands/{type}, GET /v1/commands/{id}."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import structlog
from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from spn.http_edge import SharedEdge
from spn.json_body import BodyError, json_body
from spn.messaging.admission import NotAdmittedError
from spn.messaging.contract import Command
from spn.messaging.edge import Edge, KeyReusedError, Submitted, pointers
from spn.messaging.faults import is_transient
from spn.messaging.trace import TRACEPARENT
from spn.problems import problem_response
from spn.rights.marks import MarkError, may, may_by
from spn.rights.roles import Role
from spn.rights.routing import GuardedRouter
from spn.service import Service

KEY_CHARACTERS_MAX = 200
WAIT_SECONDS = 2.0
WAIT_SECONDS_MAX = 30.0

_LATER: dict[int | str, dict[str, Any]] = {
    429: {"description": "Too many commands wait for their answer. Come back after `Retry-After` seconds."},
    503: {"description": "Too many requests, or the database is away. Come back after `Retry-After` seconds."},
}

log = structlog.get_logger("edge")


Posters: TypeAlias = Mapping[type[Command], Iterable[Role]]
"""Which roles may post which command: a service's own table."""


def command_routes(posters: Posters, readers: Iterable[Role], shared: SharedEdge) -> Callable[[Service], GuardedRouter]:
    """The routes. ``readers`` may see what became of any command, and so may every role that posts some.

    :raises MarkError: when they are made, if a command of the service has no roles in the table.
    """

    def routes(service: Service) -> GuardedRouter:
        edge = shared.of(service)
        known: dict[str, type[Command]] = {}
        for topic in service.parts.policies.topics:
            known |= service.parts.policies.command_types(topic)
        return command_router(edge, known, posters, readers)

    return routes


def command_router(
    edge: Edge, known: Mapping[str, type[Command]], posters: Posters, readers: Iterable[Role]
) -> GuardedRouter:
    """The routes for these commands, by type.

    :raises MarkError: one of them has no roles in the table.
    """
    router = GuardedRouter(prefix="/v1/commands")
    by_type = _by_type(known, posters)

    @router.post("/{type_}", responses=_LATER)
    @may_by("type_", by_type)
    async def post(type_: str, request: Request) -> JSONResponse:
        """Put one command on the log of its aggregate and wait a moment for the answer."""
        if type_ not in known:
            return _unknown(type_, known)
        return await _admitted(edge, lambda: _take(edge, known[type_], request))

    @router.get("/{command_id}", responses=_LATER)
    @may(*frozenset(readers).union(*by_type.values()))
    async def get(command_id: str, wait: str = "0") -> JSONResponse:
        """What became of a command; ``wait`` seconds (at most 30) for its answer."""
        return await _admitted(edge, lambda: _look(edge, command_id, _seconds(wait)))

    return router


def _by_type(known: Mapping[str, type[Command]], posters: Posters) -> dict[str, frozenset[Role]]:
    table = {type_: frozenset(roles) for kind, roles in posters.items() for type_ in kind.types}
    if nameless := sorted(set(known) - set(table)):
        raise MarkError(f"no role may post {', '.join(nameless)}: the service's table of rights lacks them")
    return {type_: table[type_] for type_ in known}


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
        command = kind.model_validate(await json_body(request))
    except ValidationError as error:
        return problem_response(422, "invalid", "The command is not valid", errors=pointers(error))
    except BodyError as error:
        return error.answer
    return await _submit(edge, command, request)


async def _look(edge: Edge, command_id: str, seconds: float) -> JSONResponse:
    found = await _known(edge, command_id)
    if found is None:
        return problem_response(404, "unknown-command", "No command with this id came in here")
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
        return problem_response(400, "bad-key", f"Idempotency-Key is at most {KEY_CHARACTERS_MAX} printable characters")
    trace = request.headers.get("traceparent", "")
    try:
        submitted = await edge.submit(command, key, trace if TRACEPARENT.match(trace) else None)
    except KeyReusedError:
        return problem_response(422, "key-reused", "This Idempotency-Key was used for another command")
    return await _waited(edge, submitted, WAIT_SECONDS)


async def _waited(edge: Edge, submitted: Submitted, seconds: float) -> JSONResponse:
    answer = submitted.answer or (await edge.wait(submitted.command_id, seconds) if seconds else None)
    return _answered(submitted.command_id, answer)


def _unknown(type_: str, known: Mapping[str, Any]) -> JSONResponse:
    title = "There is no command of this type"
    return problem_response(404, "unknown-type", title, known=sorted(known), asked=type_[:100])


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
    answer = problem_response(status, code, title)
    answer.headers["retry-after"] = str(seconds)
    return answer
