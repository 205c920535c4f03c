"""One command's turn: the edition as it is by now, and what has followed so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from enrolment.domain.answers import of_enrolment
from enrolment.domain.edition import Edition
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.facts import EnrolmentFact, GuestFact
from enrolment.domain.guest import Guest
from enrolment.domain.journal import Entry, said
from enrolment.domain.terms import MILESTONES, Milestone
from spn.decision import Answer, Deadline, Decision, Moment

EDITION_OPEN = "edition.open"
EDITION_CLOSE = "edition.close"
WAKE_UPS: Mapping[Milestone, str] = {milestone: f"edition.{milestone}" for milestone in MILESTONES}
OFFER_LAPSE = "offer.lapse"
GUEST_LAPSE = "guest.lapse"


@dataclass(frozen=True, slots=True)
class Turn:
    """The state and the effects of the command that is being decided. Each method gives the turn one step on.

    ``who`` sent the command, as far as it says so: that goes into the journal.
    """

    edition: Edition
    at: Moment
    facts: tuple[object, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    who: str | None = None

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
        return Turn(edition, self.at, self.facts, self.deadlines, self.who)

    def tell(self, *facts: object) -> Turn:
        """These facts happened too."""
        return Turn(self.edition, self.at, (*self.facts, *facts), self.deadlines, self.who)

    def put(self, enrolment: Enrolment, fact: type[EnrolmentFact], reason: str | None = None) -> Turn:
        """The enrolment is as given now, which is what ``fact`` tells, and what the journal keeps with the reason."""
        enrolment = replace(enrolment, entry=self.edition.journal.entries + 1)
        edition = self.edition.put(enrolment)
        position = edition.positions[enrolment.enrolment_id] if enrolment.is_waiting else None
        entry = self._entry(enrolment, fact.word, position, reason)
        journal = edition.journal.with_entry(edition.edition_id, entry)
        told = fact(edition.terms, enrolment, position, self.now, journal.fresh[-1])
        return self.of(replace(edition, journal=journal)).tell(told)

    def put_guest(self, guest: Guest, fact: type[GuestFact]) -> Turn:
        """The guest is as given now, which is what ``fact`` tells."""
        return self.of(self.edition.with_guest(guest)).tell(fact(self.edition.terms, guest, self.now))

    def _entry(self, enrolment: Enrolment, word: str, position: int | None, reason: str | None) -> Entry:
        at = self.at
        return Entry(
            number=enrolment.entry,
            what=word,
            enrolment_id=enrolment.enrolment_id,
            request=enrolment.number,
            position=position,
            moment=at.now,
            partition=at.partition,
            offset=at.offset,
            command_id=at.message_id,
            who=self.who,
            reason=reason,
            said=said(at.new_id("said"), self.who, reason),
        )

    def wake(self, kind: str, at: datetime | None, subject: str | None = None) -> Turn:
        """A deadline of this edition is set, or taken away with ``at=None``; its subject is the edition by itself."""
        deadline = Deadline(kind, self.edition.edition_id, subject or self.edition.edition_id, at)
        return Turn(self.edition, self.at, self.facts, (*self.deadlines, deadline), self.who)

    def answered(self, answer: Answer) -> Decision[Edition]:
        """The decision that this turn comes to."""
        return Decision(self.edition, self.facts, self.deadlines, answer)
