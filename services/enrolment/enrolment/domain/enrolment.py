"""An enrolment: one request for one seat, its way to an end, and what its payers agreed to and owe."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from enrolment.domain.terms import ALL_PERCENT, Line, Nature, Terms, WithdrawalRule, owed_percent, part_of

Status: TypeAlias = Literal[
    "requested",
    "accepted",
    "waiting",
    "offered",
    "declined",
    "lapsed",
    "left",
    "withdrawn",
    "rejected",
    "closed",
    "completed",
]
Ending: TypeAlias = Literal["declined", "lapsed", "left", "rejected", "closed"]
Commitment: TypeAlias = Literal["running", "fulfilled", "left-early"]
LIVE: frozenset[Status] = frozenset({"requested", "accepted", "waiting", "offered"})
PENDING: frozenset[Status] = frozenset({"requested", "waiting", "offered"})
SEATED: frozenset[Status] = frozenset({"accepted", "offered", "completed"})


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """A line of the price as agreed at the request, and what is owed of it now. Cents, VAT excluded."""

    line_id: str
    description_nl: str
    description_en: str
    nature: Nature
    unit_price_cents: int
    owed_cents: int = 0


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays which part of which lines, and who speaks for them."""

    organisation_id: str
    contact_id: UUID
    reference: str | None
    lines: tuple[AgreedLine, ...]

    def owing(self, percent: int) -> Payer:
        """The payer owing this part of each line; each line is rounded by itself."""
        return replace(
            self, lines=tuple(replace(n, owed_cents=part_of(n.unit_price_cents, percent)) for n in self.lines)
        )


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed at the request besides the price: an amendment of the edition does not change it."""

    withdrawal: tuple[WithdrawalRule, ...]
    starts_on: date


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A request and what became of it.

    ``number`` counts the requests of the edition. ``place`` orders the line: the number, until a person moved somebody
    by hand. ``entry`` is the last one of the journal about it: its revision. Personal links of an older version than
    ``link_version`` open nothing. ``in_second_year`` is what the journal says of it, which only decisions about the
    whole edition read.
    Without an ``agreement`` (requests before 0.2) the edition's own rules hold.
    """

    enrolment_id: UUID
    edition_id: str
    number: int
    status: Status
    participant_id: UUID
    organisation_id: str
    requested_at: datetime
    payers: tuple[Payer, ...]
    place: int
    entry: int = 0
    former_participant_ids: tuple[UUID, ...] = ()
    offer_expires_at: datetime | None = None
    withdrawal_reason: str | None = None
    requester_id: UUID | None = None
    motivation: str | None = None
    agreement: Agreement | None = None
    commitment: Commitment | None = None
    commitment_ends_on: date | None = None
    link_version: int = 0
    link_sent_at: datetime | None = None
    in_second_year: bool = False

    @property
    def is_live(self) -> bool:
        """Not ended: a second request of the same person is this one."""
        return self.status in LIVE

    @property
    def is_pending(self) -> bool:
        """Waiting for somebody's decision: over at the start of the edition at the latest."""
        return self.status in PENDING

    @property
    def is_waiting(self) -> bool:
        return self.status == "waiting"

    @property
    def takes_seat(self) -> bool:
        """A seat that is offered is taken, until the offer ends; one that was used to the end stays taken."""
        return self.status in SEATED

    def is_overdue(self, now: datetime) -> bool:
        """An offer ends at its deadline: the very instant is too late."""
        return self.status == "offered" and self.offer_expires_at is not None and now >= self.offer_expires_at

    def rules(self, terms: Terms) -> tuple[tuple[WithdrawalRule, ...], date]:
        """The rules of withdrawal agreed to, and the day they count to.

        A start that was moved counts only where that is better for who takes part: the later of both days.
        """
        if self.agreement is None:
            return terms.withdrawal, terms.starts_on
        return self.agreement.withdrawal, max(self.agreement.starts_on, terms.starts_on)

    def percent_owed(self, terms: Terms, now: datetime) -> int:
        """What part is owed by who withdraws now."""
        return owed_percent(*self.rules(terms), now)

    def accepted(self, commitment_ends_on: date) -> Enrolment:
        """With a seat, owing everything, bound for two years."""
        return replace(
            self,
            status="accepted",
            offer_expires_at=None,
            payers=self.owing(ALL_PERCENT),
            commitment="running",
            commitment_ends_on=commitment_ends_on,
        )

    def offered(self, until: datetime) -> Enrolment:
        """With a seat held for it until ``until``, owing nothing yet."""
        return replace(self, status="offered", offer_expires_at=until)

    def withdrawn(self, percent: int, reason: str | None) -> Enrolment:
        """Without its seat, owing what was agreed for that."""
        return replace(
            self,
            status="withdrawn",
            withdrawal_reason=reason,
            payers=self.owing(percent),
            commitment=None,
            commitment_ends_on=None,
        )

    def ended(self, status: Ending) -> Enrolment:
        """Over before it was accepted: nothing is owed."""
        return replace(self, status=status, offer_expires_at=None)

    def taken_over_by(self, person_id: UUID) -> Enrolment:
        """The same enrolment with another participant. Who takes part again is no former participant."""
        former = dict.fromkeys((*self.former_participant_ids, self.participant_id))
        return replace(
            self, participant_id=person_id, former_participant_ids=tuple(f for f in former if f != person_id)
        )

    def owing(self, percent: int) -> tuple[Payer, ...]:
        """Its payers, owing this part."""
        return tuple(payer.owing(percent) for payer in self.payers)


def agreed(line: Line) -> AgreedLine:
    """A line of the published price as part of an agreement."""
    return AgreedLine(line.line_id, line.description_nl, line.description_en, line.nature, line.unit_price_cents)
