"""Correcting what is known of an enrolment: its participant's details, its library, its payers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from enrolment.domain import introductions
from enrolment.domain.answers import of_enrolment
from enrolment.domain.enrolment import AgreedLine, Enrolment
from enrolment.domain.facts import Corrected
from enrolment.domain.parties import Organisation
from enrolment.domain.paying import payers
from enrolment.domain.punctuality import punctual
from enrolment.domain.terms import ALL_PERCENT
from enrolment.domain.turn import Turn
from spn.decision import Decision

if TYPE_CHECKING:
    from enrolment.commands import CorrectEnrolment
    from enrolment.domain.edition import Edition


@punctual()
def correct_enrolment(turn: Turn, command: CorrectEnrolment) -> Decision[Edition]:
    """Take over what is said now. The price as agreed stays; among other payers it is split anew.

    The details of people and organisations can be corrected as long as they are known, the library and the payers only
    while the enrolment lives. Whoever moves to another address must not be known by it already; links that were sent to
    the address of before open nothing any more, and a fresh one is sent when it is asked for.
    """
    before, enrolment = turn, turn.enrolment(command.enrolment_id)
    corrected = enrolment
    moved = False
    if command.participant:
        moved = command.participant.email != turn.edition.person_of(enrolment.participant_id).email
        turn = introductions.corrected(turn, enrolment, command.participant)
    if command.library or command.payer:
        if not enrolment.is_live:
            raise of_enrolment.has_ended(enrolment)
        turn, corrected = _agreement(turn, command, enrolment)
    if turn.edition is before.edition and corrected == enrolment:
        return turn.answered(of_enrolment.corrected_before(enrolment))
    if moved:
        corrected = replace(corrected, link_version=corrected.link_version + 1, link_sent_at=None)
    # Also of details alone: what a person changed by hand, and why, is in the journal.
    return turn.put(corrected, Corrected, command.reason).answered(of_enrolment.corrected(enrolment, moved=moved))


def _agreement(turn: Turn, command: CorrectEnrolment, enrolment: Enrolment) -> tuple[Turn, Enrolment]:
    library = _known(turn, enrolment.organisation_id)
    paying = enrolment.payers
    if command.library:
        turn, library = introductions.organisation(turn, command.library)
    if command.payer:
        participant = turn.edition.person_of(enrolment.participant_id)
        turn, paying = payers(
            turn, price_of(enrolment), library, command.payer, command.further_payers, participant=participant
        )
    elif library.organisation_id != enrolment.organisation_id:
        # The library pays for its own people: where another library is meant, that one pays.
        paying = tuple(
            replace(p, organisation_id=library.organisation_id) if p.organisation_id == enrolment.organisation_id else p
            for p in paying
        )
    if len({payer.organisation_id for payer in paying}) < len(paying):
        raise of_enrolment.payer_twice(enrolment)
    corrected = replace(enrolment, organisation_id=library.organisation_id, payers=paying)
    if enrolment.status == "accepted":
        corrected = replace(corrected, payers=corrected.owing(ALL_PERCENT))
    return turn, corrected


def price_of(enrolment: Enrolment) -> tuple[AgreedLine, ...]:
    """The lines as agreed, whoever pays them; nothing is owed of them by itself."""
    whole: dict[str, AgreedLine] = {}
    for payer in enrolment.payers:
        for line in payer.lines:
            sum_ = whole[line.line_id].unit_price_cents if line.line_id in whole else 0
            whole[line.line_id] = replace(line, unit_price_cents=sum_ + line.unit_price_cents, owed_cents=0)
    return tuple(whole.values())


def _known(turn: Turn, organisation_id: str) -> Organisation:
    return turn.edition.organisations[organisation_id]
