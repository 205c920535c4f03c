"""The selection step: an organiser chooses among those who asked, where the edition has one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from enrolment.domain.answers import of_enrolment
from enrolment.domain.facts import Rejected, Waitlisted
from enrolment.domain.punctuality import punctual
from enrolment.domain.seats import seated
from enrolment.domain.turn import Turn
from spn.decision import Decision

if TYPE_CHECKING:
    from enrolment.commands import ApproveEnrolment, RejectEnrolment
    from enrolment.domain.edition import Edition


@punctual()
def approve_enrolment(turn: Turn, command: ApproveEnrolment) -> Decision[Edition]:
    """Choose a request: it gets a seat if one is free and nobody waits, else its place in line, by when it asked."""
    enrolment, terms = turn.enrolment(command.enrolment_id), turn.edition.terms
    if enrolment.status in {"accepted", "waiting", "offered"}:
        return turn.answered(of_enrolment.approved_before(enrolment))
    if enrolment.status != "requested":
        raise of_enrolment.not_to_be_chosen(enrolment)
    if turn.now >= terms.starts_at:
        raise of_enrolment.too_late_to_approve(enrolment, terms)
    if turn.edition.free_seats and not turn.edition.waiting:
        turn = seated(turn, enrolment, command.reason)
        return turn.answered(of_enrolment.accepted(turn.enrolment(enrolment.enrolment_id)))
    waiting = replace(enrolment, status="waiting")
    turn = turn.put(waiting, Waitlisted, command.reason)
    position, is_full = turn.edition.positions[waiting.enrolment_id], turn.edition.free_seats == 0
    return turn.answered(of_enrolment.waitlisted(waiting, position, is_full=is_full))


@punctual()
def reject_enrolment(turn: Turn, command: RejectEnrolment) -> Decision[Edition]:
    """Choose otherwise. Final: who was rejected may ask again, as somebody new."""
    enrolment = turn.enrolment(command.enrolment_id)
    if enrolment.status == "rejected":
        return turn.answered(of_enrolment.rejected_before(enrolment))
    if enrolment.status != "requested":
        raise of_enrolment.not_to_be_chosen(enrolment)
    rejected = enrolment.ended("rejected")
    return turn.put(rejected, Rejected, command.reason).answered(of_enrolment.rejected(rejected))
