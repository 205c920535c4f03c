"""Start to ready: what a supervisor waits for after it has started a process."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable
from statistics import median

from spn_local.stack import Stack

STARTS = 5


def alone(stack: Stack, services: Iterable[str]) -> dict[str, float]:
    """The median seconds from start to ready of a replica of each service, while all others are up and idle."""
    return {service: median(_start(stack, service) for _ in range(STARTS)) for service in services}


def _start(stack: Stack, service: str) -> float:
    stack.stop_service(service, 1, signal.SIGKILL)
    began = time.monotonic()
    stack.start_service(service, 1)
    return time.monotonic() - began
