"""The ways to be killed, each with its effect: what must be there again before the clock stops."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from spn_local.config import SERVICE_NAMES
from tests.faults.recovery_field import REPLICAS, SESSION_SECONDS, Field

PATIENCE_SECONDS = 90.0

Effect = Callable[[Field, Mapping[str, str], int], float]


def answered(field: Field, asked: Mapping[str, str], _: int) -> float:
    """Every command is answered on spn.enrolment.events."""
    return field.load.answers.until_all(asked, PATIENCE_SECONDS)


def mailed(field: Field, asked: Mapping[str, str], since_ns: int) -> float:
    """Every participant has the mail that tells of the seat."""
    return field.until_mailed(asked.values(), since_ns, PATIENCE_SECONDS)


@dataclass(frozen=True)
class Kind:
    """What is killed, and within what time its effect is to be seen again.

    The clock runs from the SIGKILL to the last of the effects of one request put on each partition at that moment.
    Mails come with invoices, which take their time: there the requests are fewer.
    """

    name: str
    victim: Callable[[Field], str]
    aim_seconds: float
    comes_back: bool = True
    effect: Effect = answered
    partitions: int | None = None
    services: tuple[str, ...] = ("enrolment",)
    pause_seconds: float = 0.05


def replica(field: Field) -> str:
    """The replica of enrolment that does not lead."""
    return f"enrolment-{field.slots('enrolment')[1]}"


def leader(field: Field) -> str:
    """The replica of enrolment that leads."""
    return f"enrolment-{field.slots('enrolment')[0]}"


def anyone(field: Field) -> str:
    """Any replica of any service."""
    return f"{field.chance.choice(field.services)}-{field.chance.randrange(REPLICAS)}"


KINDS = (
    Kind("replica, restarted at once", replica, 3.0),
    Kind("replica, not restarted", replica, SESSION_SECONDS, comes_back=False),
    Kind("relay's leader, restarted at once", leader, 3.0),
    Kind("broker", lambda _: "kafka", 6.0),
    Kind("database", lambda _: "postgres", 3.0),
    Kind("any replica, to the mail", anyone, 3.0, True, mailed, 6, SERVICE_NAMES, 0.5),
)


def recovered(kind: Kind, field: Field) -> float:
    """Kill once; the seconds until the effect."""
    field.settle()
    victim = kind.victim(field)
    field.steady(victim)
    field.settle()  # who lost its partitions while we waited would be missed by nobody
    if not kind.comes_back:
        return _left_down(kind, field, victim)
    pid, since_ns = field.pid(victim), time.time_ns()
    began = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    return kind.effect(field, field.load.round(kind.partitions), since_ns) - began


def _left_down(kind: Kind, field: Field, victim: str) -> float:
    """The same of one that its supervisor is told to leave down; in the end it is back."""
    service, _, slot = victim.rpartition("-")
    began, since_ns = time.monotonic(), time.time_ns()
    field.stack.stop_service(service, int(slot), signal.SIGKILL)
    ended = kind.effect(field, field.load.round(kind.partitions), since_ns)
    field.stack.start_service(service, int(slot))
    return ended - began
