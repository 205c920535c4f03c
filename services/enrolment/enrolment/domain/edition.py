"""The edition: the root under whose lock every seat is given, with as many of its children as a batch needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from enrolment.domain.answers import of_edition
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.parties import Organisation, Person
from enrolment.domain.terms import Terms

EditionState: TypeAlias = Literal["published", "open", "closed"]
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition and what was loaded of it.

    The counters are of the whole edition; the mappings hold at least what the batch asked for. ``positions`` are ranks
    in the line, of the first in line and of whoever else a decision has to tell its rank. ``live`` finds the live
    enrolment of a person. ``last_moment`` is the latest moment anything was decided at: time never runs back.
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
            positions=_ranked(self, before, enrolment),
        )

    def with_children(
        self,
        enrolments: Iterable[Enrolment],
        positions: Mapping[UUID, int],
        people: Mapping[str, Person],
        organisations: Mapping[str, Organisation],
    ) -> Edition:
        """The edition with what was loaded of it."""
        loaded = {e.enrolment_id: e for e in enrolments}
        live = {e.participant_id: e.enrolment_id for e in loaded.values() if e.is_live}
        return replace(
            self, enrolments=loaded, live=live, positions=positions, people=people, organisations=organisations
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


def _ranked(edition: Edition, before: Enrolment | None, after: Enrolment) -> Mapping[UUID, int]:
    was, now = before is not None and before.is_waiting, after.is_waiting
    if was == now:
        return edition.positions
    if now:
        # Only a new enrolment starts to wait, and the newest has the highest number: it is the last in line.
        return {**edition.positions, after.enrolment_id: edition.waiting + 1}
    return {
        enrolment_id: position - (edition.enrolments[enrolment_id].number > after.number)
        for enrolment_id, position in edition.positions.items()
        if enrolment_id != after.enrolment_id
    }
