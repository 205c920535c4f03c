"""Goals, dietary and access needs as they are typed: on the form and on the personal page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import TypeAdapter, ValidationError

from enrolment.commands.fields import Paragraph
from enrolment.needs import KINDS, SPECIAL, Kind
from enrolment.pages.form.document import lines_of
from enrolment.pages.form.fields import CONSENT
from enrolment.pages.form.sheet import Values
from enrolment.pages.mistakes import Mistake, mistakes_of

_PARAGRAPH: Final[TypeAdapter[str]] = TypeAdapter(Paragraph)


def needs_in(values: Values) -> tuple[Mapping[Kind, str], tuple[Mistake, ...]]:
    """What was typed of each kind, and what is wrong with it. What is left blank is not there."""
    found: dict[Kind, str] = {}
    wrong: list[Mistake] = []
    for kind in KINDS:
        text = lines_of(values.get(f"needs.{kind}", "").strip())
        if not text:
            continue
        try:
            found[kind] = _PARAGRAPH.validate_python(text)
        except ValidationError as error:
            wrong += (Mistake(f"needs.{kind}", one.reason, one.most) for one in mistakes_of(error))
    typed = any(values.get(f"needs.{kind}", "").strip() for kind in SPECIAL)
    if typed and not values.get(CONSENT.name):
        wrong.append(Mistake(CONSENT.name, "empty"))
    return found, tuple(wrong)
