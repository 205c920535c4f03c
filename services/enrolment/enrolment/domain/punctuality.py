"""Time catches up before a command is decided: wake-ups have no authority, the stored instants have.

So a request at the opening instant is in whether the wake-up came or not, and an acceptance after the deadline is too
late whether the lapse was sent or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from enrolment.domain.edition import Edition
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.facts import EditionClosed, EditionOpened
from enrolment.domain.seats import lapsed
from enrolment.domain.turn import EDITION_CLOSE, EDITION_OPEN, Turn
from spn.decision import Decision, Moment, Refused

if TYPE_CHECKING:
    from enrolment.commands.enrolments import EnrolmentCommand

C = TypeVar("C")
Rule: TypeAlias = Callable[[Turn, C], Decision[Edition]]
Decide: TypeAlias = Callable[[Edition, C, Moment], Decision[Edition]]
About: TypeAlias = Callable[[Edition, Any], Iterable[Enrolment | None]]


def nobody(_edition: Edition, _command: object) -> Iterable[Enrolment]:
    """A command about no enrolment in particular."""
    return ()


def the_one_named(edition: Edition, command: EnrolmentCommand) -> Iterable[Enrolment | None]:
    """The enrolment of the command's ``enrolment_id``."""
    return (edition.enrolments.get(command.enrolment_id),)


def punctual(about: About = nobody) -> Callable[[Rule[C]], Decide[C]]:
    """Make a rule a decision: first time catches up with the edition and with the enrolments it is about.

    Offers to others lapse by their own wake-up. A refusal keeps what time has changed, and the moment.
    """

    def made(rule: Rule[C]) -> Decide[C]:
        @wraps(rule)
        def decide(edition: Edition, command: C, at: Moment) -> Decision[Edition]:
            turn = _caught_up(edition, at)
            for concerned in about(edition, command):
                turn = _without_overdue_offer(turn, concerned)
            try:
                return rule(turn, command)
            except Refused as refused:
                return turn.answered(refused.answer)

        return decide

    return made


def opened(turn: Turn) -> Turn:
    """Requests are accepted from now on."""
    edition = replace(turn.edition, state="open")
    return turn.of(edition).tell(EditionOpened(edition.terms))


def closed(turn: Turn) -> Turn:
    """No more requests, no more offers, and no wake-ups for it either."""
    edition = replace(turn.edition, state="closed")
    quiet = turn.of(edition).wake(EDITION_OPEN, None).wake(EDITION_CLOSE, None)
    return quiet.tell(EditionClosed(edition.terms))


def _without_overdue_offer(turn: Turn, concerned: Enrolment | None) -> Turn:
    enrolment = turn.edition.enrolments[concerned.enrolment_id] if concerned else None
    return lapsed(turn, enrolment) if enrolment and enrolment.is_overdue(turn.now) else turn


def _caught_up(edition: Edition, at: Moment) -> Turn:
    """The edition at the command's moment, which opens (inclusive) and closes (exclusive) it."""
    terms = edition.terms
    now = max(at.now, edition.last_moment)
    turn = Turn(replace(edition, last_moment=now), at if at.now == now else replace(at, now=now))
    if edition.state != "closed" and now >= terms.closes_at:
        return closed(turn)
    if edition.state == "published" and now >= terms.opens_at:
        return opened(turn)
    return turn
