"""What a stack consists of, told by its starter to its supervisor as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from spn_local.paths import DEFAULT_STACK, StackPaths

SERVICE_NAMES = ("enrolment", "billing", "scheduling", "notifications")


@dataclass(frozen=True)
class ServiceConfig:
    """A service and how many replicas of it run.

    `command` is the program that takes `migrate` and `serve`; by default the console script `spn-<name>` of the
    environment that the stack itself runs in. `environment` adds to, and wins from, what the stack gives.
    """

    name: str
    replicas: int = 1
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StackConfig:
    """Everything the supervisor needs to know.

    `database`: settings of PostgreSQL beside its own. `ephemeral`: throw the stack's directory away at the end.
    `lifeline`: stop when the starter is gone.
    """

    root: str
    name: str = DEFAULT_STACK
    services: tuple[ServiceConfig, ...] = ()
    topics_file: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    database: Mapping[str, str] = field(default_factory=dict)
    ephemeral: bool = False
    lifeline: bool = False

    @property
    def paths(self) -> StackPaths:
        """Where its files are."""
        return StackPaths(Path(self.root), self.name)

    @property
    def topics(self) -> Path:
        """The table of topics to apply."""
        return Path(self.topics_file) if self.topics_file else Path(self.root) / "deploy" / "topics.yaml"

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> StackConfig:
        """Read what `to_json` wrote."""
        values = json.loads(text)
        services = tuple(
            ServiceConfig(**{**service, "command": tuple(service["command"])}) for service in values.pop("services")
        )
        return cls(services=services, **values)
