"""The edition: the root under whose lock every seat is given, with as many of its children as a batch needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from enrolment.domain import line
from enrolment.domain.answers import of_edition
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.guest import Guest
from enrolment.domain.journal import Journal
from enrolment.domain.parties import Organisation, Person
from enrolment.domain.terms import Terms

EditionState: TypeAlias = Literal["published", "open", "closed", "cancelled"]
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition and what was loaded of it.

    The counters are of the whole edition; the mappings hold at least what the batch asked for. ``positions`` are ranks
    in the line, of the first in line and of whoever else a decision has to tell its rank. ``live`` finds the live
    enrolment of a person. ``last_moment`` is the latest moment anything was decided at: time never runs back. Of the
    ``journal`` only the end is known, and what was not stored yet. ``revision`` counts the changes of terms and state.
    """

    edition_id: str
    published: Terms | None = None
    state: EditionState = "published"
    seats_taken: int = 0
    waiting: int = 0
    last_number: int = 0
    last_moment: datetime = LONG_AGO
    enrolments: Mapping[UUID, Enrolment] = field(default_factory=dict)
    live: Mapping[UUID, UUID] = field(default_factory=dict)
    positions: Mapping[UUID, int] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    guests: Mapping[UUID, Guest] = field(default_factory=dict)
    journal: Journal = field(default_factory=Journal)
    revision: int = 0

    @property
    def terms(self) -> Terms:
        """What was published.

        :raises Refused: there is no such edition.
        """
        if self.published is None:
            raise of_edition.unknown(self.edition_id)
        return self.published

    @property
    def free_seats(self) -> int:
        return self.terms.seats - self.seats_taken

    def live_enrolment_of(self, email: str) -> Enrolment | None:
        """The live enrolment of whoever has this (normalised) address: at most one."""
        person = self.people.get(email)
        enrolment_id = self.live.get(person.person_id) if person else None
        return self.enrolments[enrolment_id] if enrolment_id else None

    def changed(self, *, state: EditionState | None = None, terms: Terms | None = None) -> Edition:
        """The edition in another state, or under other terms."""
        return replace(self, state=state or self.state, published=terms or self.published, revision=self.revision + 1)

    def person_of(self, person_id: UUID) -> Person:
        """Somebody who was loaded, by id instead of by address."""
        return next(person for person in self.people.values() if person.person_id == person_id)

    def first_in_line(self) -> Enrolment | None:
        """Who is to be offered the next free seat."""
        first = next((e for e, position in self.positions.items() if position == 1), None)
        assert first or not self.waiting, "the line was not read far enough"
        return self.enrolments[first] if first else None

    def put(self, enrolment: Enrolment) -> Edition:
        """The edition with this enrolment in it, new or changed. The only place where counters and line change."""
        before = self.enrolments.get(enrolment.enrolment_id)
        taken = self.seats_taken + enrolment.takes_seat - (before is not None and before.takes_seat)
        waiting = self.waiting + enrolment.is_waiting - (before is not None and before.is_waiting)
        assert 0 <= taken <= self.terms.seats, f"{taken} seats taken of {self.terms.seats}"
        assert waiting >= 0, "fewer than nobody waits"
        return replace(
            self,
            seats_taken=taken,
            waiting=waiting,
            last_number=max(self.last_number, enrolment.number),
            enrolments={**self.enrolments, enrolment.enrolment_id: enrolment},
            live=_indexed(self.live, before, enrolment),
            positions=line.ranked(self.positions, self.enrolments, self.waiting, before, enrolment),
        )

    def in_line(self) -> list[Enrolment]:
        """Who waits, first in line first. For decisions about the whole edition, which load all of it."""
        assert len(self.positions) == self.waiting, "the line was not read to its end"
        return [self.enrolments[e] for e in sorted(self.positions, key=self.positions.__getitem__)]

    def moved(self, enrolment_id: UUID, position: int) -> Edition:
        """The edition with one who waits at another position of the line; needs all of it, as ``in_line`` does."""
        after = line.moved(self.in_line(), enrolment_id, position)
        return replace(
            self,
            enrolments={**self.enrolments, **{e.enrolment_id: e for e in after}},
            positions={e.enrolment_id: rank for rank, e in enumerate(after, 1)},
        )

    def with_guest(self, guest: Guest) -> Edition:
        """The edition with this guest in it, new or changed."""
        return replace(self, guests={**self.guests, guest.guest_id: guest})

    def with_children(
        self,
        enrolments: Iterable[Enrolment],
        positions: Mapping[UUID, int],
        people: Mapping[str, Person],
        organisations: Mapping[str, Organisation],
        guests: Iterable[Guest] = (),
    ) -> Edition:
        """The edition with what was loaded of it."""
        loaded = {e.enrolment_id: e for e in enrolments}
        live = {e.participant_id: e.enrolment_id for e in loaded.values() if e.is_live}
        return replace(
            self,
            enrolments=loaded,
            live=live,
            positions=positions,
            people=people,
            organisations=organisations,
            guests={g.guest_id: g for g in guests},
        )


def _indexed(live: Mapping[UUID, UUID], before: Enrolment | None, after: Enrolment) -> Mapping[UUID, UUID]:
    was = before.participant_id if before and before.is_live else None
    now = after.participant_id if after.is_live else None
    if was == now:
        return live
    found = {**live}
    if was:
        del found[was]
    if now:
        assert now not in found, "one person, one live enrolment"
        found[now] = after.enrolment_id
    return found
