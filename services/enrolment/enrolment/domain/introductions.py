"""Getting to know people and organisations: registered when new, corrected when somebody says so who may.

The public form and the pages behind a link register whom we do not know, and leave whom we know as they are: anybody
can name anybody there (docs/adr/0015-who-corrects-whom.md).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from enrolment.domain.answers import of_enrolment
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.facts import OrganisationChanged, OrganisationRegistered, PersonCorrected, PersonRegistered
from enrolment.domain.parties import Organisation, Person
from enrolment.domain.turn import Turn

if TYPE_CHECKING:
    from enrolment.commands import OrganisationDetails, PersonDetails


SELF_SERVICE = frozenset({"form", "participant", "guest"})
"""Who sends what comes from our own pages: nobody has shown who they are."""


def person(turn: Turn, details: PersonDetails, role: str) -> tuple[Turn, Person]:
    """The person of this e-mail address, with the name and language given, as far as the sender may correct them.

    A new one gets an id that is made from the command and ``role``, never from the address: who is erased and comes
    back is somebody else.
    """
    known = turn.edition.people.get(details.email)
    if known is None:
        new = Person(turn.at.new_id(role), details.name, details.email, details.language)
        return _with_person(turn, new).tell(PersonRegistered(new)), new
    given = replace(known, name=details.name, language=details.language)
    if given == known or turn.who in SELF_SERVICE:
        return turn, known
    corrected = replace(given, revision=known.revision + 1)
    return _with_person(turn, corrected).tell(PersonCorrected(corrected)), corrected


def corrected(turn: Turn, enrolment: Enrolment, details: PersonDetails) -> Turn:
    """The participant of this enrolment with other details, another address among them.

    :raises Refused: somebody else is known by that address, or the participant was erased and stays so.
    """
    known = turn.edition.person_of(enrolment.participant_id)
    if known.is_erased:
        raise of_enrolment.participant_erased(enrolment)
    given = replace(known, name=details.name, language=details.language, email=details.email)
    if given == known:
        return turn
    if given.email != known.email and given.email in turn.edition.people:
        raise of_enrolment.address_in_use(enrolment)
    new = replace(given, revision=known.revision + 1)
    others = {email: one for email, one in turn.edition.people.items() if email != known.email}
    return turn.of(replace(turn.edition, people={**others, new.email: new})).tell(PersonCorrected(new))


def organisation(turn: Turn, details: OrganisationDetails) -> tuple[Turn, Organisation]:
    """The organisation of this legal number, as given where the sender may correct it.

    What is not given stays as it was known.
    """
    known = turn.edition.organisations.get(details.organisation_id)
    given = _as_given(details, known)
    if known is None:
        return _with_organisation(turn, given).tell(OrganisationRegistered(given)), given
    if given == known or turn.who in SELF_SERVICE:
        return turn, known
    changed = replace(given, revision=known.revision + 1)
    return _with_organisation(turn, changed).tell(OrganisationChanged(changed)), changed


def _as_given(details: OrganisationDetails, known: Organisation | None) -> Organisation:
    return Organisation(
        organisation_id=details.organisation_id,
        legal_name=details.legal_name,
        kvk=details.kvk or (known.kvk if known else None),
        oin=details.oin or (known.oin if known else None),
        street=details.street,
        postcode=details.postcode,
        city=details.city,
        country=details.country,
        poi=details.poi or (known.poi if known else None),
        province=details.province or (known.province if known else None),
        holiday_region=details.holiday_region or (known.holiday_region if known else None),
        revision=known.revision if known else 0,
    )


def _with_person(turn: Turn, one: Person) -> Turn:
    return turn.of(replace(turn.edition, people={**turn.edition.people, one.email: one}))


def _with_organisation(turn: Turn, one: Organisation) -> Turn:
    return turn.of(replace(turn.edition, organisations={**turn.edition.organisations, one.organisation_id: one}))
