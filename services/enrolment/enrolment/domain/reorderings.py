"""Moving somebody in the line by hand: for a reason, and with a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enrolment.domain.answers import of_enrolment
from enrolment.domain.facts import Reordered
from enrolment.domain.punctuality import punctual
from enrolment.domain.turn import Turn
from spn.decision import Decision

if TYPE_CHECKING:
    from enrolment.commands import ReorderLine
    from enrolment.domain.edition import Edition


@punctual()
def reorder_line(turn: Turn, command: ReorderLine) -> Decision[Edition]:
    """Give who waits another position; all others keep their order."""
    enrolment = turn.enrolment(command.enrolment_id)
    if not enrolment.is_waiting:
        raise of_enrolment.not_waiting(enrolment)
    position = min(command.position, turn.edition.waiting)
    if turn.edition.positions[enrolment.enrolment_id] == position:
        return turn.answered(of_enrolment.stands_there(enrolment, position))
    turn = turn.of(turn.edition.moved(enrolment.enrolment_id, position))
    moved = turn.enrolment(enrolment.enrolment_id)
    return turn.put(moved, Reordered, command.reason).answered(of_enrolment.reordered(moved, position))
