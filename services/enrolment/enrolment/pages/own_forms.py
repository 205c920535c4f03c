"""The forms of the personal page, in its order."""

from __future__ import annotations

from typing import Final

from enrolment.pages import details, erasing, guests, substitute
from enrolment.pages.own_form import OwnForm

FORMS: Final[tuple[OwnForm, ...]] = (guests.FORM, substitute.FORM, details.FORM, erasing.FORM)
