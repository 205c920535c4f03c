"""The form on which participants invite guests to a theme."""

from __future__ import annotations

from typing import Final

from enrolment.commands import InviteGuest
from enrolment.domain.terms import Theme
from enrolment.pages.form.fields import Field
from enrolment.pages.form.sheet import Values
from enrolment.pages.own_form import OwnForm, Shown, about, part_of
from enrolment.pages.reading import OwnEnrolment
from enrolment.pages.visit import Visit

_GUEST: Final = (
    Field("guest.name"),
    Field("guest.email", "email"),
    Field("guest.language", "radio", choices=("nl", "en")),
)


def _themes(visit: Visit, own: OwnEnrolment) -> tuple[Theme, ...]:
    """The themes that this person may invite to now. Whether the quota has room is decided in the log."""
    terms = own.edition.terms
    if not own.is_participant or own.enrolment.status != "accepted" or visit.desk.clock.now() >= terms.ends_at:
        return ()
    return tuple(theme for theme in terms.themes if theme.guests_per_library)


def _made(own: OwnEnrolment, values: Values) -> InviteGuest:
    theme = {name: text for name, text in values.items() if name == "theme_id"}
    return InviteGuest.model_validate({**about(own), **theme, "guest": part_of(values, "guest")})


async def _shown(visit: Visit, own: OwnEnrolment) -> Shown:
    return Shown({"themes": _themes(visit, own)})


FORM: Final = OwnForm(
    "guests",
    (Field("theme_id", "select"), *_GUEST),
    may=lambda visit, own: bool(_themes(visit, own)),
    begin=lambda own: {"guest.language": own.person.language},
    made=_made,
    shown=_shown,
)
