"""The demo as a guest on a cluster that is there already.

Its databases are new, but the services' consumer groups may be known from an earlier season. A service refuses such a
contradiction, and rightly: somebody must say where to go on. Here that is where the groups stand. In the end the
databases go; the messages stay on their topics as long as topics keep them.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
from confluent_kafka import ConsumerGroupState
from confluent_kafka.admin import AdminClient

from spn_local.access import KafkaAccess
from spn_local.config import SERVICE_NAMES, ServiceConfig
from spn_local.existing import Existing
from spn_local.stack import Stack

REQUEST_S = 15.0
NAMED_MAX = 3
BUSY = {
    ConsumerGroupState.STABLE,
    ConsumerGroupState.PREPARING_REBALANCING,
    ConsumerGroupState.COMPLETING_REBALANCING,
}


class ClusterInUseError(Exception):
    """Services work on this cluster: the demo's would take their partitions away."""


def check_not_in_use(access: KafkaAccess) -> None:
    """Make sure that no service consumes there.

    :raises ClusterInUseError: some do.
    """
    found = AdminClient(access.client_config()).list_consumer_groups(request_timeout=REQUEST_S, states=BUSY).result()
    ours = tuple(f"{name}." for name in SERVICE_NAMES)
    groups = sorted(one.group_id for one in found.valid if one.group_id.startswith(ours))
    if groups:
        more = f" and {len(groups) - NAMED_MAX} more" if len(groups) > NAMED_MAX else ""
        raise ClusterInUseError(
            f"Services work on {access.bootstrap} (groups {', '.join(groups[:NAMED_MAX])}{more}). The demo plays with"
            " services of its own, which would take their partitions away. Stop them first, or use another cluster."
        )


def guest_service(name: str) -> ServiceConfig:
    """A service that goes on where its groups stand."""
    return ServiceConfig(name, command=(sys.executable, "-m", "spn_demo.guest", name))


def own_databases(existing: Existing, stack: Stack) -> tuple[str, ...]:
    """The databases that the stack made for itself on a server that is not ours."""
    if existing.database_url is None:
        return ()
    made = (name for name in SERVICE_NAMES if name not in existing.database_urls)
    return tuple(urlsplit(stack.database_url(name)).path.strip("/") for name in made)


def drop_databases(existing: Existing, names: Sequence[str]) -> None:
    """Leave the server as it was: throw these databases away, and the roles of the same names."""
    if existing.database_url is not None and names:
        asyncio.run(_drop(existing.database_url, names))


async def _drop(admin_url: str, names: Sequence[str]) -> None:
    connection = await asyncpg.connect(admin_url, timeout=REQUEST_S)
    try:
        for name in names:
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            await connection.execute(f'DROP ROLE IF EXISTS "{name}"')
    finally:
        await connection.close(timeout=REQUEST_S)


def main(name: str, verb: str) -> int:
    """Do what the service's own program does; after `migrate` also tell its new database where to go on."""
    program = str(Path(sys.executable).with_name(f"spn-{name}"))
    if verb != "migrate":
        os.execv(program, [program, verb])  # noqa: S606 no shell
    done = subprocess.run([program, "migrate"], check=False)
    return done.returncode or subprocess.run([program, "rewind", "--to", "committed"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
