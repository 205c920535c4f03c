"""Billing as a process: what it is made of."""

from __future__ import annotations

from billing import cli
from billing.documents.renderer import Renderer
from billing.lanes import issuer_lane
from billing.policies import POLICIES
from billing.settings import Settings
from spn.entry import entry
from spn.service import Parts


def build(settings: Settings) -> Parts:
    """The parts of the service."""
    renderer = Renderer()
    lane = issuer_lane(settings, renderer)
    return Parts("billing", POLICIES, migrations="billing.migrations", lanes=(lane,), closers=(renderer.close,))


main = entry(build, Settings, cli.app)
