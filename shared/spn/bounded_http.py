"""uvicorn's HTTP protocol, with bounds for clients that are slow or many: it has none before a request has begun."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

HEAD_SECONDS_MAX = 10.0
IDLE_SECONDS_MAX = 75
"""Longer than clients and proxies keep a connection that asks nothing (httpx 5 s, nginx and load balancers 60 s).

Who closes first must be the one who asks: a request that meets a closing server is reset without an answer, as
happened under overload when both waited 5 s.
"""
CONNECTIONS_MAX = 800
"""Fewer than the 1,024 files that a process may open by default."""


class BoundedProtocol(H11Protocol):
    """A connection. The head of each request must come in time; who asks nothing makes room for newcomers."""

    _too_slow: asyncio.TimerHandle | None = None

    @property
    def asks(self) -> bool:
        """Whether a request is at hand."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._watch()
        if len(self.connections) > CONNECTIONS_MAX:
            next(
                (c for c in self.connections if c is not self and not getattr(c, "asks", True)), self
            ).transport.close()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Give a request so long to begin, however its head trickles in."""
        if self.asks:
            self._unwatch()
        elif self._too_slow is None:
            self._too_slow = self.loop.call_later(HEAD_SECONDS_MAX, self.transport.close)

    def _unwatch(self) -> None:
        if self._too_slow is not None:
            self._too_slow.cancel()
            self._too_slow = None
