"""The demo as a guest on a cluster that is there already.

Its databases are new, but the services' consumer groups may be known from an earlier season. A service refuses such a
contradiction, and rightly: somebody must say where to go on. Here that is where the groups stand.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from confluent_kafka import ConsumerGroupState
from confluent_kafka.admin import AdminClient

from spn_local.access import KafkaAccess
from spn_local.config import SERVICE_NAMES, ServiceConfig

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


def main(name: str, verb: str) -> int:
    """Do what the service's own program does; after `migrate` also tell its new database where to go on."""
    program = str(Path(sys.executable).with_name(f"spn-{name}"))
    if verb != "migrate":
        os.execv(program, [program, verb])  # noqa: S606 no shell
    done = subprocess.run([program, "migrate"], check=False)
    return done.returncode or subprocess.run([program, "rewind", "--to", "committed"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
