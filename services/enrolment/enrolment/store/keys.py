"""What a command needs of its edition, as keys; and what the keys of a batch come to.

A key is the edition, then a word, then what the word asks for:

    (edition,)                                              nothing but the edition itself
    (edition, "whole")                                      everybody who has or awaits something, and all guests
    (edition, "enrolment", enrolment id)                    one enrolment
    (edition, "ranked", enrolment id)                       one enrolment with its rank
    (edition, "line", enrolment id)                         one enrolment, and the whole line
    (edition, "departure", enrolment id)                    one enrolment, and the guests that come by it
    (edition, "substitute", enrolment id, e-mail)           one enrolment with its rank, and a person with theirs
    (edition, "correct", enrolment id, e-mails, organisations)  one enrolment with its rank, participant and library,
                                                            those that are named now (lists joined by a line break)
    (edition, "invite", enrolment id, theme, e-mail)        one enrolment, its library's guests, and a person
    (edition, "guest", guest id)                            one guest
    (edition, "request", e-mail, e-mails, organisations)    the participant with a live enrolment, contacts and a
                                                            requester, the library and other payers
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from enrolment.commands.editions import EditionCommand
from enrolment.commands.enrolments import EnrolmentCommand, RequestEnrolment, SubstituteParticipant
from enrolment.commands.guests import GuestCommand, InviteGuest
from enrolment.commands.organisers import CorrectEnrolment
from enrolment.commands.parties import FurtherPayer, OrganisationDetails, PayerDetails
from spn.messaging.policies import Key


def the_edition(command: EditionCommand) -> list[Key]:
    """The edition alone."""
    return [(command.edition_id,)]


def the_whole_edition(command: EditionCommand) -> list[Key]:
    """The edition with everybody who has or awaits something."""
    return [(command.edition_id, "whole")]


def the_enrolment(command: EnrolmentCommand) -> list[Key]:
    """The enrolment that is named."""
    return [(command.edition_id, "enrolment", str(command.enrolment_id))]


def the_enrolment_and_its_rank(command: EnrolmentCommand) -> list[Key]:
    """The enrolment that is named; should it wait, it is told with its position."""
    return [(command.edition_id, "ranked", str(command.enrolment_id))]


def the_enrolment_and_its_guests(command: EnrolmentCommand) -> list[Key]:
    """The enrolment that is named, and who comes by it."""
    return [(command.edition_id, "departure", str(command.enrolment_id))]


def the_enrolment_and_the_line(command: EnrolmentCommand) -> list[Key]:
    """The enrolment that is named, and everybody who waits."""
    return [(command.edition_id, "line", str(command.enrolment_id))]


def the_enrolment_and_substitute(command: SubstituteParticipant) -> list[Key]:
    """The enrolment that is named, and who takes it over."""
    return [(command.edition_id, "substitute", str(command.enrolment_id), command.participant.email)]


def the_enrolment_and_all_named(command: CorrectEnrolment) -> list[Key]:
    """The enrolment that is named, and everybody a correction names."""
    people, organisations = _paying(command.library, command.payer, command.further_payers)
    if command.participant:
        people.append(command.participant.email)
    return [(command.edition_id, "correct", str(command.enrolment_id), _listed(people), _listed(organisations))]


def the_enrolment_and_guest(command: InviteGuest) -> list[Key]:
    """The enrolment that is named, the guests of its library, and who is invited."""
    return [(command.edition_id, "invite", str(command.enrolment_id), command.theme_id, command.guest.email)]


def the_guest(command: GuestCommand) -> list[Key]:
    """The guest that is named."""
    return [(command.edition_id, "guest", str(command.guest_id))]


def the_people_and_organisations(command: RequestEnrolment) -> list[Key]:
    """Everybody a request names."""
    people, organisations = _paying(command.library, command.payer, command.further_payers)
    if command.requester:
        people.append(command.requester.email)
    return [(command.edition_id, "request", command.participant.email, _listed(people), _listed(organisations))]


def _paying(
    library: OrganisationDetails | None, payer: PayerDetails | None, further: Iterable[FurtherPayer]
) -> tuple[list[str], list[str]]:
    """The addresses of contacts, and the organisations."""
    paying = [*([payer] if payer else []), *further]
    named = [library, *(p.organisation for p in paying)]
    return [p.contact_email for p in paying], [o.organisation_id for o in named if o]


def _listed(names: Sequence[str]) -> str:
    return "\n".join(names)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the keys of a batch ask for. Pairs and triples start with the edition."""

    editions: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    lines: set[str] = field(default_factory=set)
    enrolments: set[tuple[str, UUID]] = field(default_factory=set)
    ranks: set[UUID] = field(default_factory=set)
    corrected: set[tuple[str, UUID]] = field(default_factory=set)
    participants: set[tuple[str, str]] = field(default_factory=set)
    people: set[tuple[str, str]] = field(default_factory=set)
    organisations: set[tuple[str, str]] = field(default_factory=set)
    guests: set[UUID] = field(default_factory=set)
    guests_of: set[UUID] = field(default_factory=set)
    guests_to: set[tuple[UUID, str]] = field(default_factory=set)


