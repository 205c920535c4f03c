"""What becomes of an offered seat: accepted, declined, or lapsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enrolment.domain.answers import of_enrolment
from enrolment.domain.facts import OfferDeclined, OfferExtended
from enrolment.domain.punctuality import punctual
from enrolment.domain.seats import lapsed, offered, passed_on, seated, without_deadline
from enrolment.domain.turn import OFFER_LAPSE, Turn
from spn.decision import Decision

if TYPE_CHECKING:
    from enrolment.commands import AcceptOffer, DeclineOffer, ExtendOffer, LapseOffer, OfferSeat
    from enrolment.domain.edition import Edition


@punctual()
def accept_offer(turn: Turn, command: AcceptOffer) -> Decision[Edition]:
    """Take the seat that is on offer, before the deadline.

    At the deadline or later it is too late, but the offer does not end by that: its wake-up ends it, once it is sure
    that no acceptance in time is on its way, or extends it where an outage lay over the deadline.
    """
    enrolment = turn.enrolment(command.enrolment_id)
    if enrolment.status == "accepted":
        return turn.answered(of_enrolment.accepted_before(enrolment))
    if enrolment.status != "offered":
        raise of_enrolment.no_offer(enrolment)
    if enrolment.is_overdue(turn.now):
        raise of_enrolment.offer_overdue(enrolment)
    turn = without_deadline(seated(turn, enrolment), enrolment)
    return turn.answered(of_enrolment.offer_accepted(turn.enrolment(enrolment.enrolment_id)))


@punctual()
def decline_offer(turn: Turn, command: DeclineOffer) -> Decision[Edition]:
    """Leave the seat that is on offer to the next in line; also after the deadline, as long as it is held."""
    enrolment = turn.enrolment(command.enrolment_id)
    if enrolment.status == "declined":
        return turn.answered(of_enrolment.declined_before(enrolment))
    if enrolment.status != "offered":
        raise of_enrolment.no_offer(enrolment)
    declined = enrolment.ended("declined")
    turn = without_deadline(turn.put(declined, OfferDeclined), declined)
    return passed_on(turn).answered(of_enrolment.offer_declined(declined))


@punctual()
def offer_seat(turn: Turn, command: OfferSeat) -> Decision[Edition]:
    """Offer a free seat by hand, to whoever an organiser chooses: after the closing nobody is offered one otherwise."""
    enrolment, terms = turn.enrolment(command.enrolment_id), turn.edition.terms
    if enrolment.status == "offered":
        return turn.answered(of_enrolment.offered_before(enrolment))
    if enrolment.status != "waiting":
        raise of_enrolment.not_waiting(enrolment)
    if turn.now >= terms.starts_at:
        raise of_enrolment.too_late_to_offer(enrolment, terms)
    if turn.edition.free_seats == 0:
        raise of_enrolment.no_free_seat(enrolment)
    turn = offered(turn, enrolment, command.reason)
    return turn.answered(of_enrolment.seat_offered(turn.enrolment(enrolment.enrolment_id)))


@punctual()
def extend_offer(turn: Turn, command: ExtendOffer) -> Decision[Edition]:
    """Hold the seat for longer: nobody could reach us when the offer would have ended."""
    enrolment = turn.enrolment(command.enrolment_id)
    if enrolment.status != "offered" or enrolment.offer_expires_at is None:
        return turn.answered(of_enrolment.offer_gone(enrolment))
    until = command.until
    if until <= enrolment.offer_expires_at:
        again = turn.wake(OFFER_LAPSE, enrolment.offer_expires_at, str(enrolment.enrolment_id))
        return again.answered(of_enrolment.offer_lapses_later(enrolment, enrolment.offer_expires_at))
    turn = turn.put(enrolment.offered(until), OfferExtended).wake(OFFER_LAPSE, until, str(enrolment.enrolment_id))
    return turn.answered(of_enrolment.offer_extended(turn.enrolment(enrolment.enrolment_id), until))


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
