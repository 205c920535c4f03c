"""PostgreSQL for one stack: its own server or an existing one, with a database and a role for each service."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from pathlib import Path

from spn_local import probes
from spn_local.config import SERVICE_NAMES, StackConfig
from spn_local.databases import AUDITOR, Database, DatabaseSetupError, ensure_databases
from spn_local.existing import Existing
from spn_local.managed import ManagedProcess
from spn_local.paths import DEFAULT_STACK
from spn_local.postgres import PostgresServer
from spn_local.state import StackState
from spn_local.urls import database_url_for

# A fast stop ends every session, then writes everything down.
STOP_PATIENCE_S = 15.0


@dataclass
class StackPostgres:
    """The PostgreSQL of one stack."""

    config: StackConfig
    state: StackState
    existing: Existing
    socket_directory: Path
    process: ManagedProcess | None = field(default=None, init=False)

    @property
    def admin_url(self) -> str:
        """The address of who may create roles and databases."""
        return self.existing.database_url or self._server.admin_url

    def url(self, service: str) -> str:
        """A service's own database, as its own role."""
        if given := self.existing.database_urls.get(service):
            return given
        name = self._database_name(service)
        return database_url_for(self.admin_url, name, self._password(service), name)

    def auditor_url(self, service: str) -> str | None:
        """The same database for eyes only; None on an existing server."""
        if self.existing.database_url or service in self.existing.database_urls:
            return None
        return database_url_for(self.admin_url, AUDITOR, self._password("auditor"), self._database_name(service))

    async def start(self) -> None:
        """Start the server unless there is one, and make databases and roles."""
        if self.existing.database_url is None:
            await self._server.prepare()
            self.process = ManagedProcess(
                "postgres",
                self._server.program,
                lambda: probes.postgres_answers(self.admin_url),
                stop_signal=signal.SIGINT,
                stop_patience_s=STOP_PATIENCE_S,
            )
            await self.process.start()
        mine = [service for service in SERVICE_NAMES if service not in self.existing.database_urls]
        databases = [Database(self._database_name(service), self._password(service)) for service in mine]
        await ensure_databases(self.admin_url, databases, self._password("auditor") if self.process else None)
        if self.existing.database_url is not None:
            await self._check_roles(mine)

    async def _check_roles(self, services: list[str]) -> None:
        """A role that was there already may have a password that this stack does not know."""
        for service in services:
            if not await probes.postgres_answers(self.url(service)):
                variable = f"DATABASE_URL_{service.upper()}"
                role = self._database_name(service)
                raise DatabaseSetupError(f"The role {role} exists and its password is unknown here: give {variable}")

    @property
    def _server(self) -> PostgresServer:
        return PostgresServer(self.config.paths, self.state, self.socket_directory, self.config.database)

    def _database_name(self, service: str) -> str:
        stack = self.config.name
        # On a server of our own no other stack can be in the way.
        if stack == DEFAULT_STACK or self.existing.database_url is None:
            return f"spn_{service}"
        return f"spn_{stack}_{service}".replace("-", "_")

    def _password(self, role: str) -> str:
        return self.state.password(f"postgres:{role}")
