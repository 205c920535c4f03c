"""A stack in the hands of Python: for tests, for the demo, for the command line.

    with Stack(services=[ServiceConfig("billing", replicas=2)]) as stack:
        access = stack.kafka("billing")

A stack of one's own lives in a supervisor process, and ends with whoever started it, however that ends. Every call
blocks; in asynchronous code: `await asyncio.to_thread(stack.restart_kafka, kill=True)`.
"""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from spn_local.access import KafkaAccess
from spn_local.addresses import Addresses
from spn_local.config import ServiceConfig, StackConfig
from spn_local.control import ask
from spn_local.controls import Controls
from spn_local.issuer import HOURS, Issuer
from spn_local.kafka import ADMIN
from spn_local.launch import Hear, launch, stop
from spn_local.paths import StackPaths, checkout_root
from spn_local.state import StackState
from spn_local.topics.cluster import KafkaAdmin
from spn_local.topics.table import Right


class Stack(Controls):
    """Starts a stack of one's own, or attaches to a running one (`Stack.attach`)."""

    def __init__(
        self,
        *,
        services: Sequence[ServiceConfig] = (),
        name: str | None = None,
        root: Path | None = None,
        topics_file: Path | None = None,
        environment: Mapping[str, str] | None = None,
        database: Mapping[str, str] | None = None,
        clock_file: Path | None = None,
        ephemeral: bool = True,
        hear: Hear = lambda _: None,
    ) -> None:
        """Nothing starts yet: use it as a context manager, or call `start`.

        Without a name it gets one that nobody has, so that any number run side by side. `environment` goes to
        every service, `database` to PostgreSQL's settings. `ephemeral`: its directory is thrown away at the end.
        `hear`: see `launch`.
        """
        clock = {"SPN_CLOCK_FILE": str(clock_file)} if clock_file else {}
        self.config = StackConfig(
            root=str(root or checkout_root()),
            name=name or f"test-{os.getpid()}-{secrets.token_hex(3)}",
            services=tuple(services),
            topics_file=str(topics_file) if topics_file else None,
            environment={**clock, **(environment or {})},
            database=dict(database or {}),
            ephemeral=ephemeral,
            lifeline=True,
        )
        self._hear = hear
        self._process: subprocess.Popen[bytes] | None = None
        self._described: dict[str, Any] = {}

    @classmethod
    def attach(cls, name: str, root: Path | None = None) -> Stack:
        """A stack that runs already, such as `spn up` started. Raises NotRunningError when it does not."""
        stack = cls(name=name, root=root)
        stack._refresh()
        return stack

    def start(self) -> Self:
        """Start everything and wait until it is ready. Raises StackError."""
        self._process = launch(self.config, self._hear)
        self._refresh()
        return self

    def stop(self) -> None:
        """Take everything down and wait until it is. Leaves an attached stack alone."""
        if self._process is not None:
            stop(self._process)
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    # What it has

    @property
    def paths(self) -> StackPaths:
        """Where its files are: logs, mails, settings."""
        return self.config.paths

    @property
    def addresses(self) -> Addresses:
        """Everything of stack.env."""
        return Addresses(self._described["environment"])

    @property
    def bootstrap(self) -> str:
        """Kafka's address."""
        return self.addresses.bootstrap

    def user(self, name: str) -> tuple[str, str]:
        """User name and password for Kafka (any user of topics.yaml, `admin` too)."""
        return self.addresses.user(name)

    def kafka(self, user: str) -> KafkaAccess:
        """A user's way in, with `environment()` for a service and `client_config()` for confluent-kafka."""
        return self.addresses.kafka(user)

    def database_url(self, service: str) -> str:
        """A service's own database, as its own role."""
        return self.addresses.database_url(service)

    @property
    def admin_database_url(self) -> str:
        """The superuser's database."""
        return self.addresses.admin_database_url

    @property
    def mail_dir(self) -> Path:
        """One .eml per mail, in the order of arrival; see `spn_local.smtp_sink.read_mails`."""
        return self.paths.mail

    def http_url(self, service: str, slot: int = 0) -> str:
        """Where a replica answers HTTP. Raises KeyError when it was never started."""
        return self.addresses.http_url(service, slot)

    def token(self, *roles: str, hours: float = HOURS, subject: str | None = None, poi: str | None = None) -> str:
        """A token of its own issuer for the HTTP side of its services; so many hours it holds."""
        return Issuer(self.paths.issuer).token(roles, hours=hours, subject=subject, poi=poi)

    @property
    def supervisor_pid(self) -> int:
        """The process that owns all the others."""
        pid: int = self._described["supervisor"]
        return pid

    def process(self, name: str) -> dict[str, Any]:
        """What the supervisor knows of `kafka`, `postgres`, `smtp` or `<service>-<slot>`: pid, restarts and more."""
        self._refresh()
        return next(process for process in self._described["processes"] if process["name"] == name)

    def processes(self) -> list[dict[str, Any]]:
        """The same of every process."""
        self._refresh()
        return list(self._described["processes"])

    # What it can be made to do

    def create_topic(
        self,
        name: str,
        partitions: int = 1,
        config: Mapping[str, str] | None = None,
        *,
        writers: Iterable[str] = (),
        readers: Iterable[str] = (),
    ) -> None:
        """Create a topic with an administrator's rights; `writers` and `readers` get theirs too."""
        admin = KafkaAdmin(self.kafka(ADMIN))
        admin.create_topic(name, partitions, config)
        if self.kafka(ADMIN).signs_in:
            writes = [Right(user, "WRITE", "topic", name) for user in writers]
            admin.add_rights([*writes, *(Right(user, "READ", "topic", name) for user in readers)])

    def _ask(self, verb: str, **arguments: Any) -> None:
        directory = StackState.load(self.paths.state).socket_directory
        self._described = ask(Path(directory) if directory else None, verb, **arguments)

    def _refresh(self) -> None:
        self._ask("describe")
