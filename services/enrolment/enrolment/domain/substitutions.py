"""A colleague of the same library takes an enrolment over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enrolment.domain import introductions
from enrolment.domain.answers import of_enrolment
from enrolment.domain.facts import Left, Substituted
from enrolment.domain.guests import no_guest_any_more
from enrolment.domain.punctuality import punctual
from enrolment.domain.turn import Turn
from spn.decision import Decision

if TYPE_CHECKING:
    from enrolment.commands import SubstituteParticipant
    from enrolment.domain.edition import Edition


@punctual()
def substitute_participant(turn: Turn, command: SubstituteParticipant) -> Decision[Edition]:
    """Change the participant and nothing else: state, number, payers and what they owe stay.

    A substitute who waits in this edition leaves the line; one who has a seat, or is offered one, is refused. An offer
    that is over is not taken over: it lapses, or is extended first. Who gets a seat by this is no guest any
    more.
    """
    enrolment = turn.enrolment(command.enrolment_id)
    own = turn.edition.live_enrolment_of(command.participant.email)
    if own and own.enrolment_id == enrolment.enrolment_id:
        return turn.answered(of_enrolment.participant_already(enrolment))
    if not enrolment.is_live:
        raise of_enrolment.has_ended(enrolment)
    if enrolment.status == "requested":
        raise of_enrolment.awaits_selection(enrolment)
    if enrolment.is_overdue(turn.now):
        raise of_enrolment.offer_overdue(enrolment)
    if turn.now >= turn.edition.terms.starts_at:
        raise of_enrolment.too_late_to_take_over(enrolment, turn.edition.terms)
    if own and own.takes_seat:
        raise of_enrolment.substitute_has_seat(enrolment, own)
    if own:
        turn = turn.put(own.ended("left"), Left)
    turn, substitute = introductions.person(turn, command.participant, "participant")
    taken_over = enrolment.taken_over_by(substitute.person_id)
    turn = turn.put(taken_over, Substituted, command.reason)
    if taken_over.status == "accepted":
        turn = no_guest_any_more(turn, taken_over)
    return turn.answered(of_enrolment.substituted(taken_over))
