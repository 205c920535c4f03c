"""An existing cluster in place of one of our own: KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL in the environment.

| Variable | What it does |
|---|---|
| KAFKA_BOOTSTRAP_SERVERS | use this Kafka and start none |
| KAFKA_SECURITY_PROTOCOL, KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_CA_FILE | how to sign in there, as an administrator |
| KAFKA_PASSWORD_<USER> | the password of a user of topics.yaml that is there already (KAFKA_PASSWORD_BILLING) |
| DATABASE_URL | use this PostgreSQL and start none; a role that may create roles and databases |
| DATABASE_URL_<SERVICE> | the service's own database, used as it is; nothing is created for that service |

On a Kafka with SASL, users that are missing are created with passwords of the stack's own, kept in its state
file, and the rights of topics.yaml are granted. On one without (PLAINTEXT, SSL) nobody signs in and no right is set.
Databases and roles are called `spn_<service>`, and `spn_<stack>_<service>` for a stack that is not the default one.

SPN_STACK_ENV in the environment says that these variables came from the stack.env of a local stack: then they are
addresses of our own, and name no existing cluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from spn_local.access import KafkaAccess

OURS = "SPN_STACK_ENV"
FOREIGN_PREFIXES = ("KAFKA_", "DATABASE_URL", "SMTP_", "HTTP_HOST", "HTTP_PORT", "HTTP_JWT_")


@dataclass(frozen=True)
class Existing:
    """What is there already. None: start one."""

    kafka: KafkaAccess | None = None
    kafka_passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    database_url: str | None = field(default=None, repr=False)
    database_urls: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Existing:
        """Read the variables above."""
        if environment.get(OURS):
            return cls()
        return cls(
            kafka=KafkaAccess.from_environment(environment) if environment.get("KAFKA_BOOTSTRAP_SERVERS") else None,
            kafka_passwords=_by_name(environment, "KAFKA_PASSWORD_"),
            database_url=environment.get("DATABASE_URL") or None,
            database_urls=_by_name(environment, "DATABASE_URL_"),
        )


def _by_name(environment: Mapping[str, str], prefix: str) -> dict[str, str]:
    found = {name.removeprefix(prefix): value for name, value in environment.items() if name.startswith(prefix)}
    return {name.lower().replace("_", "-"): value for name, value in found.items() if value}


def without_addresses(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for a child, without what would lead it to another cluster than its own."""
    return {name: value for name, value in environment.items() if not name.startswith(FOREIGN_PREFIXES)}
