"""What holds for every answer of a service, whatever route gives it: the layer around the whole application."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spn.problems import problem_response

_DEFAULTS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class Outermost:
    """HEAD where GET is, kept by no cache unless the route says so, and a problem where Starlette says text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        await self._app({**scope, "method": "GET"} if head else scope, receive, _Answer(send, head=head))


class _Answer:
    """One answer on its way out."""

    def __init__(self, send: Send, *, head: bool) -> None:
        self._send = send
        self._head = head
        self._instead: bytes | None = None
        self._over = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._send(self._started(dict(message)))
        elif message["type"] != "http.response.body":
            await self._send(message)
        elif self._head or self._instead is not None:
            if not self._over:
                self._over = True
                await self._send({"type": "http.response.body", "body": b"" if self._head else self._instead})
        else:
            await self._send(message)

    def _started(self, message: dict[str, Any]) -> dict[str, Any]:
        headers = MutableHeaders(raw=list(message["headers"]))
        # The one answer that no handler of ours can give: the limit of a body is held outside of them all.
        if message["status"] == 413 and headers.get("content-type", "").startswith("text/plain"):
            problem = problem_response(413, "too-large", "The body is too large")
            self._instead, headers = bytes(problem.body), problem.headers
        for name, value in _DEFAULTS.items():
            headers.setdefault(name, value)
        return {**message, "headers": headers.raw}
