"""The rules of scheduling: pure. State in; state, facts and an answer out."""

from __future__ import annotations

from scheduling.domain.places import settle_places
from scheduling.domain.planning import cancel_session, move_session, plan_timetable
from scheduling.domain.timetable import (
    Fact,
    Member,
    Place,
    PlaceGiven,
    PlaceWithdrawn,
    Session,
    SessionCancelled,
    SessionMoved,
    SessionPlanned,
    Timetable,
)

__all__ = [
    "Fact",
    "Member",
    "Place",
    "PlaceGiven",
    "PlaceWithdrawn",
    "Session",
    "SessionCancelled",
    "SessionMoved",
    "SessionPlanned",
    "Timetable",
    "cancel_session",
    "move_session",
    "plan_timetable",
    "settle_places",
]
