"""Asking for a seat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enrolment.domain import introductions
from enrolment.domain.answers import of_edition, of_enrolment
from enrolment.domain.enrolment import Enrolment, Payer, agreed
from enrolment.domain.facts import Accepted, Waitlisted
from enrolment.domain.punctuality import punctual
from enrolment.domain.turn import Turn
from spn.decision import Decision

if TYPE_CHECKING:
    from enrolment.commands import RequestEnrolment
    from enrolment.domain.edition import Edition
    from enrolment.domain.parties import Organisation, Person


def _asked_before(edition: Edition, command: RequestEnrolment) -> list[Enrolment | None]:
    return [edition.live_enrolment_of(command.participant.email)]


@punctual(about=_asked_before)
def request_enrolment(turn: Turn, command: RequestEnrolment) -> Decision[Edition]:
    """Give the participant a seat if one is free and nobody waits, else the last place in line.

    Someone who has a live enrolment has asked before: nothing changes, nor do the details of the people named.
    """
    live = turn.edition.live_enrolment_of(command.participant.email)
    if live:
        return turn.answered(of_enrolment.enrolled_already(live))
    _check_open(turn, command)
    turn, participant = introductions.person(turn, command.participant, "participant")
    turn, library = introductions.organisation(turn, command.library)
    turn, payer = _payer(turn, command, library)
    return _placed(turn, _requested(turn, participant, library, payer))


def _check_open(turn: Turn, command: RequestEnrolment) -> None:
    terms = turn.edition.terms
    if turn.edition.state == "published":
        raise of_edition.not_open_yet(terms)
    if turn.edition.state == "closed":
        raise of_edition.is_closed(terms)
    if not command.two_year_commitment:
        raise of_edition.commitment_missing(terms)


def _payer(turn: Turn, command: RequestEnrolment, library: Organisation) -> tuple[Turn, Payer]:
    """Who pays: the organisation named, else the library. What is said of the library counts for itself as payer.

    A contact with the participant's address is the participant, under the name given there.
    """
    organisation = library
    named = command.payer.organisation
    if named and named.organisation_id != library.organisation_id:
        turn, organisation = introductions.organisation(turn, named)
    if command.payer.contact_email == command.participant.email:
        contact = turn.edition.people[command.participant.email]
    else:
        turn, contact = introductions.person(turn, command.payer.contact, "contact")
    lines = tuple(agreed(line) for line in turn.edition.terms.lines)
    return turn, Payer(organisation.organisation_id, contact.person_id, command.payer.reference, lines)


def _requested(turn: Turn, participant: Person, library: Organisation, payer: Payer) -> Enrolment:
    return Enrolment(
        enrolment_id=turn.at.new_id("enrolment"),
        edition_id=turn.edition.edition_id,
        number=turn.edition.last_number + 1,
        status="waiting",
        participant_id=participant.person_id,
        organisation_id=library.organisation_id,
        requested_at=turn.now,
        payers=(payer,),
    )


def _placed(turn: Turn, enrolment: Enrolment) -> Decision[Edition]:
    if turn.edition.free_seats and not turn.edition.waiting:
        accepted = enrolment.accepted()
        return turn.put(accepted, Accepted).answered(of_enrolment.accepted(accepted))
    turn = turn.put(enrolment, Waitlisted)
    return turn.answered(of_enrolment.waitlisted(enrolment, turn.edition.positions[enrolment.enrolment_id]))
