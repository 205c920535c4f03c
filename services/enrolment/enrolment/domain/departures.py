"""Going away: out of the line, out of the edition, or out of the network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from enrolment.domain.answers import of_enrolment
from enrolment.domain.facts import CommitmentEnded, Left, OfferDeclined, Withdrawn
from enrolment.domain.guests import without_guests
from enrolment.domain.punctuality import punctual
from enrolment.domain.seats import passed_on, without_deadline
from enrolment.domain.turn import Turn
from spn.decision import Decision

if TYPE_CHECKING:
    from enrolment.commands import EndEnrolment, LeaveList, LeaveNetwork, WithdrawEnrolment
    from enrolment.domain.edition import Edition


@punctual()
def leave_list(turn: Turn, command: LeaveList) -> Decision[Edition]:
    """Give up waiting, for a seat or for an organiser's choice. Nothing is owed and no seat comes free."""
    enrolment = turn.enrolment(command.enrolment_id)
    if enrolment.status == "left":
        return turn.answered(of_enrolment.left_before(enrolment))
    if enrolment.status not in {"waiting", "requested"}:
        raise of_enrolment.not_waiting(enrolment)
    left = enrolment.ended("left")
    return turn.put(left, Left, command.reason).answered(of_enrolment.list_left(left))


@punctual()
def withdraw_enrolment(turn: Turn, command: WithdrawEnrolment) -> Decision[Edition]:
    """Give up a seat, before the start or after it; what is owed then follows from the rules agreed to.

    VAT is not decided here: what is owed excludes it. Guests come by an enrolment, and with it they stay away.
    """
    enrolment = turn.enrolment(command.enrolment_id)
    if enrolment.status == "withdrawn":
        return turn.answered(of_enrolment.withdrawn_before(enrolment))
    if enrolment.status != "accepted":
        raise of_enrolment.not_accepted(enrolment)
    percent = enrolment.percent_owed(turn.edition.terms, turn.now)
    withdrawn = enrolment.withdrawn(percent, command.reason)
    turn = without_guests(turn.put(withdrawn, Withdrawn, command.reason), withdrawn)
    return passed_on(turn).answered(of_enrolment.withdrawn(withdrawn, percent))


@punctual()
def end_enrolment(turn: Turn, command: EndEnrolment) -> Decision[Edition]:
    """End it as its participant could: withdrawn with what is owed for that, or out before anything was owed."""
    enrolment = turn.enrolment(command.enrolment_id)
    if not enrolment.is_live:
        return turn.answered(of_enrolment.ended_before(enrolment))
    if enrolment.status == "accepted":
        withdrawn = enrolment.withdrawn(enrolment.percent_owed(turn.edition.terms, turn.now), None)
        turn = passed_on(without_guests(turn.put(withdrawn, Withdrawn), withdrawn))
    elif enrolment.status == "offered":
        declined = enrolment.ended("declined")
        turn = passed_on(without_deadline(turn.put(declined, OfferDeclined), declined))
    else:
        turn = turn.put(enrolment.ended("left"), Left)
    return turn.answered(of_enrolment.ended_for_erasure(turn.enrolment(enrolment.enrolment_id)))


@punctual()
def leave_network(turn: Turn, command: LeaveNetwork) -> Decision[Edition]:
    """Leave the network before the two years are over, after the edition. Nothing about money follows from that."""
    enrolment = turn.enrolment(command.enrolment_id)
    if enrolment.commitment == "left-early":
        return turn.answered(of_enrolment.network_left_before(enrolment))
    if enrolment.status != "completed" or enrolment.commitment != "running":
        raise of_enrolment.not_committed(enrolment)
    left = replace(enrolment, commitment="left-early")
    return turn.put(left, CommitmentEnded, command.reason).answered(of_enrolment.network_left(left))
