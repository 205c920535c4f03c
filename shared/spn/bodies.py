"""The body of a request, read no further and no longer than its limits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

if TYPE_CHECKING:
    from starlette.requests import Request


class BodyRefusedError(Exception):
    """A body that is not taken: the HTTP status, a stable code and a title for it."""

    def __init__(self, status: int, code: str, title: str) -> None:
        super().__init__(title)
        self.status = status
        self.code = code
        self.title = title


async def read_body(request: Request, bytes_max: int, seconds_max: float) -> bytes:
    """The whole body.

    :raises BodyRefusedError: it is larger (413) or comes slower (408) than that.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(seconds_max):
            async for part in request.stream():
                body += part
                if len(body) > bytes_max:
                    raise BodyRefusedError(413, "too-large", f"The body is larger than {bytes_max} bytes")
    except (TimeoutError, ClientDisconnect):
        raise BodyRefusedError(408, "too-slow", f"The body did not come within {seconds_max:g} seconds") from None
    return bytes(body)
