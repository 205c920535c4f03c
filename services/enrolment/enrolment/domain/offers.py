"""What becomes of an offered seat: accepted, declined, or lapsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enrolment.domain.answers import of_enrolment
from enrolment.domain.facts import Accepted, OfferDeclined
from enrolment.domain.punctuality import punctual, the_one_named
from enrolment.domain.seats import lapsed, passed_on, without_deadline
from enrolment.domain.turn import OFFER_LAPSE, Turn
from spn.decision import Decision

if TYPE_CHECKING:
    from enrolment.commands import AcceptOffer, DeclineOffer, LapseOffer
    from enrolment.domain.edition import Edition


@punctual(about=the_one_named)
def accept_offer(turn: Turn, command: AcceptOffer) -> Decision[Edition]:
    """Take the seat that is on offer, before the deadline."""
    enrolment = turn.enrolment(command.enrolment_id)
    if enrolment.status == "accepted":
        return turn.answered(of_enrolment.accepted_before(enrolment))
    if enrolment.status != "offered":
        raise of_enrolment.no_offer(enrolment)
    accepted = enrolment.accepted()
    turn = without_deadline(turn.put(accepted, Accepted), accepted)
    return turn.answered(of_enrolment.offer_accepted(accepted))


@punctual(about=the_one_named)
def decline_offer(turn: Turn, command: DeclineOffer) -> Decision[Edition]:
    """Leave the seat that is on offer to the next in line."""
    enrolment = turn.enrolment(command.enrolment_id)
    if enrolment.status == "declined":
        return turn.answered(of_enrolment.declined_before(enrolment))
    if enrolment.status != "offered":
        raise of_enrolment.no_offer(enrolment)
    declined = enrolment.ended("declined")
    turn = without_deadline(turn.put(declined, OfferDeclined), declined)
    return passed_on(turn).answered(of_enrolment.offer_declined(declined))


@punctual()
def lapse_offer(turn: Turn, command: LapseOffer) -> Decision[Edition]:
    """Wake up at the end of an offer. Too early by the log's clock: once more at that instant."""
    enrolment = turn.enrolment(command.enrolment_id)
    if enrolment.status != "offered" or enrolment.offer_expires_at is None:
        return turn.answered(of_enrolment.offer_gone(enrolment))
    if not enrolment.is_overdue(turn.now):
        until = enrolment.offer_expires_at
        again = turn.wake(OFFER_LAPSE, until, str(enrolment.enrolment_id))
        return again.answered(of_enrolment.offer_lapses_later(enrolment, until))
    turn = lapsed(turn, enrolment)
    return turn.answered(of_enrolment.offer_lapsed(turn.enrolment(enrolment.enrolment_id)))
