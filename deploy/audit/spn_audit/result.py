"""What an audit comes to: checks, each with what was counted and what does not agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

Severity = Literal["wrong", "attention"]
KEPT_MAX = 10_000
SHOWN_MAX = 200
"""Of one check this many findings are kept for a later look, and shown in the end: a disaster must not fill the memory,
nor the page."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not agree (``wrong``), or that waits for a person (``attention``).

    ``where``: the place, with its ids. ``next``: the command that shows more. ``key``: what makes this the same
    finding in a later look; by default the sentence.
    """

    sentence: str
    where: str
    next: str = ""
    key: str = ""
    severity: Severity = "wrong"

    @property
    def identity(self) -> str:
        return self.key or self.sentence


@dataclass(frozen=True, slots=True)
class Check:
    """One promise, and how it was found. ``examined``: how many things were held against it.

    ``settles``: what disagrees here may only be on its way, and the whole look is worth repeating while it is.
    ``skipped``: why it was not looked at.
    """

    name: str
    sentence: str
    counted: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    examined: int = 0
    settles: bool = False
    skipped: str = ""
    chapter: str = ""

    @property
    def wrong(self) -> list[Finding]:
        return [one for one in self.findings if one.severity == "wrong"]

    @property
    def attention(self) -> list[Finding]:
        return [one for one in self.findings if one.severity == "attention"]

    def only(self, identities: set[tuple[str, str]]) -> Check:
        """With those findings alone that were seen before too."""
        return replace(self, findings=[one for one in self.findings if (self.name, one.identity) in identities])

    def shown(self) -> Check:
        """With as many findings as a person reads, and a last one that says how many more there are."""
        over = len(self.findings) - SHOWN_MAX
        if over <= 0:
            return self
        more = f"{over} more like these" + (" at least" if len(self.findings) == KEPT_MAX else "")
        return replace(self, findings=[*self.findings[:SHOWN_MAX], Finding(more, "not listed", key="more")])


@dataclass(frozen=True, slots=True)
class Audit:
    """All checks, and how the looking went. ``in_flight``: what disagreed in one look and not in the next."""

    checks: list[Check]
    looks: int = 1
    seconds: float = 0.0
    in_flight: int = 0
    read: dict[str, int] = field(default_factory=dict)
    at: str = ""

    @property
    def ok(self) -> bool:
        """Nothing is wrong. Something may still wait for a person: see ``attention``."""
        return not any(check.wrong for check in self.checks)

    @property
    def attention(self) -> list[Finding]:
        return [one for check in self.checks for one in check.attention]

    @property
    def red(self) -> list[str]:
        """The names of the checks that found something wrong."""
        return [check.name for check in self.checks if check.wrong]

    def as_json(self) -> dict[str, Any]:
        """Plain data, for other programs."""
        return {"ok": self.ok, "needs_a_person": bool(self.attention), **asdict(self)}


class Findings:
    """Gathers the findings of a check, up to a bound."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []

    def add(self, sentence: str, where: str, next_: str = "", *, key: str = "", severity: Severity = "wrong") -> None:
        """One more."""
        if len(self._kept) < KEPT_MAX:
            self._kept.append(Finding(sentence, where, next_, key, severity))

    def all(self) -> list[Finding]:
        """What was kept."""
        return self._kept


def skipped(name: str, sentence: str, why: str) -> Check:
    """A check that could not be made."""
    return Check(name, sentence, skipped=why)


def identities(checks: Sequence[Check]) -> set[tuple[str, str]]:
    """What was found, as it can be found again in a later look."""
    return {(check.name, one.identity) for check in checks for one in check.findings}
