"""The four services as the simulation runs them: their own maps, with decisions that can be made sick."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import yaml

import billing.policies
import enrolment.policies
import notifications.policies
import scheduling.policies
from billing.documents.renderer import Renderer
from billing.domain.parties import Seller
from billing.issuer import Issuer, Terms
from billing.vat import load_table
from enrolment.commands.editions import TOPIC as ENROLMENT_COMMANDS
from enrolment.domain.turn import GUEST_LAPSE, OFFER_LAPSE, WAKE_UPS
from scheduling.commands import TOPIC as SCHEDULING_COMMANDS
from spn.messaging.policies import Policies
from spn.messaging.uptime import MercyGate

TOPICS_FILE = Path(__file__).parents[2] / "deploy" / "topics.yaml"
PARTITIONS = 3
NAMESPACE = UUID("5d0f7c1e-6a55-5f0b-8d3c-0d6c3b1f4a77")
COMMAND_TOPICS = (ENROLMENT_COMMANDS, SCHEDULING_COMMANDS)
ALWAYS = timedelta(days=36_500)
SELLER = Seller(
    "Stichting SPN", "Voorbeeldstraat 1", "1234 AB", "Voorbeeldstad", "NL", "12345678", "NL000099998B57",
    "NL04VOOR0123456789", "facturen@spn.example",
)  # fmt: skip


class SickError(RuntimeError):
    """What a decision raises while it is sick: a bug that a new release will mend."""


class Sickness:
    """Which decisions fail at the moment, as (service, policy)."""

    def __init__(self) -> None:
        self.policies: set[tuple[str, str]] = set()

    def infect(self, service: str, policies: Policies) -> Policies:
        """The same map, each decision of which can be sick."""

        def failing(name: str, decide: Callable[..., Any]) -> Callable[..., Any]:
            def decided(*arguments: Any) -> Any:
                if (service, name) in self.policies:
                    raise SickError(name)
                return decide(*arguments)

            return decided

        some = [replace(p, decide=failing(p.name, p.decide)) for p in policies.policies]
        return Policies(*some, *policies.command_deadlines.values(), tell=policies.tell, answer=policies.answer)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the simulation needs of a service."""

    name: str
    policies: Policies
    migrations: str


def all_parts(sickness: Sickness) -> Mapping[str, Parts]:
    """The four services. No fact is too old for a mail here: how old it is when it is heard is chance."""
    maps = {
        "enrolment": enrolment.policies.POLICIES,
        "billing": billing.policies.POLICIES,
        "scheduling": scheduling.policies.POLICIES,
        "notifications": notifications.policies.policies(ALWAYS),
    }
    return {name: Parts(name, sickness.infect(name, p), f"{name}.migrations") for name, p in maps.items()}


def partitions() -> dict[str, int]:
    """Every topic that is declared, each with few partitions, so that keys meet."""
    declared = yaml.safe_load(TOPICS_FILE.read_text())["topics"]
    return dict.fromkeys(declared, PARTITIONS)


def gates(name: str, subscription: Callable[[str], Any]) -> dict[str, MercyGate]:
    """What holds a service's deadlines back."""
    if name != "enrolment":
        return {}
    gate = MercyGate(lambda: subscription(ENROLMENT_COMMANDS), timedelta(0))
    return dict.fromkeys((OFFER_LAPSE, GUEST_LAPSE, WAKE_UPS["start"]), gate)


class _Plain(Renderer):
    """Writes what tells documents apart, and nothing else: typesetting is not what is simulated."""

    async def pdf(self, paper: Mapping[str, Any]) -> bytes:
        return f"%PDF {paper['number']}".encode()


def issuer() -> Callable[[Any], Awaitable[bool]]:
    """Billing's lane that gives numbers."""
    return Issuer(Terms(SELLER, load_table(crkbo=True), "LN", 30), _Plain()).work


class Ids:
    """Ids that are the same each time the same steps are played."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def __call__(self) -> UUID:
        return uuid5(NAMESPACE, str(next(self._numbers)))
