"""Where an audit reads: four databases, Kafka, and a folder of mails if there is one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from spn.clock import clock_from
from spn_audit.programme import SERVICES
from spn_audit.reading.snapshot import CannotAuditError
from spn_local.access import KafkaAccess
from spn_local.addresses import Addresses, variable
from spn_local.existing import OURS
from spn_local.paths import checkout_root
from spn_local.topics.table import load_topics

READER = "operator"
ROWS_PER_SECOND = 20_000


def readers_of_topics() -> dict[str, tuple[str, ...]]:
    """Which services read which topic, by deploy/topics.yaml."""
    table = load_topics(checkout_root() / "deploy" / "topics.yaml")
    return {
        name: tuple(reader for reader in topic.readers if reader in SERVICES)
        if not name.endswith(".dead-letters")
        else ()
        for name, topic in table.topics.items()
    }


@dataclass(frozen=True)
class Sources:
    """All of it read-only. ``kafka``: None leaves the topics out. ``now``: business time.

    ``readers``: by topic, the services that read it. ``rows_per_second``: the most that is read, of rows and records
    together.
    """

    databases: Mapping[str, str] = field(repr=False)
    kafka: KafkaAccess | None = None
    mails: Path | None = None
    readers: Mapping[str, tuple[str, ...]] = field(default_factory=readers_of_topics)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    rows_per_second: int = ROWS_PER_SECOND

    @classmethod
    def of_stack(cls, addresses: Addresses, *, mails: Path | None = None) -> Sources:
        """A local stack's, by its addresses; the databases as ``spn_auditor``, Kafka as ``operator``."""
        databases = {service: addresses.auditor_database_url(service) for service in SERVICES}
        return cls(databases, addresses.kafka(READER), mails)

    @classmethod
    def of_environment(cls, environment: Mapping[str, str]) -> Sources:
        """An existing cluster's, as ``spn status`` and ``spn tail`` find it.

        DATABASE_URL_AUDIT_<SERVICE> wins from DATABASE_URL_<SERVICE>_AUDITOR and DATABASE_URL_<SERVICE>.

        :raises CannotAuditError: an address is missing.
        """
        databases = {service: _database_url(environment, service) for service in SERVICES}
        if missing := [f"DATABASE_URL_AUDIT_{variable(service)}" for service, url in databases.items() if not url]:
            raise CannotAuditError(f"No address of a database: give {', '.join(missing)}")
        return cls(databases, _kafka(environment), now=_clock(environment))


def _database_url(environment: Mapping[str, str], service: str) -> str:
    name = variable(service)
    names = (f"DATABASE_URL_AUDIT_{name}", f"DATABASE_URL_{name}_AUDITOR", f"DATABASE_URL_{name}")
    return next((environment[one] for one in names if environment.get(one)), "")


def _clock(environment: Mapping[str, str]) -> Callable[[], datetime]:
    """Business time, where something else than real time drives it."""
    file = environment.get("SPN_CLOCK_FILE")
    return clock_from(Path(file) if file else None).now


def _kafka(environment: Mapping[str, str]) -> KafkaAccess | None:
    if not environment.get("KAFKA_BOOTSTRAP_SERVERS"):
        return None
    access = KafkaAccess.from_environment(environment)
    password = environment.get(f"KAFKA_PASSWORD_{variable(READER)}")
    return access.as_user(READER, password) if access.signs_in and password else access


def of_surroundings(stack: Addresses | None) -> Sources:
    """The environment's cluster if it names one that is no stack of ours, else the running stack's.

    :raises CannotAuditError: there is neither.
    """
    elsewhere = any(os.environ.get(name) for name in ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL_AUDIT_ENROLMENT"))
    if elsewhere and not os.environ.get(OURS):
        return Sources.of_environment(os.environ)
    if stack is None:
        raise CannotAuditError("No stack is running (spn up), and the environment names no other system.")
    return replace(Sources.of_stack(stack), now=_clock(os.environ))
