"""The state of one replica as numbers: for /status, for metrics, and for whoever waits until nothing moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import asyncpg
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from spn.messaging.tally import COUNTED

if TYPE_CHECKING:
    from spn.messaging.lanes import Lane
    from spn.messaging.relay import RelayState
    from spn.messaging.subscription import Subscription

_COUNTS = """
SELECT (SELECT count(*) FROM outbox) AS depth,
       (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float FROM outbox) AS age,
       (SELECT count(*) FROM deadlines WHERE due_at <= $1) AS due,
       (SELECT count(*) FROM dead_letters WHERE NOT parked) AS open,
       (SELECT count(*) FROM dead_letters WHERE parked) AS parked,
       (SELECT count(*) FROM http_commands WHERE answer IS NULL) AS unanswered
"""


async def read_status(
    pool: asyncpg.Pool[asyncpg.Record], lanes: Sequence[Lane], now: datetime, subscriptions: Sequence[Subscription]
) -> dict[str, Any]:
    """What waits where, read now."""
    async with pool.acquire(timeout=5) as connection:
        row = await connection.fetchrow(_COUNTS, now, timeout=5)
        assert row is not None
        waiting = {lane.name: await lane.pending(connection) for lane in lanes}
    totals = counters(subscriptions)
    return {
        "outbox": {"depth": row["depth"], "age_seconds": round(row["age"], 3)},
        "deadlines_due": row["due"],
        "dead_letters": {"open": row["open"], "parked": row["parked"]},
        "unanswered": row["unanswered"],
        "lanes": waiting,
        "topics": {s.topic: {"lag": s.lag(), "assigned": s.partitions} for s in subscriptions},
        "counters": totals,
    }


def counters(subscriptions: Iterable[Subscription]) -> dict[str, int]:
    """What this replica has handled since it started."""
    tallies = [s.progress.tally for s in subscriptions]
    return {name: sum(getattr(t, name) for t in tallies) for name in COUNTED}


class Meters(Collector):
    """Prometheus metrics, read from the same numbers when asked."""

    def __init__(self, subscriptions: Sequence[Subscription], relay: RelayState) -> None:
        self._subscriptions = subscriptions
        self._relay = relay
        self.latest: dict[str, Any] = {}
        self.more: list[Collector] = []

    def collect(self) -> Iterable[Metric]:
        """The metrics now."""
        yield from self._by_topic()
        for one in self.more:
            yield from one.collect()
        published = CounterMetricFamily("spn_outbox_published", "Messages published by this replica")
        published.add_metric([], self._relay.published)
        leads = GaugeMetricFamily("spn_relay_leads", "1 where this replica publishes", value=float(self._relay.leads))
        refused = GaugeMetricFamily("spn_relay_refused", "1 for a topic that the broker refuses", labels=["topic"])
        for topic in self._relay.refusals.why:
            refused.add_metric([topic], 1)
        yield from (published, leads, refused)
        if self.latest:
            yield GaugeMetricFamily(
                "spn_outbox_depth", "Messages not yet published", value=self.latest["outbox"]["depth"]
            )
            yield GaugeMetricFamily(
                "spn_outbox_age_seconds", "Age of the oldest of them", value=self.latest["outbox"]["age_seconds"]
            )
            yield GaugeMetricFamily(
                "spn_dead_letters_open",
                "Dead letters that wait for a person",
                value=self.latest["dead_letters"]["open"],
            )
            yield GaugeMetricFamily(
                "spn_commands_parked", "Commands behind a dead letter", value=self.latest["dead_letters"]["parked"]
            )

    def _by_topic(self) -> Iterable[Metric]:
        lag = GaugeMetricFamily("spn_lag", "Records not yet handled", labels=["topic"])
        size = GaugeMetricFamily("spn_batch_size", "Records in the last batch", labels=["topic"])
        seconds = CounterMetricFamily("spn_batch_seconds", "Time spent on batches", labels=["topic"])
        batches = CounterMetricFamily("spn_batches", "Batches handled", labels=["topic"])
        messages = CounterMetricFamily("spn_messages", "Messages by what became of them", labels=["topic", "result"])
        for one in self._subscriptions:
            tally = one.progress.tally
            lag.add_metric([one.topic], one.lag())
            size.add_metric([one.topic], one.progress.last_batch)
            seconds.add_metric([one.topic], one.progress.seconds)
            batches.add_metric([one.topic], one.progress.batches)
            for name in COUNTED:
                messages.add_metric([one.topic, name], getattr(tally, name))
        yield from (lag, size, seconds, batches, messages)
