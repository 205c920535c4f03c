"""Who may come in over HTTP: so many at once, and no new command while too many wait for their answer.

A client that is sent away hears so at once, and when to come back, instead of waiting for its own time-out.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one replica; the backlog is that of all replicas together."""

    requests_max: int = 500
    """Requests at hand at the same time. Half of them may wait for an answer; the others get a link."""
    backlog_max: int = 5_000
    """Commands that wait for their answer. A later one would wait for seconds."""


class NotAdmittedError(Exception):
    """Not now; the client should come back after so many seconds."""

    def __init__(self, status: int, code: str, title: str, retry_after_seconds: int) -> None:
        super().__init__(title)
        self.status = status
        self.code = code
        self.title = title
        self.retry_after_seconds = retry_after_seconds


class Admission(Collector):
    """Counts who is in, and who was sent away."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.inside = 0
        self.backlog = 0
        self._refused: Counter[str] = Counter({"requests": 0, "backlog": 0})

    @contextlib.contextmanager
    def request(self) -> Iterator[None]:
        """For as long as a request is at hand.

        :raises NotAdmittedError: 503, too many are.
        """
        if self.inside >= self.limits.requests_max:
            self._refused["requests"] += 1
            raise NotAdmittedError(503, "busy", "Too many requests are at hand; try again", 1)
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1

    def command(self) -> None:
        """One more command is to be put on the log.

        :raises NotAdmittedError: 429, too many wait for their answer.
        """
        if self.backlog >= self.limits.backlog_max:
            self._refused["backlog"] += 1
            raise NotAdmittedError(429, "backlog", "Too many commands wait for their answer; try again", 5)
        self.backlog += 1

    def count(self, backlog: int) -> None:
        """So many wait for their answer, as counted in the database."""
        self.backlog = backlog

    def collect(self) -> Iterable[Metric]:
        """For Prometheus."""
        yield GaugeMetricFamily("spn_http_requests", "Requests at hand", value=self.inside)
        yield GaugeMetricFamily("spn_http_backlog", "Commands of all replicas without an answer", value=self.backlog)
        refused = CounterMetricFamily("spn_http_refused", "Requests sent away, by the limit", labels=["limit"])
        for limit, number in self._refused.items():
            refused.add_metric([limit], number)
        yield refused
