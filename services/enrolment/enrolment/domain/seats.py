"""What happens to a seat that comes free: the first in line is offered it, at once."""

from __future__ import annotations

from datetime import timedelta

from enrolment.domain.enrolment import Enrolment
from enrolment.domain.facts import OfferLapsed, SeatOffered
from enrolment.domain.turn import OFFER_LAPSE, Turn


def lapsed(turn: Turn, enrolment: Enrolment) -> Turn:
    """The offer is over without an answer, and the seat goes on. Final: who lapsed asks again, last in line."""
    return passed_on(without_deadline(turn.put(enrolment.ended("lapsed"), OfferLapsed), enrolment))


def passed_on(turn: Turn) -> Turn:
    """One seat has come free: the first in line is offered it, while the edition is open.

    An edition closes at its start at the latest. An offer ends after the edition's ``offer_hours``, and at the start
    at the latest.
    """
    edition, terms = turn.edition, turn.edition.terms
    first = edition.first_in_line()
    if first is None or edition.free_seats == 0 or edition.state != "open":
        return turn
    until = min(turn.now + timedelta(hours=terms.offer_hours), terms.starts_at)
    return turn.put(first.offered(until), SeatOffered).wake(OFFER_LAPSE, until, str(first.enrolment_id))


def without_deadline(turn: Turn, enrolment: Enrolment) -> Turn:
    """The offer of this enrolment has been answered: nothing is to lapse."""
    return turn.wake(OFFER_LAPSE, None, str(enrolment.enrolment_id))
