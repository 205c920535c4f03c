"""One HTTP edge per service, however many routes put commands on the log: they share its limits and its bell."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from spn.loops import kept
from spn.messaging.edge import Edge

if TYPE_CHECKING:
    from spn.messaging.admission import Limits
    from spn.service import Service


class SharedEdge:
    """Gives each route of a service the same edge, made when the first one asks."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits
        self._edge: Edge | None = None

    def of(self, service: Service) -> Edge:
        """The edge of this service: it is counted, listens for answers, and lets go when the service ends."""
        if self._edge is None:
            self._edge = _opened(service, self._limits)
        return self._edge


def _opened(service: Service, limits: Limits | None) -> Edge:
    edge = Edge(service.pool, service.clock, service.pipeline.source, limits)
    service.meters.more.append(edge.admission)
    url = service.settings.database_url.get_secret_value()
    listener = asyncio.create_task(kept(service, lambda: edge.listen(url)), name="edge")
    service.background += [listener, asyncio.create_task(edge.let_go(service.ended), name="edge's end")]
    return edge
