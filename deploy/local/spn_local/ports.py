"""Free ports on the loopback address."""

from __future__ import annotations

import random
import socket

LOOPBACK = "127.0.0.1"
# Below the kernel's ephemeral range (32768 and up): no outgoing connection can take the port of a broker
# that is down for a moment, and no client that keeps trying can connect to itself.
LOWEST, HIGHEST = 20_000, 31_999


def is_free(port: int) -> bool:
    """Whether nothing listens on this port of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_port(wanted: int | None = None) -> int:
    """A free port: the wanted one if it can be had, so that addresses survive a restart."""
    if wanted is not None and is_free(wanted):
        return wanted
    for port in random.sample(range(LOWEST, HIGHEST + 1), 200):
        if is_free(port):
            return port
    raise OSError(f"No free port found between {LOWEST} and {HIGHEST}")
