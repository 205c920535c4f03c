"""The days on which time itself changes an edition: its start, its end, and the two years of those who took part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from enrolment.domain.answers import of_edition
from enrolment.domain.calendar import start_of
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.facts import Closed, CommitmentEnded, Completed, SecondYearStarted
from enrolment.domain.guests import all_over
from enrolment.domain.punctuality import punctual
from enrolment.domain.seats import without_deadline
from enrolment.domain.terms import COMMITMENT_YEARS, MILESTONES, Milestone, Terms
from enrolment.domain.turn import WAKE_UPS, Turn
from spn.decision import Decision

if TYPE_CHECKING:
    from enrolment.commands import PassMilestone
    from enrolment.domain.edition import Edition


def instant_of(milestone: Milestone, terms: Terms) -> datetime:
    """The first instant, in UTC, at which this milestone is passed."""
    if milestone == "start":
        return terms.starts_at
    if milestone == "end":
        return terms.ends_at
    return start_of(terms.years_after_start(1 if milestone == "second-year" else COMMITMENT_YEARS))


def awaited(turn: Turn) -> Turn:
    """Every milestone that is not passed yet wakes the edition up."""
    for milestone in MILESTONES:
        at = instant_of(milestone, turn.edition.terms)
        if turn.now < at:
            turn = turn.wake(WAKE_UPS[milestone], at)
    return turn


def forgotten(turn: Turn) -> Turn:
    """No milestone is to come any more."""
    for milestone in MILESTONES:
        turn = turn.wake(WAKE_UPS[milestone], None)
    return turn


@punctual()
def pass_milestone(turn: Turn, command: PassMilestone) -> Decision[Edition]:
    """Wake up on one of the days. Too early by the log's clock, or moved by an amendment: once more at its instant."""
    milestone, terms = command.milestone, turn.edition.terms
    at = instant_of(milestone, terms)
    if turn.edition.state == "cancelled":
        return turn.answered(of_edition.nothing_to_do(terms, turn.edition.state))
    if turn.now < at:
        again = turn.wake(WAKE_UPS[milestone], at)
        return again.answered(of_edition.milestone_later(terms, at, turn.edition.state))
    after = _PASSED[milestone](turn)
    if after.edition is turn.edition:
        return turn.answered(of_edition.nothing_to_do(terms, turn.edition.state))
    return after.answered(of_edition.milestone_passed(terms, turn.edition.state))


def _started(turn: Turn) -> Turn:
    """Whoever still waits has no seat; only an offer that was extended after an outage stands a little longer."""
    return closed_out(turn, but=lambda e: e.status == "offered" and not e.is_overdue(turn.now))


def closed_out(turn: Turn, *, but: Callable[[Enrolment], bool] = lambda _: False) -> Turn:
    """Nothing is pending any more: whoever waits, was offered a seat or was to be chosen has none."""
    # From the end of the line: so nobody's position has to be worked out anew.
    line = reversed(turn.edition.in_line())
    others = sorted(
        (e for e in turn.edition.enrolments.values() if e.is_pending and not e.is_waiting and not but(e)),
        key=lambda e: e.number,
    )
    for enrolment in (*line, *others):
        turn = turn.put(enrolment.ended("closed"), Closed)
        if enrolment.status == "offered":
            turn = without_deadline(turn, enrolment)
    return turn


def _completed(turn: Turn) -> Turn:
    for enrolment in _with_status(turn, "accepted"):
        turn = turn.put(replace(enrolment, status="completed"), Completed)
    return all_over(turn)


def _in_second_year(turn: Turn) -> Turn:
    # The status stays, so it is the journal that says who has heard of it: the milestone may come again.
    for enrolment in _committed(turn):
        if not enrolment.in_second_year:
            turn = turn.put(replace(enrolment, in_second_year=True), SecondYearStarted)
    return turn


def _fulfilled(turn: Turn) -> Turn:
    for enrolment in _committed(turn):
        turn = turn.put(replace(enrolment, commitment="fulfilled"), CommitmentEnded)
    return turn


_PASSED = {"start": _started, "end": _completed, "second-year": _in_second_year, "commitment-end": _fulfilled}


def _committed(turn: Turn) -> list[Enrolment]:
    return [e for e in _with_status(turn, "completed", "accepted") if e.commitment == "running"]


def _with_status(turn: Turn, *statuses: str) -> list[Enrolment]:
    return sorted((e for e in turn.edition.enrolments.values() if e.status in statuses), key=lambda e: e.number)
