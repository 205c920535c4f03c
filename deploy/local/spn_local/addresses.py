"""The addresses of a running stack, by the names of stack.env."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from spn_local.access import KafkaAccess
from spn_local.paths import StackPaths


@dataclass(frozen=True)
class Addresses:
    """Who is reached where, and with which password."""

    environment: Mapping[str, str]

    @classmethod
    def of_running_stack(cls, paths: StackPaths) -> Addresses:
        """Read stack.env. Raises FileNotFoundError when the stack is down."""
        pairs = (part.partition("=") for part in shlex.split(paths.environment_files[0].read_text(), comments=True))
        return cls({name: value for name, _, value in pairs})

    @property
    def bootstrap(self) -> str:
        """Kafka's address."""
        return self.environment["KAFKA_BOOTSTRAP_SERVERS"]

    def user(self, name: str) -> tuple[str, str]:
        """User name and password for Kafka (any user of topics.yaml, `admin` too)."""
        return name, self.environment.get(f"KAFKA_PASSWORD_{variable(name)}", "")

    def kafka(self, user: str) -> KafkaAccess:
        """A user's way in, with `environment()` for a service and `client_config()` for confluent-kafka."""
        protocol = self.environment["KAFKA_SECURITY_PROTOCOL"]
        access = KafkaAccess(self.bootstrap, protocol, ca_file=self.environment.get("KAFKA_CA_FILE"))
        return access.as_user(*self.user(user)) if access.signs_in else access

    def database_url(self, service: str) -> str:
        """A service's own database, as its own role."""
        return self.environment[f"DATABASE_URL_{variable(service)}"]

    def auditor_database_url(self, service: str) -> str:
        """The same database for eyes only. Raises KeyError on an existing server."""
        return self.environment[f"DATABASE_URL_{variable(service)}_AUDITOR"]

    @property
    def admin_database_url(self) -> str:
        """The superuser's database."""
        return self.environment["DATABASE_URL_ADMIN"]

    @property
    def smtp_port(self) -> int:
        """Where the mail sink listens."""
        return int(self.environment["SMTP_PORT"])

    def http_url(self, service: str, slot: int = 0) -> str:
        """Where a replica answers HTTP. Raises KeyError when it was never started."""
        return self.environment[f"HTTP_URL_{variable(service)}_{slot}"]

    @property
    def mail_dir(self) -> Path:
        """One .eml per mail, in the order of arrival; see `spn_local.smtp_sink.read_mails`."""
        return Path(self.environment["MAIL_DIRECTORY"])


def variable(name: str) -> str:
    """A name as part of the name of an environment variable."""
    return name.upper().replace("-", "_")
