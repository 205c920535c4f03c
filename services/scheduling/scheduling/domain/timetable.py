"""The timetable of one edition: its sessions, the places in them, and the members who should have one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

PlaceStatus: TypeAlias = Literal["confirmed", "withdrawn"]
SessionStatus: TypeAlias = Literal["planned", "cancelled"]


@dataclass(frozen=True, slots=True)
class Place:
    """A person's place in one session. A withdrawn one stays, so that the calendar entry it gave can be taken back.

    ``enrolment_id`` is the enrolment that gives the place, or gave it last.
    """

    person_id: UUID
    enrolment_id: UUID
    status: PlaceStatus


@dataclass(frozen=True, slots=True)
class Session:
    """One day of an edition. ``sequence`` is the SEQUENCE of its calendar entry (RFC 5545, 3.8.7.4).

    ``attendees`` holds a person once, in the order of the ids, so that equal sessions are equal. ``reason`` is why
    ``session.move`` put the session where it is; a plan gives none.
    """

    session_id: str
    edition_id: str
    theme_id: str
    title_nl: str
    title_en: str
    starts_at: datetime
    ends_at: datetime
    venue: str
    sequence: int = 0
    reason: str | None = None
    attendees: tuple[Place, ...] = ()
    status: SessionStatus = "planned"

    @property
    def details(self) -> tuple[object, ...]:
        """What people see of the session: a change of it is a move."""
        return (self.starts_at, self.ends_at, self.venue, self.title_nl, self.title_en, self.theme_id, self.status)

    @property
    def is_cancelled(self) -> bool:
        """Final: its places change no more, and it does not come back."""
        return self.status == "cancelled"

    def has_begun(self, now: datetime) -> bool:
        """Who has a place in a session that has begun does not change any more."""
        return self.starts_at <= now

    def with_places(self, attendees: tuple[Place, ...], sequence: int) -> Session:
        """With these places, told under this SEQUENCE.

        Written out, since each place given makes two of these for each session: ``replace`` takes three times as long.
        """
        return Session(
            self.session_id,
            self.edition_id,
            self.theme_id,
            self.title_nl,
            self.title_en,
            self.starts_at,
            self.ends_at,
            self.venue,
            sequence,
            self.reason,
            attendees,
            self.status,
        )


@dataclass(frozen=True, slots=True)
class Member:
    """What is known of an enrolment: whose it is, whether it gives places, and how new that knowledge is."""

    enrolment_id: UUID
    person_id: UUID
    accepted: bool
    sequence: int


@dataclass(frozen=True, slots=True)
class Timetable:
    """The root of an edition. No sessions yet, but members: a state like any other, "members without timetable".

    ``members`` holds at least those whom the message at hand can concern. ``elsewhere`` holds the session ids asked
    for that another edition has: an id names one session in the whole programme.
    """

    edition_id: str
    sessions: Mapping[str, Session] = field(default_factory=dict)
    members: Mapping[UUID, Member] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SessionPlanned:
    """A session came into the timetable, with the places that members have in it from the start."""

    session: Session


@dataclass(frozen=True, slots=True)
class SessionMoved:
    """A session got other times, another venue, title or theme."""

    session: Session


@dataclass(frozen=True, slots=True)
class SessionCancelled:
    """A session will not take place. Its attendees stay, so that everybody's calendar entry can be taken back."""

    session: Session


@dataclass(frozen=True, slots=True)
class PlaceGiven:
    """Someone got a place; with a substitution somebody else lost one at the same time."""

    session: Session


@dataclass(frozen=True, slots=True)
class PlaceWithdrawn:
    """Someone lost a place, and nobody got one."""

    session: Session


Fact: TypeAlias = SessionPlanned | SessionMoved | SessionCancelled | PlaceGiven | PlaceWithdrawn


def amended(timetable: Timetable, sessions: Iterable[Session]) -> tuple[Timetable, tuple[Fact, ...]]:
    """The timetable with these sessions in it, and one fact for each that differs from what it was.

    This is the only place where SEQUENCE rises: by one for a session that a decision changes, in however many ways.
    """
    after = dict(timetable.sessions)
    facts: list[Fact] = []
    for session in sorted(sessions, key=lambda s: (s.starts_at, s.session_id)):
        before = timetable.sessions.get(session.session_id)
        if session is before or session == before:
            continue
        told = session if before is None else session.with_places(session.attendees, before.sequence + 1)
        after[told.session_id] = told
        facts.append(_fact(before, told))
    return (replace(timetable, sessions=after) if facts else timetable), tuple(facts)


def _fact(before: Session | None, after: Session) -> Fact:
    if before is None:
        return SessionPlanned(after)
    if before.status != after.status:
        return SessionCancelled(after)
    if before.details != after.details:
        return SessionMoved(after)
    # A place that did not change is the same object: cheaper to see than to compare.
    known = {id(place) for place in before.attendees}
    given = any(id(place) not in known and place.status == "confirmed" for place in after.attendees)
    return PlaceGiven(after) if given else PlaceWithdrawn(after)
