"""Asking for a seat."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from enrolment.domain import introductions
from enrolment.domain.answers import of_edition, of_enrolment
from enrolment.domain.enrolment import Agreement, Enrolment, agreed
from enrolment.domain.facts import Requested, Waitlisted
from enrolment.domain.paying import payers
from enrolment.domain.punctuality import punctual
from enrolment.domain.seats import seated
from enrolment.domain.turn import Turn
from spn.decision import Decision

if TYPE_CHECKING:
    from enrolment.commands import RequestEnrolment
    from enrolment.domain.edition import Edition


@punctual()
def request_enrolment(turn: Turn, command: RequestEnrolment) -> Decision[Edition]:
    """Give the participant a seat if one is free and nobody waits, else the last place in line.

    Where the edition has a selection step it waits for an organiser's choice first. Someone who has a live enrolment
    has asked before: nothing changes, nor do the details of the people named. With an offer that is over they ask anew
    once it has lapsed: it may still be extended.
    """
    live = turn.edition.live_enrolment_of(command.participant.email)
    if live:
        return turn.answered(of_enrolment.enrolled_already(live, turn.now))
    _check_open(turn, command)
    turn, participant = introductions.person(turn, command.participant, "participant")
    turn, library = introductions.organisation(turn, command.library)
    lines = tuple(agreed(line) for line in turn.edition.terms.lines)
    turn, paying = payers(turn, lines, library, command.payer, command.further_payers, participant=participant)
    turn, requester_id = _requester(turn, command)
    number, terms = turn.edition.last_number + 1, turn.edition.terms
    enrolment = Enrolment(
        enrolment_id=turn.at.new_id("enrolment"),
        edition_id=turn.edition.edition_id,
        number=number,
        status="requested" if terms.selection else "waiting",
        participant_id=participant.person_id,
        organisation_id=library.organisation_id,
        requested_at=turn.now,
        payers=paying,
        place=number,
        requester_id=requester_id,
        motivation=command.motivation,
        agreement=Agreement(terms.withdrawal, terms.starts_on),
    )
    return _placed(turn, enrolment)


def _check_open(turn: Turn, command: RequestEnrolment) -> None:
    terms = turn.edition.terms
    if turn.edition.state == "published":
        raise of_edition.not_open_yet(terms)
    if turn.edition.state == "cancelled":
        raise of_edition.is_cancelled(terms)
    if turn.edition.state == "closed":
        raise of_edition.is_closed(terms)
    if not command.two_year_commitment:
        raise of_edition.commitment_missing(terms)
    if "motivation" in terms.asks and not command.motivation:
        raise of_edition.motivation_missing(terms)


def _requester(turn: Turn, command: RequestEnrolment) -> tuple[Turn, UUID | None]:
    """Who filled in the form for the participant, if somebody else did."""
    if command.requester is None or command.requester.email == command.participant.email:
        return turn, None
    turn, person = introductions.person(turn, command.requester, "requester")
    return turn, person.person_id


def _placed(turn: Turn, enrolment: Enrolment) -> Decision[Edition]:
    if enrolment.status == "requested":
        return turn.put(enrolment, Requested).answered(of_enrolment.requested(enrolment))
    if turn.edition.free_seats and not turn.edition.waiting:
        turn = seated(turn, enrolment)
        return turn.answered(of_enrolment.accepted(turn.enrolment(enrolment.enrolment_id)))
    turn = turn.put(enrolment, Waitlisted)
    position, is_full = turn.edition.positions[enrolment.enrolment_id], turn.edition.free_seats == 0
    return turn.answered(of_enrolment.waitlisted(enrolment, position, is_full=is_full))
