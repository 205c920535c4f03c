"""The form on which participants let a colleague take their place over."""

from __future__ import annotations

from typing import Final

from enrolment.commands import SubstituteParticipant
from enrolment.pages.form.fields import Field
from enrolment.pages.form.sheet import Values
from enrolment.pages.own_form import OwnForm, about, part_of
from enrolment.pages.reading import OwnEnrolment
from enrolment.pages.visit import Visit

_LIVE: Final = ("waiting", "offered", "accepted")


def _may(visit: Visit, own: OwnEnrolment) -> bool:
    now = visit.desk.clock.now()
    early = now < own.edition.terms.starts_at and not own.enrolment.is_overdue(now)
    return own.is_participant and own.enrolment.status in _LIVE and early


def _made(own: OwnEnrolment, values: Values) -> SubstituteParticipant:
    return SubstituteParticipant.model_validate({**about(own), "participant": part_of(values, "participant")})


FORM: Final = OwnForm(
    "substitute",
    (
        Field("participant.name", said="substitute.name"),
        Field("participant.email", "email", said="substitute.email"),
        Field("participant.language", "radio", choices=("nl", "en")),
    ),
    may=_may,
    begin=lambda own: {"participant.language": own.person.language},
    made=_made,
)
