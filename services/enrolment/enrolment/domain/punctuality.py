"""Time catches up before a command is decided: wake-ups have no authority, the stored instants have.

So a request at the opening instant is in whether the wake-up came or not, and an acceptance after the deadline is too
late whether the lapse was sent or not. An offer that is over ends by its wake-up alone, whatever else is asked of it
meanwhile: an outage may have lain over its end, and then the wake-up extends it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, TypeAlias, TypeVar

from enrolment.domain.answers import of_edition, of_enrolment
from enrolment.domain.edition import Edition
from enrolment.domain.facts import EditionClosed, EditionOpened
from enrolment.domain.turn import EDITION_CLOSE, EDITION_OPEN, Turn
from spn.decision import Decision, Moment, Refused

UNDECIDED = frozenset({"published", "open"})
"""What closes by itself at the closing instant: neither closed nor cancelled before."""

C = TypeVar("C")
Rule: TypeAlias = Callable[[Turn, C], Decision[Edition]]
Decide: TypeAlias = Callable[[Edition, C, Moment], Decision[Edition]]
First: TypeAlias = Callable[[Turn, Any], Turn]


def nothing_else(turn: Turn, _command: object) -> Turn:
    """Nobody in particular has been overtaken by time."""
    return turn


def punctual(first: First = nothing_else) -> Callable[[Rule[C]], Decide[C]]:
    """Make a rule a decision: before it, time catches up with the edition and with who the command is about.

    Offers lapse by their own wake-up. A refusal keeps what time has changed, and the moment.
    """

    def made(rule: Rule[C]) -> Decide[C]:
        @wraps(rule)
        def decide(edition: Edition, command: C, at: Moment) -> Decision[Edition]:
            turn = first(_caught_up(edition, at), command)
            turn = replace(turn, who=getattr(command, "by", None))
            try:
                _as_expected(turn, command)
                return rule(turn, command)
            except Refused as refused:
                return turn.answered(refused.answer)

        return decide

    return made


def opened(turn: Turn) -> Turn:
    """Requests are accepted from now on."""
    edition = turn.edition.changed(state="open")
    return turn.of(edition).tell(EditionOpened(edition.terms))


def closed(turn: Turn) -> Turn:
    """No more requests, no more offers, and no wake-ups for it either."""
    edition = turn.edition.changed(state="closed")
    return without_wake_ups(turn.of(edition)).tell(EditionClosed(edition.terms))


def without_wake_ups(turn: Turn) -> Turn:
    """Neither the opening nor the closing is to come any more."""
    return turn.wake(EDITION_OPEN, None).wake(EDITION_CLOSE, None)


def _as_expected(turn: Turn, command: Any) -> None:
    """Whoever says what they saw is refused when it is different by now.

    :raises Refused: the enrolment or the edition has changed since.
    """
    seen = getattr(command, "if_entry", None)
    if seen is not None and turn.enrolment(command.enrolment_id).entry != seen:
        raise of_enrolment.changed_meanwhile(turn.enrolment(command.enrolment_id))
    whose = getattr(command, "if_participant", None)
    if whose is not None and turn.enrolment(command.enrolment_id).participant_id != whose:
        raise of_enrolment.changed_meanwhile(turn.enrolment(command.enrolment_id))
    seen = getattr(command, "if_revision", None)
    if seen is not None and turn.edition.revision != seen:
        raise of_edition.changed_meanwhile(turn.edition.terms, turn.edition.state)


def _caught_up(edition: Edition, at: Moment) -> Turn:
    """The edition at the command's moment, which opens (inclusive) and closes (exclusive) it."""
    terms = edition.terms
    now = max(at.now, edition.last_moment)
    turn = Turn(replace(edition, last_moment=now), at if at.now == now else replace(at, now=now))
    if edition.state in UNDECIDED and now >= terms.closes_at:
        return closed(turn)
    if edition.state == "published" and now >= terms.opens_at:
        return opened(turn)
    return turn
