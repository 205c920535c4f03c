"""A whole stack in the hands of its supervisor: what starts after what, and what stops before what."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spn_local import probes
from spn_local.children import Program
from spn_local.config import StackConfig
from spn_local.environment_file import environment_of
from spn_local.existing import Existing
from spn_local.issuer import Issuer
from spn_local.managed import ManagedProcess
from spn_local.ports import free_port
from spn_local.stack_kafka import StackKafka
from spn_local.stack_postgres import StackPostgres
from spn_local.stack_services import StackServices
from spn_local.state import StackState

Tell = Callable[[str, float], None]


class UnknownProcessError(Exception):
    """This stack has no such process."""


@dataclass
class RunningStack:
    """The parts of one stack. `tell` hears of each part that is ready, with the seconds it took."""

    config: StackConfig
    state: StackState
    existing: Existing
    socket_directory: Path
    tell: Tell
    smtp: ManagedProcess | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.kafka = StackKafka(self.config, self.state, self.existing)
        self.postgres = StackPostgres(self.config, self.state, self.existing, self.socket_directory)
        self.issuer = Issuer(self.config.paths.issuer)
        self.services = StackServices(self.config, self.state, self.kafka, self.postgres, self.issuer)

    async def up(self) -> None:
        """Start everything, each part as soon as what it needs is there."""
        self._pick_ports()
        self.issuer.prepare()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._timed("kafka", self.kafka.start()))
            group.create_task(self._timed("mail sink", self._start_smtp()))
            group.create_task(self._databases())
        self.state.save(self.config.paths.state)
        async with asyncio.TaskGroup() as group:
            for service in self.config.services:
                for slot in range(service.replicas):
                    start = self.services.start_replica(service, slot)
                    group.create_task(self._timed(f"{service.name}-{slot}", start))

    async def _databases(self) -> None:
        """Migrations need no Kafka, which takes longest to start."""
        await self._timed("postgres", self.postgres.start())
        async with asyncio.TaskGroup() as group:
            for service in self.config.services:
                group.create_task(self._timed(f"{service.name}: migrate", self.services.migrate(service)))

    def _pick_ports(self) -> None:
        for name in ("kafka", "kafka-controller", "smtp"):
            self.state.ports[name] = free_port(self.state.ports.get(name))

    async def down(self) -> None:
        """Stop everything: first who uses, then what is used."""
        await asyncio.gather(*(process.stop() for process in self.services.processes.values()))
        if self.smtp is not None:
            await self.smtp.stop()
        # What will be thrown away need not be written down first.
        at_once = self.config.ephemeral
        if self.kafka.process is not None:
            await self.kafka.process.stop(signal.SIGKILL if at_once else None)
        if self.postgres.process is not None:
            await self.postgres.process.stop(signal.SIGQUIT if at_once else None)

    def processes(self) -> Iterator[ManagedProcess]:
        """Every process, the platform's first."""
        for process in (self.kafka.process, self.postgres.process, self.smtp):
            if process is not None:
                yield process
        yield from (self.services.processes[name] for name in sorted(self.services.processes))

    def process(self, name: str) -> ManagedProcess:
        """One process by name. Raises UnknownProcessError with the names there are."""
        found = {process.name: process for process in self.processes()}
        if name not in found:
            raise UnknownProcessError(f"No process '{name}' in this stack: {', '.join(found)}")
        return found[name]

    def describe(self) -> dict[str, Any]:
        """Addresses and processes, as the control socket tells them."""
        return {
            "name": self.config.name,
            "supervisor": os.getpid(),
            "directory": str(self.config.paths.directory),
            "mail_directory": str(self.config.paths.mail),
            "environment": environment_of(self),
            "processes": [
                {
                    "name": process.name,
                    "pid": process.pid,
                    "wanted": process.wanted,
                    "restarts": process.restarts,
                    "last_exit": process.last_exit,
                    "up_seconds": time.time() - process.started_at if process.pid and process.started_at else None,
                }
                for process in self.processes()
            ],
        }

    async def _timed(self, what: str, work: Awaitable[object]) -> None:
        began = time.monotonic()
        await work
        self.tell(what, time.monotonic() - began)

    async def _start_smtp(self) -> None:
        port = self.state.ports["smtp"]
        mail, log = self.config.paths.mail, self.config.paths.logs / "smtp.log"
        command = [sys.executable, "-m", "spn_local.smtp_sink", "--port", str(port), "--directory", str(mail)]
        self.smtp = ManagedProcess("smtp", lambda: Program(command, log), lambda: probes.tcp_accepts(port))
        await self.smtp.start()
