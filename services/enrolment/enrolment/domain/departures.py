"""Going away: out of the line, or out of the edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enrolment.domain.answers import of_enrolment
from enrolment.domain.facts import Left, Withdrawn
from enrolment.domain.punctuality import punctual, the_one_named
from enrolment.domain.seats import passed_on
from enrolment.domain.turn import Turn
from spn.decision import Decision

if TYPE_CHECKING:
    from enrolment.commands import LeaveList, WithdrawEnrolment
    from enrolment.domain.edition import Edition


@punctual(about=the_one_named)
def leave_list(turn: Turn, command: LeaveList) -> Decision[Edition]:
    """Give up waiting. Nothing is owed and no seat comes free."""
    enrolment = turn.enrolment(command.enrolment_id)
    if enrolment.status == "left":
        return turn.answered(of_enrolment.left_before(enrolment))
    if enrolment.status != "waiting":
        raise of_enrolment.not_waiting(enrolment)
    left = enrolment.ended("left")
    return turn.put(left, Left).answered(of_enrolment.list_left(left))


@punctual(about=the_one_named)
def withdraw_enrolment(turn: Turn, command: WithdrawEnrolment) -> Decision[Edition]:
    """Give up a seat, before the start or after it; what is owed then follows from the edition's rules.

    VAT is not decided here: what is owed excludes it.
    """
    enrolment = turn.enrolment(command.enrolment_id)
    if enrolment.status == "withdrawn":
        return turn.answered(of_enrolment.withdrawn_before(enrolment))
    if enrolment.status != "accepted":
        raise of_enrolment.not_accepted(enrolment)
    percent = turn.edition.terms.owed_percent(turn.now)
    withdrawn = enrolment.withdrawn(percent, command.reason)
    return passed_on(turn.put(withdrawn, Withdrawn)).answered(of_enrolment.withdrawn(withdrawn, percent))
