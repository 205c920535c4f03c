"""What people ask, as hypothesis draws it: mostly what makes sense, and now and then what cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis import strategies as st

from spn.messaging.contract import Command
from tests.simulation import platform
from tests.simulation.platform import ABOUT_ONE, DAYS, EDITIONS, FITTING, LIBRARIES, NAMES, NOWHERE, WAYS, Way

Enrolments: TypeAlias = Sequence[tuple[Any, ...]]
"""Edition, id, status; in the order of their numbers."""
LIVE = ("accepted", "waiting", "offered")
SELDOM = 8
"""From this number on somebody asks for what cannot be."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One wish and the way it comes. Which enrolment it is about is found out when it is asked."""

    kind: str
    way: Way
    edition: str = EDITIONS[0]
    number: int = 0
    who: str = NAMES[0]
    spelling: int = 0
    library: int = 0

    def command(self, enrolments: Enrolments) -> Command | None:
        """The command; None when there is no enrolment to ask about."""
        match self.kind:
            case "request":
                return platform.request(self.edition, self.who, self.spelling, self.library)
            case "publish":
                return platform.publish(self.edition, 1 + self.number % 2)
            case "plan":
                return platform.plan(self.edition, 1 + self.number % len(DAYS))
            case "move":
                return platform.move(self.edition, 1 + self.number % len(DAYS), 1 + self.spelling)
            case "cancel":
                return platform.cancel(self.edition, 1 + self.number % len(DAYS))
        return self._about_one(enrolments)

    def _about_one(self, enrolments: Enrolments) -> Command | None:
        fitting = FITTING.get(self.kind, LIVE)
        fit = [e for e in enrolments if e[2] in fitting and self.number < SELDOM] or enrolments
        if not fit:
            return None
        edition, enrolment, _ = fit[self.number % len(fit)]
        if self.kind == "substitute":
            return platform.substitute(edition, enrolment, self.who)
        return platform.about_one(self.kind, edition, enrolment)


names = st.sampled_from(NAMES)
ways = st.sampled_from(WAYS)
_numbers = st.integers(0, 9)
_editions = st.sampled_from((EDITIONS[0], *EDITIONS, NOWHERE))
_requests = st.builds(
    Ask, st.just("request"), ways, _editions, who=names, spelling=st.sampled_from((0, 0, 1)),
    library=st.integers(0, len(LIBRARIES) - 1),
)  # fmt: skip
_about_one = st.builds(Ask, st.sampled_from((*ABOUT_ONE, "substitute")), ways, number=_numbers, who=names)
_organising = st.builds(
    Ask, st.sampled_from(("publish", "plan", "plan", "move", "cancel")), ways, st.sampled_from(EDITIONS), _numbers
)
asks = st.one_of(_requests, _requests, _about_one, _about_one, _about_one, _organising)
