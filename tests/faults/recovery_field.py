"""The running system that is hurt: who leads, who owns what, whether all stands firm again."""

from __future__ import annotations

import os
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import psutil

from spn_local.config import ServiceConfig
from spn_local.launch import Hear
from spn_local.managed import STEADY_AFTER_S
from spn_local.stack import Stack
from spn_local.topics.table import load_topics
from tests.faults.recovery_load import Load, NotAnsweredError

REPLICAS = 2
SESSION_SECONDS = 6.0
# What its supervisor calls a good start; who ends sooner waits longer each time.
STEADY_SECONDS = STEADY_AFTER_S + 0.5
CALM_SECONDS = 1.0
SETTLE_SECONDS_MAX = 120.0
LOOK_SECONDS = 0.1
MAIL_LOOK_SECONDS = 0.02
BEHIND_MAX = 20
PROBES = 6


class NotSettledError(Exception):
    """The system did not come to rest; the text says what was missing."""


def stack_of(services: Iterable[str], hear: Hear) -> Stack:
    """Two replicas of each of these services."""
    twice = [ServiceConfig(name, REPLICAS) for name in services]
    session = {"KAFKA_SESSION_TIMEOUT_MS": str(int(SESSION_SECONDS * 1000))}
    return Stack(services=twice, environment=session, hear=hear)


class Field:
    """A running stack under a light load."""

    def __init__(self, stack: Stack, load: Load, chance: random.Random) -> None:
        self.stack = stack
        self.load = load
        self.chance = chance
        self.services = [service.name for service in stack.config.services]
        self._partitions = {name: t.partitions for name, t in load_topics(stack.config.topics).topics.items()}

    def pid(self, name: str) -> int:
        """The process that is called so now."""
        return int(self.stack.process(name)["pid"])

    def slots(self, service: str) -> tuple[int, int]:
        """The slot that leads the relay, and the other."""
        leading = [slot for slot in range(REPLICAS) if self._status(service, slot).get("leader")]
        if len(leading) != 1:
            raise NotSettledError(f"{service} has {len(leading)} leaders")
        return leading[0], 1 - leading[0]

    def until_mailed(self, addresses: Iterable[str], since_ns: int, seconds: float) -> float:
        """When the last of these had a mail in the sink, of those that came after an instant.

        :raises NotAnsweredError: not within so many seconds.
        """
        waiting, seen, deadline = set(addresses), {f"{since_ns:020d}"}, time.monotonic() + seconds
        while True:
            for file in self._new_mails(seen):
                waiting.discard(addressee(file))
            now = time.monotonic()
            if not waiting:
                return now
            if now > deadline:
                raise NotAnsweredError(f"{len(waiting)} mails not sent within {seconds:g} s")
            time.sleep(MAIL_LOOK_SECONDS)

    def settle(self) -> None:
        """Wait until everybody is up, every partition has its reader, and answers come at once."""
        self._until_none(self._unsettled, "not settled")

    def steady(self, name: str) -> None:
        """Wait until this one has run for so long that its next end is a new story to its supervisor."""

        def young() -> Iterator[str]:
            if self.stack.process(name)["up_seconds"] < STEADY_SECONDS:
                yield "has just started"

        self._until_none(young, f"{name} did not stay up")

    def _until_none(self, wrong: Callable[[], Iterator[str]], what: str) -> None:
        deadline = time.monotonic() + SETTLE_SECONDS_MAX
        while found := next(wrong(), None):
            if time.monotonic() > deadline:
                raise NotSettledError(f"{what} within {SETTLE_SECONDS_MAX:g} s: {found}")
            time.sleep(LOOK_SECONDS)

    def memory(self) -> dict[str, float]:
        """What each process holds in memory, in MB (RSS)."""
        held = {p["name"]: psutil.Process(p["pid"]).memory_info().rss for p in self.stack.processes() if p["pid"]}
        return {name: round(held[name] / 1_000_000, 1) for name in sorted(held)}

    def _unsettled(self) -> Iterator[str]:
        for process in self.stack.processes():
            if process["pid"] is None:
                yield f"{process['name']} does not run"
        for service in self.services:
            yield from self._unread(service)
        began = time.monotonic()
        try:
            if self.load.answers.until_all(self.load.round(PROBES), 5) - began > CALM_SECONDS:
                yield "answers come slowly"
        except NotAnsweredError as error:
            yield str(error)

    def _unread(self, service: str) -> Iterator[str]:
        read, behind, leaders = defaultdict[str, list[int]](list), 0, 0
        for slot in range(REPLICAS):
            status = self._status(service, slot)
            leaders += bool(status.get("leader"))
            for topic, shown in status.get("topics", {}).items():
                read[topic] += shown["assigned"]
                if not shown["assigned"]:
                    yield f"{service}-{slot} reads nothing of {topic}"
                behind += shown["lag"]
            behind += sum(status.get("lanes", {}).values())
        if leaders != 1:
            yield f"{service} has {leaders} leaders"
        for topic, partitions in read.items():
            if sorted(partitions) != list(range(self._partitions[topic])):
                yield f"{service} reads {len(partitions)} partitions of {topic}"
        if behind > BEHIND_MAX:
            yield f"{service} is {behind} records, mails or invoices behind"

    def _status(self, service: str, slot: int) -> Mapping[str, Any]:
        try:
            found: dict[str, Any] = httpx.get(f"{self.stack.http_url(service, slot)}/status", timeout=5).json()
        except (httpx.HTTPError, ValueError):
            return {}
        return found

    def _new_mails(self, seen: set[str]) -> Iterator[Path]:
        oldest = min(seen)
        for entry in os.scandir(self.stack.mail_dir):
            if entry.name.endswith(".eml") and entry.name > oldest and entry.name not in seen:
                seen.add(entry.name)
                yield Path(entry.path)


def addressee(mail: Path) -> str:
    """To whom it was handed over."""
    with mail.open(encoding="utf-8", errors="replace") as lines:
        return next(line for line in lines if line.startswith("X-Envelope-To: ")).split(": ", 1)[1].strip()
