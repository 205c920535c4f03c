"""What organisers ask: plan the sessions of an edition, move or cancel one of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduling.domain import answers
from scheduling.domain.places import with_all_members
from scheduling.domain.timetable import Session, SessionPlanned, Timetable, amended
from spn.decision import Decision, Moment

if TYPE_CHECKING:
    from scheduling.commands import CancelSession, MoveSession, PlannedSession, PlanTimetable

SESSION_HOURS_MAX = 24


def plan_timetable(timetable: Timetable, plan: PlanTimetable, at: Moment) -> Decision[Timetable]:
    """Make the sessions of the edition those of ``plan``: new ones come in, changed ones move, the rest stays.

    A plan that leaves out a session is refused: people were told of it, and cancelling has to be said.
    All or nothing: one session that cannot be planned refuses the whole plan.
    """
    _check_ids(timetable, plan)
    sessions = [_as_planned(timetable, planned) for planned in plan.sessions]
    differing = [s for s in sessions if not _is_planned(timetable, s)]
    for session in differing:
        _check_times(timetable.sessions.get(session.session_id), session, at.now)
    after, facts = amended(timetable, (with_all_members(timetable, s) for s in differing))
    if not facts:
        return Decision(timetable, answer=answers.timetable_unchanged())
    if not timetable.sessions:
        return Decision(after, facts, answer=answers.timetable_planned(len(facts)))
    added = sum(isinstance(fact, SessionPlanned) for fact in facts)
    return Decision(after, facts, answer=answers.timetable_changed(added, len(facts) - added))


def move_session(timetable: Timetable, move: MoveSession, at: Moment) -> Decision[Timetable]:
    """Give one session other times or another venue.

    The reason is kept with the session. A move to where the session already is changes nothing, whatever the reason.
    """
    before = timetable.sessions.get(move.session_id)
    if before is None:
        raise answers.unknown_session(move.session_id)
    if before.is_cancelled:
        raise answers.session_is_cancelled(before)
    moved = replace(before, starts_at=move.starts_at, ends_at=move.ends_at, venue=move.venue)
    if moved.details == before.details:
        return Decision(timetable, answer=answers.session_unchanged(before))
    _check_times(before, moved, at.now)
    moved = with_all_members(timetable, replace(moved, reason=move.reason))
    after, facts = amended(timetable, [moved])
    return Decision(after, facts, answer=answers.session_moved(moved))


def cancel_session(timetable: Timetable, cancel: CancelSession, at: Moment) -> Decision[Timetable]:
    """Call one session off, for good. Who had a place in it keeps that place in the books, and is told."""
    before = timetable.sessions.get(cancel.session_id)
    if before is None:
        raise answers.unknown_session(cancel.session_id)
    if before.is_cancelled:
        return Decision(timetable, answer=answers.session_cancelled_already(before))
    if before.has_begun(at.now):
        raise answers.session_begun(before)
    cancelled = replace(before, status="cancelled", reason=cancel.reason)
    after, facts = amended(timetable, [cancelled])
    return Decision(after, facts, answer=answers.session_cancelled(cancelled))


def _check_ids(timetable: Timetable, plan: PlanTimetable) -> None:
    asked = [session.session_id for session in plan.sessions]
    for index, session_id in enumerate(asked):
        if session_id in asked[:index]:
            raise answers.session_twice(session_id)
        if session_id in timetable.elsewhere:
            raise answers.session_of_another_edition(session_id)
        known = timetable.sessions.get(session_id)
        if known and known.is_cancelled:
            raise answers.session_is_cancelled(known)
    dropped = sorted({s.session_id for s in timetable.sessions.values() if not s.is_cancelled} - set(asked))
    if dropped:
        raise answers.sessions_dropped(dropped)


def _as_planned(timetable: Timetable, planned: PlannedSession) -> Session:
    before = timetable.sessions.get(planned.session_id)
    return Session(
        session_id=planned.session_id,
        edition_id=timetable.edition_id,
        theme_id=planned.theme_id,
        title_nl=planned.title_nl,
        title_en=planned.title_en,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        venue=planned.venue,
        sequence=before.sequence if before else 0,
        attendees=before.attendees if before else (),
    )


def _is_planned(timetable: Timetable, session: Session) -> bool:
    before = timetable.sessions.get(session.session_id)
    return before is not None and before.details == session.details


def _check_times(before: Session | None, after: Session, now: datetime) -> None:
    if before and before.has_begun(now):
        raise answers.session_begun(before)
    if after.ends_at <= after.starts_at:
        raise answers.ends_before_start(after)
    if after.ends_at - after.starts_at > timedelta(hours=SESSION_HOURS_MAX):
        raise answers.too_long(after, SESSION_HOURS_MAX)
    if after.has_begun(now):
        raise answers.starts_in_past(after)
