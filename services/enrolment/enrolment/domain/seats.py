"""What happens to a seat that comes free: the first in line is offered it, at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from enrolment.domain.enrolment import Enrolment
from enrolment.domain.facts import Accepted, OfferLapsed, SeatOffered
from enrolment.domain.guests import no_guest_any_more
from enrolment.domain.terms import COMMITMENT_YEARS
from enrolment.domain.turn import OFFER_LAPSE, Turn


def lapsed(turn: Turn, enrolment: Enrolment) -> Turn:
    """The offer is over without an answer, and the seat goes on. Final: who lapsed asks again, last in line."""
    return passed_on(without_deadline(turn.put(enrolment.ended("lapsed"), OfferLapsed), enrolment))


def passed_on(turn: Turn) -> Turn:
    """One seat has come free: the first in line is offered it, while the edition is open."""
    edition = turn.edition
    first = edition.first_in_line()
    if first is None or edition.free_seats == 0 or edition.state != "open":
        return turn
    # Time and the rules pass a seat on, not who sent the command: the journal names people for what they decided.
    return replace(offered(replace(turn, who=None), first), who=turn.who)


def offered(turn: Turn, enrolment: Enrolment, reason: str | None = None) -> Turn:
    """A free seat is held for it: for the edition's ``offer_hours``, until the start at the latest."""
    terms = turn.edition.terms
    until = min(turn.now + timedelta(hours=terms.offer_hours), terms.starts_at)
    return turn.put(enrolment.offered(until), SeatOffered, reason).wake(OFFER_LAPSE, until, str(enrolment.enrolment_id))


def seated(turn: Turn, enrolment: Enrolment, reason: str | None = None) -> Turn:
    """It has its seat: everything is owed, and its participant is bound to the network, and no guest any more."""
    terms = turn.edition.terms
    accepted = enrolment.accepted(terms.years_after_start(COMMITMENT_YEARS))
    return no_guest_any_more(turn.put(accepted, Accepted, reason), accepted)


def without_deadline(turn: Turn, enrolment: Enrolment) -> Turn:
    """The offer of this enrolment has been answered: nothing is to lapse."""
    return turn.wake(OFFER_LAPSE, None, str(enrolment.enrolment_id))
