"""From what a command's form refuses to what the page says beside a field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

_REASONS: Final = {
    "missing": "empty",
    "string_too_long": "too_long",
    "literal_error": "choice",
}
_SAID: Final = (("must not be empty", "empty"), ("must not hold", "unfit"), ("a PO box", "po_box"))
"""How the kinds of fields in commands/fields.py begin or name what they refuse; a test holds them together."""
_ONE_FIELD: Final = (
    ("number", ("kvk", "oin"), ("library", "organisation")),
    ("value", ("percent", "amount_cents"), ("share",)),
)
"""A field of the page, the fields of the command that it stands for, and what lacks all of them."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A field and why it is refused: a reason that the catalogue has a sentence for. ``most``: how many characters."""

    field: str
    reason: str
    most: int = 0


def mistakes_of(error: ValidationError) -> Iterator[Mistake]:
    """Every mistake of a command's form, by the field of the page it belongs to."""
    for one in error.errors(include_url=False, include_input=False):
        context = one.get("ctx", {})
        yield Mistake(_field(one["loc"]), _reason(one["type"], one["msg"]), int(context.get("max_length", 0)))


def _field(place: Sequence[Any]) -> str:
    """The field of a place in the command. Both legal numbers are one field, and so is lacking them; shares as well.

    What is wrong with the command as a whole has no field.
    """
    names = [str(part) for part in place]
    for one, parts, wholes in _ONE_FIELD:
        if names and names[-1] in parts:
            names[-1] = one
        elif names and names[-1] in wholes:
            names.append(one)
    return ".".join(names)


def _reason(type_: str, message: str) -> str:
    said = next((reason for phrase, reason in _SAID if phrase in message), "wrong")
    return _REASONS.get(type_, said)
