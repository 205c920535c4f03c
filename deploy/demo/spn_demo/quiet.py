"""Waiting until nothing moves: two readings 50 ms apart agree that no message, deadline or document is on its way."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from spn_demo.journal import Place
from spn_local.access import KafkaAccess

BETWEEN_READINGS_S = 0.05
# Looking costs the services time that they need to come to rest.
WHILE_MOVING_S = 0.12
REQUEST_S = 10.0
NAMED_MAX = 6

Status = Mapping[str, Any]


class NeverQuietError(Exception):
    """Something kept moving, or stood still where it should not; the text says what was waited for."""


@dataclass(frozen=True)
class Reading:
    """What moved at one moment, in words (empty: nothing), and how long the topics were."""

    moving: tuple[str, ...]
    ends: Mapping[Place, int] = field(default_factory=dict)


@dataclass
class Stillness:
    """Looks at the services' own /status first, and asks Kafka only when they see nothing to do."""

    urls: Mapping[str, str]
    access: KafkaAccess
    topics: Sequence[str]
    also: Callable[[Mapping[Place, int]], str | None] = lambda _: None

    def __post_init__(self) -> None:
        self._admin = AdminClient(self.access.client_config())
        self._pool = ThreadPoolExecutor(len(self.urls) or 1)
        known = self._admin.list_topics(timeout=REQUEST_S).topics
        self._places = [TopicPartition(topic, number) for topic in self.topics for number in known[topic].partitions]
        self._begins = self._offsets(OffsetSpec.earliest())

    def wait(self, patience_s: float) -> Reading:
        """Return as soon as two readings in a row agree that nothing moves.

        :raises NeverQuietError: that did not happen within ``patience_s``.
        """
        deadline = time.monotonic() + patience_s
        last = self.read()
        while True:
            time.sleep(WHILE_MOVING_S if last.moving else BETWEEN_READINGS_S)
            now = self.read()
            if not now.moving and now == last:
                return now
            if time.monotonic() > deadline:
                raise NeverQuietError(_explain(patience_s, now))
            last = now

    def read(self) -> Reading:
        """One reading."""
        statuses = self.statuses()
        if moving := tuple(_by_services(statuses)):
            return Reading(moving)
        ends = self._offsets(OffsetSpec.latest())
        seen = self.also(ends)
        return Reading((*self._by_groups(statuses, ends), *([seen] if seen else [])), ends)

    def statuses(self) -> dict[str, Status | None]:
        """/status of every service; None where none came."""
        return dict(zip(self.urls, self._pool.map(_fetch, self.urls.values()), strict=True))

    def _by_groups(self, statuses: Mapping[str, Status | None], ends: Mapping[Place, int]) -> list[str]:
        """Every group must have committed what its topic holds."""
        groups = {f"{name}.{topic}": topic for name, told in statuses.items() if told for topic in told["topics"]}
        asked = {
            group: self._admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group]
            for group in groups
        }
        behind = []
        for group, future in asked.items():
            committed = {(p.topic, p.partition): p.offset for p in future.result(REQUEST_S).topic_partitions}
            theirs = {place: end for place, end in ends.items() if place[0] == groups[group]}
            at = {place: max(committed.get(place, 0), self._begins[place]) for place in theirs}
            if late := [place for place, end in theirs.items() if at[place] != end]:
                where = ", ".join(f"partition {p[1]} at {at[p]} of {theirs[p]}" for p in late[:NAMED_MAX])
                behind.append(f"group {group} is {sum(theirs[p] - at[p] for p in late)} behind ({where})")
        return behind

    def _offsets(self, which: OffsetSpec) -> dict[Place, int]:
        asked = self._admin.list_offsets(dict.fromkeys(self._places, which), request_timeout=REQUEST_S)
        return {(place.topic, place.partition): future.result(REQUEST_S).offset for place, future in asked.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(wait=False)


def _by_services(statuses: Mapping[str, Status | None]) -> list[str]:
    moving = []
    for name, told in statuses.items():
        if told is None:
            moving.append(f"{name} does not answer")
            continue
        found = {
            "messages in the outbox": told["outbox"]["depth"],
            "deadlines due": told["deadlines_due"],
            "unanswered HTTP commands": told["unanswered"],
            **{f"waiting in the lane {lane}": count for lane, count in told["lanes"].items()},
            **{f"behind on {topic}": one["lag"] for topic, one in told["topics"].items()},
            "topics without partitions": sum(not one["assigned"] for one in told["topics"].values()),
        }
        moving += [f"{name}: {count} {what}" for what, count in found.items() if count]
    return moving


def _fetch(url: str) -> Status | None:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=REQUEST_S)
    try:
        connection.request("GET", "/status")
        response = connection.getresponse()
        found = json.loads(response.read()) if response.status == 200 else None
    except (OSError, HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return found if isinstance(found, dict) else None


def _explain(patience_s: float, last: Reading) -> str:
    if not last.moving:
        return f"The topics kept growing for {patience_s:.0f} s, though nothing waited at the last look."
    shown, more = last.moving[:NAMED_MAX], len(last.moving) - NAMED_MAX
    return f"Still moving after {patience_s:.0f} s: " + "; ".join(shown) + (f"; and {more} more" if more > 0 else "")
