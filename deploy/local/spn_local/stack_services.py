"""The services of one stack: each replica a process of its own, migrated first, kept running after."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from spn_local import probes
from spn_local.children import Program, run_to_end
from spn_local.config import ServiceConfig, StackConfig
from spn_local.existing import without_addresses
from spn_local.issuer import Issuer
from spn_local.managed import ManagedProcess
from spn_local.ports import LOOPBACK, free_port
from spn_local.stack_kafka import StackKafka
from spn_local.stack_postgres import StackPostgres
from spn_local.state import StackState

# A service promises a graceful stop within 20 s.
STOP_PATIENCE_S = 25.0
MIGRATE_PATIENCE_S = 60.0
MAIL_FROM = "lerend-netwerk@spn.example"
PAGES_SECRETS = "ENROLMENT_PAGES_SECRETS"
PAGES_URL = "ENROLMENT_PAGES_URL"


class ServiceError(Exception):
    """A service cannot be started; the text says why."""


@dataclass
class StackServices:
    """All replicas, by the name `<service>-<slot>`."""

    config: StackConfig
    state: StackState
    kafka: StackKafka
    postgres: StackPostgres
    issuer: Issuer
    processes: dict[str, ManagedProcess] = field(default_factory=dict, init=False)
    _migrated: set[str] = field(default_factory=set, init=False)
    _extra: dict[str, Mapping[str, str]] = field(default_factory=dict, init=False)

    async def migrate(self, service: ServiceConfig) -> None:
        """Bring its database to the newest shape, once. Raises ProgramError with the end of its log."""
        if service.name in self._migrated:
            return
        log = self.config.paths.logs / f"{service.name}-migrate.log"
        program = Program([*_command(service), "migrate"], log, self._environment(service, 0))
        await run_to_end(program, MIGRATE_PATIENCE_S)
        self._migrated.add(service.name)

    async def start_replica(self, service: ServiceConfig, slot: int, extra: Mapping[str, str] | None = None) -> float:
        """Start one replica and wait until it is ready. `extra` is environment for this replica, until told anew."""
        await self.migrate(service)
        name = f"{service.name}-{slot}"
        if extra is not None:
            self._extra[name] = extra
        if name not in self.processes:
            self._pick_port(name)
            self.processes[name] = self._managed(service, slot)
        return await self.processes[name].start()

    def service(self, name: str) -> ServiceConfig:
        """The configuration of a service; one that was not configured runs with its defaults."""
        return next((s for s in self.config.services if s.name == name), ServiceConfig(name))

    def port(self, name: str) -> int:
        """The HTTP port of a replica."""
        return self.state.ports[f"http:{name}"]

    def pages_environment(self) -> dict[str, str]:
        """What signs people's links, and where they lead to: the first replica of enrolment."""
        port = self.state.ports.get("http:enrolment-0", 0)
        return {PAGES_SECRETS: self.state.password("pages:enrolment"), PAGES_URL: f"http://{LOOPBACK}:{port}"}

    def _pick_port(self, name: str) -> None:
        key = f"http:{name}"
        self.state.ports[key] = free_port(self.state.ports.get(key))
        self.state.save(self.config.paths.state)

    def _managed(self, service: ServiceConfig, slot: int) -> ManagedProcess:
        name = f"{service.name}-{slot}"
        log = self.config.paths.logs / f"{name}.log"
        return ManagedProcess(
            name,
            lambda: Program([*_command(service), "serve"], log, self._environment(service, slot)),
            lambda: probes.http_is_ok(self.port(name), "/ready"),
            stop_patience_s=STOP_PATIENCE_S,
        )

    def _environment(self, service: ServiceConfig, slot: int) -> dict[str, str]:
        name = f"{service.name}-{slot}"
        given = {
            **self.kafka.access(service.name).environment(),
            "DATABASE_URL": self.postgres.url(service.name),
            "HTTP_HOST": LOOPBACK,
            "HTTP_PORT": str(self.state.ports.get(f"http:{name}", 0)),
            "REPLICA_SLOT": str(slot),
            "LOG_FORMAT": "json",
            "SPN_PROFILE": "local",
            **self.issuer.environment(),
            **self.pages_environment(),
            "SMTP_HOST": LOOPBACK,
            "SMTP_PORT": str(self.state.ports["smtp"]),
            "MAIL_FROM": MAIL_FROM,
            "PYTHONUNBUFFERED": "1",
            # Whoever is started again and again need not compile everything again: it takes longer than all the rest.
            "PYTHONDONTWRITEBYTECODE": "",
        }
        extra = self._extra.get(name, {})
        return {**without_addresses(os.environ), **given, **self.config.environment, **service.environment, **extra}


def _command(service: ServiceConfig) -> list[str]:
    if service.command:
        return list(service.command)
    script = f"spn-{service.name}"
    beside = Path(sys.executable).with_name(script)
    found = str(beside) if beside.exists() else shutil.which(script)
    if found is None:
        raise ServiceError(f"{script} is not installed in this environment ({sys.prefix}): run make setup")
    return [found]
