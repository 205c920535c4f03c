"""The edition's own course: published, open, closed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from enrolment.domain import milestones
from enrolment.domain.answers import of_edition
from enrolment.domain.edition import Edition
from enrolment.domain.facts import EditionClosed, EditionOpened, EditionPublished
from enrolment.domain.punctuality import closed, opened, punctual
from enrolment.domain.terms import Line, Terms, Theme, WithdrawalRule
from enrolment.domain.turn import EDITION_CLOSE, EDITION_OPEN, Turn
from spn.decision import Decision, Moment

if TYPE_CHECKING:
    from enrolment.commands import CloseEdition, OpenEdition, PublishEdition
    from enrolment.commands.editions import EditionTerms


def publish_edition(edition: Edition, command: PublishEdition, at: Moment) -> Decision[Edition]:
    """Make the terms public; from then on they stand. The same terms again change nothing.

    An edition published after its opening instant is open at once.
    """
    terms = terms_of(command)
    if edition.published is not None:
        if edition.published != terms:
            raise of_edition.exists_differently(terms, edition.state)
        return Decision(edition, answer=of_edition.published_before(terms, edition.state))
    if at.now >= terms.closes_at:
        raise of_edition.closing_is_past(terms)
    turn = Turn(replace(edition.changed(terms=terms), last_moment=at.now), at).tell(EditionPublished(terms))
    turn = milestones.awaited(turn).wake(EDITION_CLOSE, terms.closes_at)
    turn = opened(turn) if at.now >= terms.opens_at else turn.wake(EDITION_OPEN, terms.opens_at)
    return turn.answered(of_edition.published(terms))


@punctual()
def open_edition(turn: Turn, _command: OpenEdition) -> Decision[Edition]:
    """Wake up at the opening instant. Too early by the log's clock: once more at that instant."""
    terms = turn.edition.terms
    check_not_over(turn)
    if turn.edition.state == "published":
        return turn.wake(EDITION_OPEN, terms.opens_at).answered(of_edition.opens_later(terms))
    if EditionOpened(terms) in turn.facts:
        return turn.answered(of_edition.opened(terms))
    return turn.answered(of_edition.open_already(terms))


@punctual()
def close_edition(turn: Turn, command: CloseEdition) -> Decision[Edition]:
    """Close now, for an organiser; at the closing instant and not before it, for the stored deadline."""
    terms = turn.edition.terms
    if EditionClosed(terms) in turn.facts:
        return turn.answered(of_edition.closed(terms))
    if turn.edition.state == "cancelled":
        raise of_edition.is_cancelled(terms)
    if turn.edition.state == "closed":
        return turn.answered(of_edition.closed_already(terms))
    if command.when_due:
        later = of_edition.closes_later(terms, turn.edition.state)
        return turn.wake(EDITION_CLOSE, terms.closes_at).answered(later)
    return closed(turn).answered(of_edition.closed(terms))


def check_not_over(turn: Turn) -> None:
    """Go on only with an edition that takes requests, now or later.

    :raises Refused: it is closed or cancelled.
    """
    if turn.edition.state == "cancelled":
        raise of_edition.is_cancelled(turn.edition.terms)
    if turn.edition.state == "closed":
        raise of_edition.is_closed(turn.edition.terms)


def terms_of(command: EditionTerms) -> Terms:
    """The terms in a command."""
    return Terms(
        edition_id=command.edition_id,
        title_nl=command.title_nl,
        title_en=command.title_en,
        seats=command.seats,
        opens_at=command.opens_at,
        closes_at=command.closes_at,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        offer_hours=command.offer_hours,
        currency=command.currency,
        themes=tuple(Theme(t.theme_id, t.title_nl, t.title_en, t.guests_per_library) for t in command.themes),
        lines=tuple(
            Line(n.line_id, n.description_nl, n.description_en, n.nature, n.unit_price_cents) for n in command.lines
        ),
        withdrawal=tuple(WithdrawalRule(r.days_before_start, r.owed_percent) for r in command.withdrawal),
        minimum=command.minimum,
        selection=command.selection,
        payers_max=command.payers_max,
        guest_days=command.guest_days,
        languages=command.languages,
        asks=command.asks,
    )
