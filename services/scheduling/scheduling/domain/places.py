"""Who should have a place, minus who has: the difference is given and withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from scheduling.domain.timetable import Member, Place, Session, Timetable, amended
from spn.decision import Decision, Moment, unchanged

if TYPE_CHECKING:
    from scheduling.events_in import Enrolment

Holders: TypeAlias = Mapping[UUID, UUID | None]
"""By person: the enrolment that gives a place, or None when there is none."""


TAKING_PART = frozenset({"accepted", "completed"})
"""Who has completed the edition keeps the places that were had."""


def settle_places(timetable: Timetable, enrolment: Enrolment, at: Moment) -> Decision[Timetable]:
    """Make the places of an enrolment's people what the newest state of that enrolment says.

    Whoever takes part has a place in each session still to come; a former participant has none in those. Sessions that
    have begun or are cancelled stay as they were. Without sessions the member is remembered, and gets places when they
    are planned.
    Promises nothing about order: what is older than the enrolment already known changes nothing.
    """
    known = timetable.members.get(enrolment.enrolment_id)
    if known and at.sequence <= known.sequence:
        return unchanged(timetable)
    member = Member(enrolment.enrolment_id, enrolment.participant_id, enrolment.status in TAKING_PART, at.sequence)
    informed = replace(timetable, members={**timetable.members, member.enrolment_id: member})
    if not member.accepted and not (known and known.accepted):
        # It gave no place and gives none: most of a rush is this.
        return Decision(informed)
    people = {member.person_id, known.person_id} if known else {member.person_id}
    holders = _holders(informed, people)
    sessions = informed.sessions.values()
    to_come = (session for session in sessions if not session.has_begun(at.now) and not session.is_cancelled)
    after, facts = amended(informed, (_seated(session, holders) for session in to_come))
    return Decision(after, facts)


def with_all_members(timetable: Timetable, session: Session) -> Session:
    """The session with a place for every member who takes part, and for nobody else."""
    people = {m.person_id for m in timetable.members.values() if m.accepted}
    people.update(place.person_id for place in session.attendees)
    return _seated(session, _holders(timetable, people))


def _holders(timetable: Timetable, people: Iterable[UUID]) -> Holders:
    """One enrolment per person: the lowest id, when somebody has two live ones for a moment.

    That moment is real: a new enrolment may be heard of before the end of the old one.
    """
    holders: dict[UUID, UUID | None] = dict.fromkeys(people)
    for member in timetable.members.values():
        if member.accepted and member.person_id in holders:
            other = holders[member.person_id]
            holders[member.person_id] = _lower(other, member.enrolment_id)
    return holders


def _lower(one: UUID | None, other: UUID) -> UUID:
    return one if one and one.int < other.int else other


def _seated(session: Session, holders: Holders) -> Session:
    has = {place.person_id: place for place in session.attendees}
    changes = {
        person: place for person, enrolment in holders.items() if (place := _change(has.get(person), person, enrolment))
    }
    if not changes:
        return session
    places = sorted({**has, **changes}.values(), key=attrgetter("person_id"))
    return session.with_places(tuple(places), session.sequence)


def _change(has: Place | None, person: UUID, enrolment: UUID | None) -> Place | None:
    """What becomes of the place that this person has, or None when it is right as it is."""
    if enrolment is None:
        return replace(has, status="withdrawn") if has and has.status == "confirmed" else None
    wanted = Place(person, enrolment, "confirmed")
    return wanted if wanted != has else None
