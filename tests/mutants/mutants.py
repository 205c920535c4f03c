"""The mutants: what is broken, and which checks of the auditor must find it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from spn_local.config import SERVICE_NAMES, ServiceConfig
from spn_local.paths import checkout_root
from tests.mutants.mutations import said


@dataclass(frozen=True)
class Mutant:
    """``name`` is that of a mutation; ``caught_by``: of these checks one at least must turn red.

    ``kill``: the first replica of ``service`` that comes to this failpoint during the rush dies there.
    """

    name: str
    service: str
    caught_by: frozenset[str]
    replicas: int = 1
    kill: str | None = None

    @property
    def about(self) -> str:
        return said(self.name)


def _caught_by(*names: str) -> frozenset[str]:
    return frozenset(names)


MUTANTS = (
    Mutant("inbox-off", "enrolment", _caught_by("answered-once")),
    Mutant("offset-first", "enrolment", _caught_by("answered-once"), kill="mid-transaction"),
    Mutant("no-leader", "enrolment", _caught_by("one-publisher"), replicas=2),
    Mutant("event-dropped", "enrolment", _caught_by("told-complete")),
    Mutant("told-differently", "enrolment", _caught_by("same-bytes")),
    Mutant("out-of-order", "enrolment", _caught_by("in-order")),
    Mutant("answered-twice", "enrolment", _caught_by("answered-once")),
    Mutant("told-without-effect", "enrolment", _caught_by("stored-as-told")),
    Mutant("offered-takes-no-seat", "enrolment", _caught_by("seats-now", "seats-always")),
    Mutant("last-in-line", "enrolment", _caught_by("first-in-line")),
    Mutant("guests-without-end", "enrolment", _caught_by("guests-within-quota")),
    Mutant("seals-by-themselves", "enrolment", _caught_by("journal-sealed")),
    Mutant("cancelled-for-a-fee", "enrolment", _caught_by("owed-by-seat")),
    Mutant("credit-too-small", "billing", _caught_by("owed-is-invoiced")),
    Mutant("number-skipped", "billing", _caught_by("numbers-consecutive")),
    Mutant("event-passed-over", "billing", _caught_by("heard-by-readers")),
    Mutant("places-kept", "scheduling", _caught_by("places-given")),
    Mutant("message-buried", "scheduling", _caught_by("dead-letters")),
    Mutant("mail-twice", "notifications", _caught_by("mails-arrived")),
    Mutant("mail-forgotten", "notifications", _caught_by("mails-arrived")),
)


@dataclass(frozen=True)
class Cast:
    """The services of one run: three as they are, and the mutant among them, if there is one."""

    mutant: Mutant | None
    failpoints: Path
    environment: Mapping[str, str] = field(default_factory=lambda: {"PYTHONPATH": str(checkout_root())})

    @property
    def services(self) -> list[ServiceConfig]:
        """For a stack."""
        return [self._service(name) for name in SERVICE_NAMES]

    def _service(self, name: str) -> ServiceConfig:
        if self.mutant is None or self.mutant.service != name:
            return ServiceConfig(name)
        command = (sys.executable, "-m", "tests.mutants.service", self.mutant.name, name)
        environment = {**self.environment, "SPN_FAILPOINTS": str(self.failpoints)}
        return ServiceConfig(name, self.mutant.replicas, command, environment)

    def arm(self) -> None:
        """The next process of the mutant that comes to its failpoint dies there."""
        if self.mutant and self.mutant.kill:
            (self.failpoints / f"{self.mutant.kill}.armed").touch()
