"""Runs the second or third program: four processes, each with a database of its own, on topics of their own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import asyncpg

from spn.testing import databases
from spn.testing.waiting import eventually
from spn_local.stack import Stack
from spn_local.topics.table import load_topics
from tests.bench.following import schema
from tests.bench.ledger import Each, Topics, Written, rows_of
from tests.bench.platform import Putter
from tests.bench.progress import HANDLED, Progress, readings
from tests.bench.recipe import Role
from tests.bench.rounds import Round
from tests.bench.scenario import ROOT, Scenario, Season
from tests.bench.spent import Meter, Usage

_RIVALS = count()
CLAIMED = "SELECT count(*) FROM inbox"
"""How far a program is that stores no positions."""


@dataclass
class Rival:
    """One of the other programs, ready to be played."""

    name: str
    prefix: str
    stack: Stack
    scenario: Scenario
    roles: Sequence[Role]
    urls: Mapping[str, str]
    folder: Path
    stores_positions: bool
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.topics = Topics(self.stack.kafka("admin"), self.prefix)
        self.putter = Putter(self.stack.kafka("platform"), self.prefix)
        self.season = Season(self.scenario, self.name)
        self._editions, _ = self.season.open_editions(50 * self.scenario.seats)

    async def round(self, enrolments: int, warm_up: int, like: Each) -> Round:
        """Start, warm up, play, stop; with as many rows as this."""
        self.roles = [role.with_rows_of(like) for role in self.roles]
        records, rows = self._records(), await rows_of(self.urls)
        self._start()
        try:
            await self._play(warm_up)
            seconds, usage = await self._play(enrolments)
            await self._until_sent()
        finally:
            await self._stop()
        written = Written(self._records(), await rows_of(self.urls)).since(Written(records, rows))
        return Round(enrolments, seconds, written.each(enrolments + warm_up), usage)

    async def _play(self, enrolments: int) -> tuple[float, Usage]:
        requests = self.season.requests(self._editions, enrolments)
        async with Progress(self.urls, HANDLED if self.stores_positions else CLAIMED) as progress:
            before = await progress.handled()
            wanted = {service: before[service] + enrolments * n for service, n in self._brought().items()}
            meter = Meter(self.pids())
            began = await asyncio.to_thread(self.putter.put, requests)
            ended = await progress.reached(wanted, look=self._look)
            return ended - began, meter.read()

    def _brought(self) -> dict[str, int]:
        """By service: by how much one enrolment brings it further."""
        if self.stores_positions:
            return {s: n for s, n in readings(self.scenario.messages()).items() if s in self.urls}
        return {role.service: role.reads_each for role in self.roles}

    def _look(self) -> None:
        for service, process in self._processes.items():
            if process.poll() is not None:
                raise RuntimeError(f"{self.name} {service} ended: {self._log(service).read_text()[-2000:]}")

    def pids(self) -> dict[str, int]:
        """Its own processes, Kafka and PostgreSQL."""
        platform = {p["name"]: p["pid"] for p in self.stack.processes() if p["name"] in ("kafka", "postgres")}
        return platform | {service: process.pid for service, process in self._processes.items()}

    def _start(self) -> None:
        for role in self.roles:
            file = self.folder / f"{self.name}-{role.service}.json"
            role.save(file)
            environment = {
                **os.environ,
                **self.stack.kafka(role.service).environment(),
                "DATABASE_URL": self.urls[role.service],
                "BENCH_ROLE": str(file),
                "BENCH_PROGRAM": self.name,
                "BENCH_PREFIX": self.prefix,
            }
            with self._log(role.service).open("ab") as log:
                command = [sys.executable, "-m", f"tests.bench.{self.name}"]
                self._processes[role.service] = subprocess.Popen(
                    command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
                )

    async def _stop(self) -> None:
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self._processes.values():
            try:
                await asyncio.to_thread(process.wait, 20)
            except subprocess.TimeoutExpired:
                process.kill()
                await asyncio.to_thread(process.wait)
        self._processes.clear()

    async def _until_sent(self) -> None:
        async with Progress(self.urls, CLAIMED) as progress:
            await eventually(progress.all_sent, "every outbox is empty", seconds=60)

    def _records(self) -> Mapping[str, int]:
        return self.topics.records(self.scenario.messages())

    def _log(self, service: str) -> Path:
        return self.folder / f"{self.name}-{service}.log"


@contextlib.asynccontextmanager
async def rival(
    name: str, stack: Stack, scenario: Scenario, roles: Sequence[Role], *, stores_positions: bool
) -> AsyncIterator[Rival]:
    """A rival with topics like the system's, of its own, and empty databases, that are gone afterwards."""
    prefix = f"{name}-{next(_RIVALS)}."
    await asyncio.to_thread(_create_topics, stack, prefix, scenario)
    with tempfile.TemporaryDirectory(prefix="spn-bench-") as folder:
        urls: dict[str, str] = {}
        try:
            for role in roles:
                urls[role.service] = await databases.create(stack.admin_database_url)
                connection = await asyncpg.connect(urls[role.service])
                await connection.execute(schema(role))
                await connection.close()
            yield Rival(name, prefix, stack, scenario, roles, urls, Path(folder), stores_positions)
        finally:
            for url in urls.values():
                await databases.drop(stack.admin_database_url, url)


def _create_topics(stack: Stack, prefix: str, scenario: Scenario) -> None:
    table = load_topics(ROOT / "deploy" / "topics.yaml").topics
    for name in scenario.messages():
        topic = table[name]
        stack.create_topic(
            prefix + name, topic.partitions, topic.settings, writers=topic.writers, readers=topic.readers
        )
