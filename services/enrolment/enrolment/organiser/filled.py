"""From the fields of an action to its command, or what is wrong with them in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias, TypeVar

from pydantic import ValidationError
from starlette.datastructures import FormData

from enrolment.organiser.visit import text_in
from enrolment.pages.form.fields import Field
from enrolment.pages.mistakes import Mistake, mistakes_of
from enrolment.pages.sentences import sentence
from enrolment.pages.words import Words
from spn.messaging.contract import Command

_POSITION: Final = re.compile(r"[1-9][0-9]{0,5}")
Values: TypeAlias = Mapping[str, str]
Errors: TypeAlias = Mapping[str, str]
C = TypeVar("C", bound=Command)


def taken(form: FormData, fields: Iterable[Field]) -> Values:
    """What was sent of these fields."""
    return {field.name: text_in(form, field.name) for field in fields}


def command_of(
    kind: type[C], fields: Iterable[Field], values: Values, given: Mapping[str, Any], words: Words
) -> C | Errors:
    """The command, or a sentence beside each field that keeps it from being one. What is left blank is left out."""
    fields = list(fields)
    try:
        return kind.model_validate({**_document(fields, values), **given})
    except ValidationError as error:
        known = {field.name: field for field in fields}
        errors: dict[str, str] = {}
        for mistake in mistakes_of(error):
            name = mistake.field
            if name not in known:  # nothing of a whole part was filled in
                name = next((one for one in known if one.startswith(f"{name}.")), fields[0].name)
            errors.setdefault(name, sentence(known[name], Mistake(name, mistake.reason, mistake.most), words))
        return errors


def _document(fields: Iterable[Field], values: Values) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for field in fields:
        text = values.get(field.name, "")
        part, _, name = field.name.rpartition(".")
        if text.strip():
            into = document.setdefault(part, {}) if part else document
            into[name] = int(text) if field.name == "position" and _POSITION.fullmatch(text.strip()) else text
    return document
