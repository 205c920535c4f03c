"""Scheduling as a process: what it is made of."""

from __future__ import annotations

from scheduling.policies import POLICIES
from spn.entry import entry
from spn.service import Parts
from spn.settings import ServiceSettings


def build(_: ServiceSettings) -> Parts:
    """The parts of the service."""
    return Parts("scheduling", POLICIES, migrations="scheduling.migrations")


main = entry(build, ServiceSettings)
