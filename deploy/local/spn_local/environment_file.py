"""stack.env: the addresses and passwords of a stack, for a shell and for whoever brings a client."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING

from spn_local.access import SASL_MECHANISM
from spn_local.addresses import variable
from spn_local.config import SERVICE_NAMES
from spn_local.existing import OURS
from spn_local.paths import StackPaths
from spn_local.ports import LOOPBACK
from spn_local.state import write_private

if TYPE_CHECKING:
    from spn_local.running import RunningStack

HEAD = """\
# The local stack '{name}'. In a shell: set -a; . {file}; set +a
# {ours} tells that these are a local stack's own, so that they are not taken for an existing cluster.
"""


def environment_of(stack: RunningStack) -> dict[str, str]:
    """Every address, user and password of the stack."""
    kafka, postgres, services = stack.kafka, stack.postgres, stack.services
    values = {OURS: stack.config.name, "KAFKA_BOOTSTRAP_SERVERS": kafka.admin.bootstrap}
    values["KAFKA_SECURITY_PROTOCOL"] = kafka.admin.protocol
    if kafka.admin.ca_file:
        values["KAFKA_CA_FILE"] = kafka.admin.ca_file
    if kafka.admin.signs_in:
        values["KAFKA_SASL_MECHANISM"] = SASL_MECHANISM
        for user in kafka.table.users:
            values[f"KAFKA_PASSWORD_{variable(user)}"] = kafka.access(user).password or ""
    for service in SERVICE_NAMES:
        values[f"DATABASE_URL_{variable(service)}"] = postgres.url(service)
        if auditor_url := postgres.auditor_url(service):
            values[f"DATABASE_URL_{variable(service)}_AUDITOR"] = auditor_url
    values["DATABASE_URL_ADMIN"] = postgres.admin_url
    values |= {"SMTP_HOST": LOOPBACK, "SMTP_PORT": str(stack.state.ports["smtp"])}
    values |= stack.issuer.environment()
    values |= services.pages_environment()
    values["MAIL_DIRECTORY"] = str(stack.config.paths.mail)
    for replica in sorted(services.processes):
        values[f"HTTP_URL_{variable(replica)}"] = f"http://{LOOPBACK}:{services.port(replica)}"
    return values


def write_environment(paths: StackPaths, values: Mapping[str, str]) -> None:
    """Write stack.env, readable by its owner only."""
    for file in paths.environment_files:
        head = HEAD.format(name=paths.name, file=file.relative_to(paths.root), ours=OURS)
        write_private(file, head + "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items()))


def remove_environment(paths: StackPaths) -> None:
    """A stack that is down has no addresses."""
    for file in paths.environment_files:
        file.unlink(missing_ok=True)
