"""A steady light load of real enrolment requests, and when each was answered: the pulse by which recovery is timed."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from confluent_kafka import Consumer, Producer, TopicPartition

from enrolment.commands import examples
from spn.messaging.partitions import partition_of
from spn_local.stack import Stack

COMMANDS, EVENTS = "spn.enrolment.commands", "spn.enrolment.events"
ANSWERED = "command.answered.v1"
ASK_SECONDS_MAX = 15.0
# A client that finds nobody must look again at once, or its own pause would be in the figure.
EAGER: Mapping[str, Any] = {
    "reconnect.backoff.ms": 20,
    "reconnect.backoff.max.ms": 100,
    "retry.backoff.ms": 20,
    "retry.backoff.max.ms": 100,
    "topic.metadata.refresh.fast.interval.ms": 50,
}


class NotAnsweredError(Exception):
    """Commands were not answered in time; the text says how many."""


class Answers:
    """Hears every answer on spn.enrolment.events, in a thread of its own."""

    def __init__(self, stack: Stack) -> None:
        access = stack.kafka("operator")
        self._consumer = Consumer(
            {**access.client_config(), **EAGER, "group.id": f"{access.username}.recovery-{uuid4()}",
             "enable.auto.commit": False, "fetch.wait.max.ms": 50, "fetch.error.backoff.ms": 20}
        )  # fmt: skip
        partitions = self._consumer.list_topics(EVENTS, ASK_SECONDS_MAX).topics[EVENTS].partitions
        self._consumer.assign([TopicPartition(EVENTS, p, 0) for p in partitions])
        self._changed = threading.Condition()
        self._heard: dict[str, float] = {}
        self._events: defaultdict[str, set[str]] = defaultdict(set)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="answers", daemon=True)
        self._thread.start()

    def until_all(self, commands: Iterable[str], seconds: float) -> float:
        """When the last of these was answered.

        :raises NotAnsweredError: not within so many seconds.
        """
        wanted = set(commands)
        with self._changed:
            self._changed.wait_for(lambda: self._heard.keys() >= wanted, seconds)
            if missing := wanted - self._heard.keys():
                raise NotAnsweredError(f"{len(missing)} of {len(wanted)} commands not answered within {seconds:g} s")
            return max(self._heard[one] for one in wanted)

    def answered_twice(self) -> int:
        """How many commands have two different answers; the same one told again is no second answer."""
        with self._changed:
            return sum(1 for events in self._events.values() if len(events) > 1)

    def close(self) -> None:
        """Stop listening."""
        self._closing.set()
        self._thread.join(ASK_SECONDS_MAX)
        self._consumer.close()

    def _run(self) -> None:
        while not self._closing.is_set():
            messages = [m for m in self._consumer.consume(500, 0.02) if m.error() is None]
            now = time.monotonic()
            with self._changed:
                for message in messages:
                    headers = {name: (value or b"").decode() for name, value in message.headers() or []}
                    if headers["ce_type"] == ANSWERED:
                        self._heard.setdefault(headers["ce_subject"], now)
                        self._events[headers["ce_subject"]].add(headers["ce_id"])
                self._changed.notify_all()


class Load:
    """Requests for a seat, one after each pause, of an edition drawn by lot; a round asks once on many partitions."""

    def __init__(self, stack: Stack, chance: random.Random, pause_seconds: float) -> None:
        access = stack.kafka("platform")
        self._producer = Producer({**access.client_config(), **EAGER, "partitioner": "murmur2_random", "linger.ms": 0})
        count = len(self._producer.list_topics(COMMANDS, ASK_SECONDS_MAX).topics[COMMANDS].partitions)
        self.editions = editions(count)
        self.asked: list[str] = []
        self.answers = Answers(stack)
        self._chance = random.Random(chance.random())  # noqa: S311 - to be played again
        self._pause_seconds = pause_seconds
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)

    def __enter__(self) -> Self:
        """Publish an edition for each partition, then keep asking."""
        self.answers.until_all([self._put("edition.publish.v1", edition_of(e)) for e in self.editions], 60)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        self.answers.close()

    def round(self, partitions: int | None = None) -> dict[str, str]:
        """One request on each partition, or on some; the address of each participant by the id of its command."""
        some = self.editions if partitions is None else self._chance.sample(self.editions, partitions)
        return dict(self._ask(edition) for edition in some)

    def stop(self) -> None:
        """Ask no more."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        self._producer.flush(ASK_SECONDS_MAX)

    def _run(self) -> None:
        due = time.monotonic()
        while not self._ending.wait(max(0.0, due - time.monotonic())):
            self._ask(self._chance.choice(self.editions))
            due += self._pause_seconds

    def _ask(self, edition: str) -> tuple[str, str]:
        request, address = request_of(edition)
        return self._put("enrolment.request.v1", request), address

    def _put(self, type_: str, data: Mapping[str, Any]) -> str:
        command = str(uuid4())
        headers: list[tuple[str, str | bytes | None]] = [
            ("ce_specversion", "1.0"), ("ce_id", command), ("ce_type", type_), ("ce_source", "/spn/platform"),
            ("ce_subject", data["edition_id"]), ("ce_time", "2026-11-01T10:00:00.000Z"),
            ("ce_correlationid", command), ("content-type", "application/json"),
        ]  # fmt: skip
        with self._lock:
            self._producer.produce(COMMANDS, json.dumps(data).encode(), data["edition_id"].encode(), headers=headers)
            self._producer.poll(0)
            self.asked.append(command)
        return command


def editions(partitions: int) -> Sequence[str]:
    """The id of one edition for each partition."""
    found: dict[int, str] = {}
    number = 0
    while len(found) < partitions:
        name = f"recovery-{number}"
        found.setdefault(partition_of(name.encode(), partitions), name)
        number += 1
    return [found[p] for p in range(partitions)]


def edition_of(name: str) -> dict[str, Any]:
    """An edition that is open at once, with seats for a whole run."""
    return {**examples.PUBLISH, "edition_id": name, "seats": 10_000, "opens_at": "2026-01-14T10:00:00+01:00"}


def request_of(edition: str) -> tuple[dict[str, Any], str]:
    """A request by someone new, and the address where the mail will go."""
    address = f"p{uuid4().hex}@bibliotheek.example"
    participant = {**examples.REQUEST["participant"], "email": address}
    return {**examples.REQUEST, "edition_id": edition, "participant": participant}, address
