"""The form on which participants correct what is known of themselves (AVG article 16)."""

from __future__ import annotations

from typing import Final

from enrolment.commands import CorrectEnrolment
from enrolment.domain.parties import Person
from enrolment.pages.form.fields import Field
from enrolment.pages.form.sheet import Values
from enrolment.pages.own_form import OwnForm, Shown, about, part_of
from enrolment.pages.reading import OwnEnrolment
from enrolment.pages.visit import Visit

_REASON: Final = "Gewijzigd op de persoonlijke pagina."
"""An organiser reads it in the history."""


def details_of(person: Person) -> Values:
    """What is known of a participant, as the fields hold it."""
    return {
        "participant.name": person.name,
        "participant.email": person.email,
        "participant.language": person.language,
    }


def _made(own: OwnEnrolment, values: Values) -> CorrectEnrolment:
    participant = part_of(values, "participant")
    return CorrectEnrolment.model_validate({**about(own), "participant": participant, "reason": _REASON})


async def _shown(_visit: Visit, own: OwnEnrolment) -> Shown:
    """What was corrected meanwhile is shown first, and not undone by a page that lay open."""
    return Shown(stake=own.person.revision)


FORM: Final = OwnForm(
    "details",
    (
        Field("participant.name", said="details.name", autocomplete="name"),
        Field("participant.email", "email", said="details.email", autocomplete="email"),
        Field("participant.language", "radio", choices=("nl", "en")),
    ),
    may=lambda _, own: own.is_participant,
    begin=lambda own: details_of(own.person),
    made=_made,
    shown=_shown,
    ends_link=lambda own, values: values["participant.email"].strip().casefold() != own.person.email.casefold(),
)
