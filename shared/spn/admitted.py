"""A request within the limits of its service's edge: admitted, or told when to come back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog
from fastapi.responses import JSONResponse, Response

from spn.messaging.admission import NotAdmittedError
from spn.messaging.edge import Edge
from spn.messaging.faults import is_transient
from spn.problems import ProblemError, problem_response

T = TypeVar("T")
BUSY_SECONDS = 2
LATER = {503: "Too many requests, or the database is away. Come back after `Retry-After` seconds."}

log = structlog.get_logger("edge")


async def admitted(edge: Edge, work: Callable[[], Awaitable[Response]]) -> Response:
    """What comes of a request, or at once that it cannot be taken now. A bug goes on its way."""
    try:
        with edge.admission.request():
            return await work()
    except ProblemError as error:
        return error.answer
    except NotAdmittedError as error:
        return later(error.status, error.code, error.title, error.retry_after_seconds)
    except Exception as error:
        if not is_transient(error):
            raise
        # Nobody knows what became of the request.
        log.warning("edge_refused", error=type(error).__name__)
        title = "This cannot be done now; try again, a command with the same Idempotency-Key"
        return later(503, "busy", title, BUSY_SECONDS)


async def read(edge: Edge, work: Callable[[Any], Awaitable[T]]) -> T:
    """What comes of ``work`` on a connection, in its turn and in time.

    :raises TransientError: it takes too long.
    """

    async def done() -> T:
        async with edge.turns.session() as connection:
            return await work(connection)

    return await edge.turns.in_time(done())


def later(status: int, code: str, title: str, seconds: int) -> JSONResponse:
    """Not now, but after so many seconds."""
    answer = problem_response(status, code, title)
    answer.headers["retry-after"] = str(seconds)
    return answer
