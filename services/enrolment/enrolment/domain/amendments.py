"""Changing an edition that is public: other terms for those to come, or none for anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enrolment.domain import milestones
from enrolment.domain.answers import of_edition
from enrolment.domain.editions import terms_of
from enrolment.domain.facts import EditionAmended, EditionCancelled, OpenOrNot, Withdrawn
from enrolment.domain.guests import all_ended
from enrolment.domain.punctuality import UNDECIDED, opened, punctual, without_wake_ups
from enrolment.domain.seats import passed_on
from enrolment.domain.terms import Terms
from enrolment.domain.turn import EDITION_CLOSE, EDITION_OPEN, Turn
from spn.decision import Decision

if TYPE_CHECKING:
    from enrolment.commands import AmendEdition, CancelEdition
    from enrolment.domain.edition import Edition

NOTHING_PERCENT = 0


@punctual()
def amend_edition(turn: Turn, command: AmendEdition) -> Decision[Edition]:
    """Publish other terms: they bind later requests and offers. What was agreed before stands.

    More seats are offered to the first in line at once. An edition that was opened or closed stays so. The start stays
    behind the offers that stand, and the selection step as long as requests await a choice.
    """
    before, after = turn.edition.terms, terms_of(command)
    if after == before:
        return turn.answered(of_edition.amended_before(before, turn.edition.state))
    state = _amendable(turn, after)
    _check_offers(turn, after)
    _check_selection(turn, after)
    turn = turn.of(turn.edition.changed(terms=after)).tell(EditionAmended(after, state))
    turn = _rewound(milestones.awaited(turn))
    while (on := passed_on(turn)) is not turn:
        turn = on
    return turn.answered(of_edition.amended(after, turn.edition.state))


@punctual()
def cancel_edition(turn: Turn, command: CancelEdition) -> Decision[Edition]:
    """The edition will not take place: whoever has a seat is withdrawn and owes nothing, nobody is pending."""
    terms = turn.edition.terms
    if turn.edition.state == "cancelled":
        return turn.answered(of_edition.cancelled_before(terms))
    if turn.now >= terms.ends_at:
        raise of_edition.is_over(terms)
    turn = turn.of(turn.edition.changed(state="cancelled")).tell(EditionCancelled(terms))
    turn = milestones.forgotten(without_wake_ups(turn))
    turn = milestones.closed_out(turn)
    for enrolment in sorted(turn.edition.enrolments.values(), key=lambda e: e.number):
        if enrolment.status == "accepted":
            turn = turn.put(enrolment.withdrawn(NOTHING_PERCENT, None), Withdrawn, command.reason)
    return all_ended(turn).answered(of_edition.cancelled(terms))


def _amendable(turn: Turn, after: Terms) -> OpenOrNot:
    """The state of the edition, if these terms may become its own.

    :raises Refused: they may not.
    """
    edition, before = turn.edition, turn.edition.terms
    if edition.state == "cancelled":
        raise of_edition.is_cancelled(before)
    if turn.now >= before.ends_at:
        raise of_edition.is_over(before)
    if after.seats < edition.seats_taken:
        raise of_edition.seats_are_taken(before, edition.seats_taken)
    if edition.state != "published" and after.opens_at != before.opens_at:
        raise of_edition.opened_before(before)
    if edition.state == "closed" and after.closes_at != before.closes_at:
        raise of_edition.is_closed(before)
    if turn.now >= before.starts_at and after.starts_on != before.starts_on:
        raise of_edition.has_begun(before)
    if edition.state != "closed" and turn.now >= after.closes_at:
        raise of_edition.closing_is_past(after)
    if turn.now < before.starts_at and turn.now >= after.starts_at:
        raise of_edition.start_is_past(after)
    return edition.state


def _check_offers(turn: Turn, after: Terms) -> None:
    """Go on only when no seat could be accepted after the start. An offer stands as long as it was told to stand.

    :raises Refused: the new start lies before the end of an offer.
    """
    if after.starts_at >= turn.edition.terms.starts_at:
        return
    ends = [e.offer_expires_at for e in turn.edition.enrolments.values() if e.offer_expires_at]
    later = [end for end in ends if end > after.starts_at]
    if later:
        raise of_edition.offers_stand(after, len(later), max(later))


def _check_selection(turn: Turn, after: Terms) -> None:
    """Go on only when nobody who awaits a choice would be overtaken by those who need none any more.

    :raises Refused: the selection step goes while there are requests to choose from.
    """
    requested = sum(e.status == "requested" for e in turn.edition.enrolments.values())
    if turn.edition.terms.selection and not after.selection and requested:
        raise of_edition.choices_await(after, requested)


def _rewound(turn: Turn) -> Turn:
    """The edition under its new instants: it wakes up at them, or opens at once."""
    edition, terms = turn.edition, turn.edition.terms
    if edition.state not in UNDECIDED:
        return turn
    turn = turn.wake(EDITION_CLOSE, terms.closes_at)
    if edition.state == "open":
        return turn
    return opened(turn) if turn.now >= terms.opens_at else turn.wake(EDITION_OPEN, terms.opens_at)