def asked_for(keys: Sequence[Key]) -> Asked:
    """Gather the keys of a batch.

    :raises ValueError: a key is none of those above.
    """
    asked = Asked()
    for key in keys:
        asked.editions.add(key[0])
        if len(key) > 1:
            _ask(asked, key)
    asked.people.update(asked.participants)
    return asked


def _ask(asked: Asked, key: Key) -> None:
    edition, word, *more = key
    try:
        _WORDS[word](asked, edition, *more)
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"no key of an edition: {key[1:2]}") from None


def _whole(asked: Asked, edition: str) -> None:
    asked.whole.add(edition)


def _enrolment(asked: Asked, edition: str, enrolment: str) -> None:
    asked.enrolments.add((edition, UUID(enrolment)))


def _ranked(asked: Asked, edition: str, enrolment: str) -> None:
    asked.enrolments.add((edition, UUID(enrolment)))
    asked.ranks.add(UUID(enrolment))


def _line(asked: Asked, edition: str, enrolment: str) -> None:
    asked.enrolments.add((edition, UUID(enrolment)))
    asked.lines.add(edition)


def _departure(asked: Asked, edition: str, enrolment: str) -> None:
    asked.enrolments.add((edition, UUID(enrolment)))
    asked.guests_of.add(UUID(enrolment))


def _substitute(asked: Asked, edition: str, enrolment: str, email: str) -> None:
    asked.enrolments.add((edition, UUID(enrolment)))
    asked.ranks.add(UUID(enrolment))
    asked.participants.add((edition, email))


def _correct(asked: Asked, edition: str, enrolment: str, people: str, organisations: str) -> None:
    asked.enrolments.add((edition, UUID(enrolment)))
    asked.corrected.add((edition, UUID(enrolment)))
    asked.ranks.add(UUID(enrolment))
    _name(asked, edition, people, organisations)


def _invite(asked: Asked, edition: str, enrolment: str, theme: str, email: str) -> None:
    asked.enrolments.add((edition, UUID(enrolment)))
    asked.guests_to.add((UUID(enrolment), theme))
    asked.participants.add((edition, email))


def _guest(asked: Asked, _edition: str, guest: str) -> None:
    asked.guests.add(UUID(guest))


def _request(asked: Asked, edition: str, participant: str, people: str, organisations: str) -> None:
    asked.participants.add((edition, participant))
    _name(asked, edition, people, organisations)


def _name(asked: Asked, edition: str, people: str, organisations: str) -> None:
    asked.people.update((edition, one) for one in people.split("\n") if one)
    asked.organisations.update((edition, one) for one in organisations.split("\n") if one)


_WORDS: Mapping[str, Callable[..., None]] = {
    "whole": _whole,
    "enrolment": _enrolment,
    "ranked": _ranked,
    "line": _line,
    "departure": _departure,
    "substitute": _substitute,
    "correct": _correct,
    "invite": _invite,
    "guest": _guest,
    "request": _request,
}
