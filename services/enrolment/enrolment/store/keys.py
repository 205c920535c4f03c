"""What a command needs of its edition, as keys; and what the keys of a batch come to.

A key is the edition, then a word, then what the word asks for:

    (edition,)                                              nothing but the edition itself
    (edition, "enrolment", enrolment id)                    one enrolment
    (edition, "substitute", enrolment id, e-mail)           one enrolment with its rank, and a person with theirs
    (edition, "request", e-mail, e-mail, organisation...)   the participant with a live enrolment, the payer's contact,
                                                            the library and perhaps another payer
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from enrolment.commands.editions import EditionCommand
from enrolment.commands.enrolments import EnrolmentCommand, RequestEnrolment, SubstituteParticipant
from spn.messaging.policies import Key


def the_edition(command: EditionCommand) -> list[Key]:
    """The edition alone."""
    return [(command.edition_id,)]


def the_enrolment(command: EnrolmentCommand) -> list[Key]:
    """The enrolment that is named."""
    return [(command.edition_id, "enrolment", str(command.enrolment_id))]


def the_enrolment_and_substitute(command: SubstituteParticipant) -> list[Key]:
    """The enrolment that is named, and who takes it over."""
    return [(command.edition_id, "substitute", str(command.enrolment_id), command.participant.email)]


def the_people_and_organisations(command: RequestEnrolment) -> list[Key]:
    """Everybody a request names."""
    payer = command.payer
    organisations = [command.library.organisation_id]
    if payer.organisation:
        organisations.append(payer.organisation.organisation_id)
    return [(command.edition_id, "request", command.participant.email, payer.contact_email, *organisations)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the keys of a batch ask for, each thing once and sorted. Pairs start with the edition."""

    editions: list[str]
    enrolments: list[tuple[str, UUID]]
    ranks: list[UUID]
    participants: list[tuple[str, str]]
    people: list[tuple[str, str]]
    organisations: list[tuple[str, str]]


def asked_for(keys: Sequence[Key]) -> Asked:
    """Gather the keys of a batch.

    :raises ValueError: a key is none of those above.
    """
    enrolments: set[tuple[str, UUID]] = set()
    ranks: set[UUID] = set()
    participants: set[tuple[str, str]] = set()
    people: set[tuple[str, str]] = set()
    organisations: set[tuple[str, str]] = set()
    for key in keys:
        match key:
            case (_,):
                pass
            case (edition, "enrolment", enrolment):
                enrolments.add((edition, UUID(enrolment)))
            case (edition, "substitute", enrolment, email):
                enrolments.add((edition, UUID(enrolment)))
                ranks.add(UUID(enrolment))
                participants.add((edition, email))
            case (edition, "request", participant, contact, *some):
                participants.add((edition, participant))
                people.add((edition, contact))
                organisations.update((edition, one) for one in some)
            case _:
                raise ValueError(f"no key of an edition: {key[1:2]}")
    people |= participants
    return Asked(
        editions=sorted({key[0] for key in keys}),
        enrolments=sorted(enrolments),
        ranks=sorted(ranks),
        participants=sorted(participants),
        people=sorted(people),
        organisations=sorted(organisations),
    )
