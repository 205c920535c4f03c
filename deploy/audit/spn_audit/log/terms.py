"""What was told of an edition itself, and which of it held at which decision.

Two topics have no common order. But an edition's event names the command it followed from, and the answer to that
command stands among the events of its enrolments: from that decision on it holds. Where the answer is not to be found,
it may have held at any decision, and whoever asks has to take every possibility into account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from spn_audit.states import Edition

Answers: TypeAlias = Mapping[str, set[tuple[str, str, int]]]
"""By command: topic, key and number of each answer."""
ALWAYS = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One event of an edition: its number, the command that it followed from, and how the edition is since."""

    sequence: int
    command: str
    edition: Edition


@dataclass(slots=True)
class Terms:
    """All that was told of one edition."""

    changes: list[Change] = field(default_factory=list)

    def learn(self, change: Change) -> None:
        """One more; a late one finds its place."""
        self.changes.append(change)
        self.changes.sort(key=lambda one: one.sequence)

    def quota(self, theme: str) -> int | None:
        """The most guests a library was ever allowed for this theme; None when nothing is known of the edition."""
        return max((one.edition.quotas.get(theme, 0) for one in self.changes), default=None)


@dataclass(slots=True)
class Placed:
    """The terms of an edition by decision: ``since`` holds the number of the answer that each came with."""

    since: list[tuple[int, Edition]] = field(default_factory=list)
    anytime: list[Edition] = field(default_factory=list)

    @classmethod
    def of(cls, terms: Terms, topic: str, key: str, answers: Answers) -> Placed:
        """Place each change by the answer on this topic and key. What was told first held from the beginning."""
        placed = cls()
        for change in terms.changes:
            numbers = [n for t, k, n in answers.get(change.command, ()) if (t, k) == (topic, key)]
            if change is terms.changes[0]:
                placed.since.append((ALWAYS, change.edition))
            elif numbers:
                placed.since.append((min(numbers), change.edition))
            else:
                placed.anytime.append(change.edition)
        return placed

    def at(self, number: int) -> list[Edition]:
        """What may have held at the decision whose answer has this number: one, unless something could not be placed.

        Of several changes in one decision the last one holds at its end.
        """
        held = [edition for since, edition in self.since if since <= number]
        return [*held[-1:], *self.anytime]

    def cancelled_at(self, number: int) -> bool:
        """Whether the edition was certainly cancelled in that decision, or before it."""
        some = self.at(number)
        return bool(some) and all(edition.state == "cancelled" for edition in some)
