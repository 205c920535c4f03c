"""What scheduling does, and when. Each line: message, decision in domain/. Nothing else decides."""

from __future__ import annotations

from scheduling import commands, events_in, events_out
from scheduling.domain import cancel_session, move_session, plan_timetable, settle_places
from scheduling.store import TIMETABLES, one_member, whole_timetable
from spn.messaging.policies import Policies, on

POLICIES = Policies(
    # happy path and compensation are one: who should have a place, minus who has
    on(
        events_in.Enrolment,
        settle_places,
        root=TIMETABLES,
        keys=lambda enrolment: [one_member(enrolment.edition_id, enrolment.enrolment_id, enrolment.participant_id)],
    ),
    # what organisers ask; a session in the timetable gets everybody who waits for one
    on(
        commands.PlanTimetable,
        plan_timetable,
        root=TIMETABLES,
        keys=lambda plan: [whole_timetable(plan.edition_id, *(session.session_id for session in plan.sessions))],
    ),
    on(
        commands.MoveSession,
        move_session,
        root=TIMETABLES,
        keys=lambda move: [whole_timetable(move.edition_id)],
    ),
    on(
        commands.CancelSession,
        cancel_session,
        root=TIMETABLES,
        keys=lambda cancel: [whole_timetable(cancel.edition_id)],
    ),
    tell=events_out.tell,
    answer=events_out.answer,
)
