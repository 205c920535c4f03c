"""One command's turn: the edition as it is by now, and what has followed so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from enrolment.domain.answers import of_enrolment
from enrolment.domain.edition import Edition
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.facts import EnrolmentFact
from spn.decision import Answer, Deadline, Decision, Moment

EDITION_OPEN = "edition.open"
EDITION_CLOSE = "edition.close"
OFFER_LAPSE = "offer.lapse"


@dataclass(frozen=True, slots=True)
class Turn:
    """The state and the effects of the command that is being decided. Each method gives the turn one step on."""

    edition: Edition
    at: Moment
    facts: tuple[object, ...] = ()
    deadlines: tuple[Deadline, ...] = ()

    @property
    def now(self) -> datetime:
        """The command's moment: never before the edition's last."""
        return self.at.now

    def enrolment(self, enrolment_id: UUID) -> Enrolment:
        """The enrolment a command names.

        :raises Refused: the edition has none of this id.
        """
        found = self.edition.enrolments.get(enrolment_id)
        if found is None:
            raise of_enrolment.unknown(enrolment_id)
        return found

    def of(self, edition: Edition) -> Turn:
        """The edition is as given now."""
        return Turn(edition, self.at, self.facts, self.deadlines)

    def tell(self, *facts: object) -> Turn:
        """These facts happened too."""
        return Turn(self.edition, self.at, (*self.facts, *facts), self.deadlines)

    def put(self, enrolment: Enrolment, fact: type[EnrolmentFact]) -> Turn:
        """The enrolment is as given now, which is what ``fact`` tells."""
        edition = self.edition.put(enrolment)
        position = edition.positions[enrolment.enrolment_id] if enrolment.is_waiting else None
        return self.of(edition).tell(fact(edition.terms, enrolment, position, self.now))

    def wake(self, kind: str, at: datetime | None, subject: str | None = None) -> Turn:
        """A deadline of this edition is set, or taken away with ``at=None``; its subject is the edition by itself."""
        deadline = Deadline(kind, self.edition.edition_id, subject or self.edition.edition_id, at)
        return Turn(self.edition, self.at, self.facts, (*self.deadlines, deadline))

    def answered(self, answer: Answer) -> Decision[Edition]:
        """The decision that this turn comes to."""
        return Decision(self.edition, self.facts, self.deadlines, answer)
