"""The sessions of the editions, as scheduling told them last: a copy for people's own pages, and nothing follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias
from uuid import UUID

from spn.decision import Decision, Moment, unchanged

if TYPE_CHECKING:
    from enrolment import events_in

SessionStatus: TypeAlias = Literal["planned", "cancelled"]


@dataclass(frozen=True, slots=True)
class Slot:
    """When and where."""

    starts_at: datetime
    ends_at: datetime
    venue: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A session by its newest event.

    ``first``: when and where by the oldest event that was heard. ``sequence``: SEQUENCE of its calendar entry (RFC
    5545). ``enrolment_ids``: which enrolments have a place in it; of people nothing else is kept.
    """

    session_id: str
    edition_id: str
    theme_id: str | None
    title_nl: str
    title_en: str
    slot: Slot
    first: Slot
    status: SessionStatus
    sequence: int
    enrolment_ids: tuple[UUID, ...] = ()

    @property
    def is_cancelled(self) -> bool:
        """Whether it will not take place."""
        return self.status == "cancelled"

    @property
    def moved_from(self) -> Slot | None:
        """When and where it was to be at first, if that is another time or place than now."""
        return self.first if self.first != self.slot else None


@dataclass(frozen=True, slots=True)
class Session:
    """A session by its id. ``heard``, ``first_heard``: the numbers of the newest and the oldest event about it."""

    session_id: str
    heard: int = 0
    first_heard: int = 0
    plan: Planned | None = None


def note_session(session: Session, told: events_in.Session, at: Moment) -> Decision[Session]:
    """Keep the newest state; of the oldest only when and where, so that a page can say what moved.

    Promises nothing about order or about what is known otherwise: its edition and its enrolments may be strangers.
    """
    slot = Slot(told.starts_at, told.ends_at, told.venue)
    if session.plan is None:
        return Decision(replace(session, heard=at.sequence, first_heard=at.sequence, plan=_plan(told, slot, slot)))
    if at.sequence < session.first_heard:
        return Decision(replace(session, first_heard=at.sequence, plan=replace(session.plan, first=slot)))
    if at.sequence <= session.heard:
        return unchanged(session)
    return Decision(replace(session, heard=at.sequence, plan=_plan(told, slot, session.plan.first)))


def calendar_uid(session_id: str) -> str:
    """The UID of the session's entry in every calendar, the same as in the mails about it: one entry, not two."""
    return f"{session_id}@sessions.spn"


def _plan(told: events_in.Session, slot: Slot, first: Slot) -> Planned:
    return Planned(
        session_id=told.session_id,
        edition_id=told.edition_id,
        theme_id=told.theme_id,
        title_nl=told.title_nl,
        title_en=told.title_en,
        slot=slot,
        first=first,
        status=told.status,
        sequence=told.sequence,
        enrolment_ids=tuple(sorted({a.enrolment_id for a in told.attendees if a.status == "confirmed"})),
    )
