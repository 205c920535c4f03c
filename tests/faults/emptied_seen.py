"""What was seen when a database was lost and restored, and what of it should not have been."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from spn_audit import Audit

DOUBT_SECONDS = 5.0
"""A mail that left so shortly before the loss, or was in hand then, may not have been told as sent: nobody can know."""
DOUBTFUL_MAX = 10


@dataclass
class Emptied:
    """What was seen."""

    seed: int
    mails_before: int = 0
    mails: int = 0
    contacts_before: dict[str, int] = field(default_factory=dict)
    contacts: dict[str, int] = field(default_factory=dict)
    doubled: list[str] = field(default_factory=list)
    """Message-IDs that arrived twice."""
    untold: dict[str, float] = field(default_factory=dict)
    """Mails that were not told as sent when the database was lost: so many seconds before that they left."""
    not_ready: bool = False
    still_moving: str = ""
    audit: Audit | None = None

    @property
    def in_doubt(self) -> set[str]:
        """Mails that left around the loss: whether they did was known to the lost database alone."""
        return {one for one, age in self.untold.items() if abs(age) < DOUBT_SECONDS}

    def wrong(self) -> Iterator[str]:
        """What should not have been, in sentences."""
        if self.still_moving:
            yield f"it did not come to rest: {self.still_moving}"
        if not self.mails_before or self.mails <= self.mails_before:
            yield f"nothing was proved: {self.mails_before} mails before the loss, {self.mails} in the end"
        if not self.not_ready:
            yield "the service called itself ready without a table"
        if len(self.in_doubt) > DOUBTFUL_MAX:
            yield f"{len(self.in_doubt)} mails are in doubt"
        yield from self._not_equal()
        if self.audit is None:
            yield "nobody audited"
        else:
            yield from self._found(self.audit)

    def _not_equal(self) -> Iterator[str]:
        for one in self.doubled:
            if one not in self.in_doubt:
                yield f"the mail {one} was sent twice"
        for person, sequence in self.contacts_before.items():
            if self.contacts.get(person, -1) < sequence:
                yield f"contact {person} was at {sequence} and is at {self.contacts.get(person)}"

    def _found(self, audit: Audit) -> Iterator[str]:
        for check in audit.checks:
            for finding in check.findings:
                if not any(one in finding.sentence for one in self.in_doubt):
                    yield f"{check.name}: {finding.sentence}"
