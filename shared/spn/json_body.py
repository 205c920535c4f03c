"""The JSON body of a request, read no further and no longer than the limits."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request

from spn.bodies import BodyRefusedError, read_body
from spn.problems import ProblemError

BODY_BYTES_MAX = 100_000
BODY_SECONDS_MAX = 10.0


class BodyError(ProblemError):
    """A body that cannot be taken."""


async def json_body(request: Request, bytes_max: int = BODY_BYTES_MAX) -> Any:
    """What the body holds, whatever it is.

    :raises BodyError: it is too large, too slow or no JSON.
    """
    try:
        body = await read_body(request, bytes_max, BODY_SECONDS_MAX)
    except BodyRefusedError as error:
        raise BodyError(error.status, error.code, error.title) from None
    try:
        read = json.loads(body)
        # NaN is no number, and half a surrogate pair no text: neither could be written again.
        json.dumps(read, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise BodyError(400, "not-json", "The body is not JSON") from None
    return read
