"""The HTTP edge of a service that takes commands: POST /v1/commands/{type}, GET /v1/commands/{id}."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from spn.admitted import admitted
from spn.commands_described import look_operation, post_operations
from spn.http_edge import SharedEdge
from spn.json_body import json_body
from spn.messaging.contract import Command
from spn.messaging.edge import Edge, KeyReusedError, Submitted
from spn.messaging.trace import TRACEPARENT
from spn.mistakes import pointers
from spn.openapi import described
from spn.posting import Posters, Posting
from spn.problems import problem_response
from spn.rights.gate import Who
from spn.rights.marks import may, may_by
from spn.rights.roles import Principal
from spn.rights.routing import GuardedRouter
from spn.service import Service

__all__ = ["Posters", "Posting", "command_router", "command_routes"]

KEY_CHARACTERS_MAX = 200
WAIT_SECONDS = 2.0
WAIT_SECONDS_MAX = 30.0


def command_routes(posting: Posting, shared: SharedEdge) -> Callable[[Service], GuardedRouter]:
    """The routes for all commands of a service.

    :raises MarkError: when they are made, if a command of the service has no roles in the table.
    """

    def routes(service: Service) -> GuardedRouter:
        known: dict[str, type[Command]] = {}
        for topic in service.parts.policies.topics:
            known |= service.parts.policies.command_types(topic)
        return command_router(shared.of(service), known, posting)

    return routes


def command_router(edge: Edge, known: Mapping[str, type[Command]], posting: Posting) -> GuardedRouter:
    """The routes for these commands, by type.

    :raises MarkError: one of them has no roles in the table.
    """
    router = GuardedRouter(prefix="/v1/commands", include_in_schema=False)
    by_type, desk = posting.roles(known), _Desk(edge, known, posting)

    @router.post("/{type_}")
    @may_by("type_", by_type)
    @described(lambda: post_operations(known, by_type, posting))
    async def post(type_: str, request: Request, who: Who) -> Response:
        """Put one command on the log of its aggregate and wait a moment for the answer."""
        return await admitted(edge, lambda: desk.take(type_, request, who))

    @router.get("/{command_id}")
    @may(*posting.readers.union(*by_type.values()))
    @described(lambda: [look_operation(posting)])
    async def get(command_id: str, who: Who, wait: str = "0") -> Response:
        """What became of a command; ``wait`` seconds (at most 30) for its answer."""
        return await admitted(edge, lambda: desk.look(command_id, _seconds(wait), who))

    return router


@dataclass(frozen=True, slots=True)
class _Desk:
    """Takes commands, and tells what became of them."""

    edge: Edge
    known: Mapping[str, type[Command]]
    posting: Posting

    async def take(self, type_: str, request: Request, who: Principal) -> JSONResponse:
        kind = self.known.get(type_)
        if kind is None:
            title = "There is no command of this type"
            return problem_response(404, "unknown-type", title, known=sorted(self.known))
        try:
            command = kind.model_validate(await json_body(request))
        except ValidationError as error:
            return problem_response(422, "invalid", "The command is not valid", errors=pointers(error))
        return await self._submit(self.posting.dressed(command, request, who), request, who)

    async def _submit(self, command: Command, request: Request, who: Principal) -> JSONResponse:
        key = request.headers.get("idempotency-key", "") or str(uuid4())
        if len(key) > KEY_CHARACTERS_MAX or not key.isprintable():
            title = f"Idempotency-Key is at most {KEY_CHARACTERS_MAX} printable characters"
            return problem_response(400, "bad-key", title)
        trace = request.headers.get("traceparent", "")
        try:
            submitted = await self.edge.submit(
                command, key, trace if TRACEPARENT.match(trace) else None, subject=who.subject
            )
        except KeyReusedError:
            return problem_response(422, "key-reused", "This Idempotency-Key was used for another command")
        return await self._waited(submitted, WAIT_SECONDS)

    async def look(self, command_id: str, seconds: float, who: Principal) -> JSONResponse:
        found = await self._found(command_id)
        if found is None or not (who.roles & self.posting.readers or found.subject == who.subject):
            return problem_response(404, "unknown-command", "No command with this id came in here")
        return await self._waited(found, seconds)

    async def _found(self, command_id: str) -> Submitted | None:
        try:
            id_ = UUID(command_id)
        except ValueError:
            return None
        return await self.edge.known(id_)

    async def _waited(self, submitted: Submitted, seconds: float) -> JSONResponse:
        id_ = submitted.command_id
        answer = submitted.answer or (await self.edge.wait(id_, seconds) if seconds else None)
        link = f"/v1/commands/{id_}"
        if answer is None:
            body = {"command_id": str(id_), "status": "pending", "href": link}
            return JSONResponse(body, status_code=202, headers={"location": link, "retry-after": "1"})
        return JSONResponse({"status": "answered", "href": link, **answer}, status_code=self._status(answer))

    def _status(self, answer: Mapping[str, Any]) -> int:
        if answer.get("outcome") != "refused":
            return 200
        return self.posting.statuses.get(str(answer.get("code")), 409)


def _seconds(wait: str) -> float:
    """How long to wait; what is no number of seconds is none."""
    with contextlib.suppress(ValueError):
        if math.isfinite(seconds := float(wait)):
            return min(max(seconds, 0.0), WAIT_SECONDS_MAX)
    return 0.0
