"""Whether a document is an edition: the form of the command itself decides, and every mistake has its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from enrolment.commands.editions import EditionTerms
from enrolment.document.mistakes import Mistake
from enrolment.document.reading import Document, Path, written

MISTAKES_MAX: Final = 50
NOT_WRITTEN: Final = ("by", "if_revision", "reason")
"""Fields of the command that are no part of an edition: whoever sends it gives them."""
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "missing": ("missing",),
    "unknown": ("extra_forbidden",),
    "text": ("string_type",),
    "empty": ("string_too_short",),
    "long": ("string_too_long",),
    "slug": ("string_pattern_mismatch",),
    "number": ("int_type", "int_from_float", "int_parsing"),
    "yes_no": ("bool_type", "bool_parsing"),
    "least": ("greater_than_equal",),
    "most": ("less_than_equal",),
    "few": ("too_short",),
    "many": ("too_long",),
    "choice": ("literal_error",),
    "zone": ("timezone_aware",),
    "instant": ("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "datetime_object_invalid"),
    "day": ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
    "list": ("tuple_type", "list_type"),
    "mapping": ("model_type", "model_attributes_type", "dict_type"),
}
_KEY_OF: Final = {kind: key for key, kinds in _KEYS.items() for kind in kinds}
_SAID: Final = (
    ("must not be empty", "empty"),
    ("must not hold", "unfit_sign"),
    ("must be text in the form of RFC 3339", "quoted"),
    ("opens_at must lie before closes_at", "opens_before_closes"),
    ("closes_at must not lie after the start", "closes_before_start"),
    ("starts_on must not lie after ends_on", "starts_before_ends"),
    ("ends_on must not lie after", "too_far"),
    ("minimum must not be more than seats", "minimum"),
    ("must not name the same thing twice", "same_twice"),
    ("withdrawal must not cost more", "dearer"),
)
"""What the command's own rules say, and the sentence for it; a test holds them together."""

C = TypeVar("C", bound=EditionTerms)


def checked(document: Document, kind: type[C], **given: Any) -> C | tuple[Mistake, ...]:
    """The command that the document makes, with what its sender gives besides; or all that is wrong, by line."""
    own = tuple(_own(document, given))
    try:
        command = kind.model_validate({**document.data, **given})
    except ValidationError as error:
        found = (*own, *_mistakes(error, document, frozenset(given)))
        return tuple(sorted(found, key=lambda m: (m.line or 0, m.place)))[:MISTAKES_MAX]
    return own or command


def _own(document: Document, given: Mapping[str, Any]) -> Iterator[Mistake]:
    """What is wrong with it though the command's form would take it."""
    for name in NOT_WRITTEN:
        if name in document.data:
            yield Mistake(document.lines.get((name,)), "not_written", name)
    name = "edition_id"
    if name in given and document.data.get(name, given[name]) != given[name]:
        yield Mistake(document.lines.get((name,)), "other_edition", name)


def _mistakes(error: ValidationError, document: Document, given: frozenset[str]) -> Iterator[Mistake]:
    for one in error.errors(include_url=False, include_input=False):
        place: Path = one["loc"]
        if place and place[0] in given:
            continue  # not of the document: whoever gave it looks at it
        if not place and (named := _field_named(one["msg"])) in document.lines:
            place = named
        key, fields = _said(one)
        yield Mistake(_line(document.lines, place), key, written(place), fields)


def _field_named(message: str) -> Path:
    """The field that a rule over several begins with."""
    return (message.removeprefix("Value error, ").partition(" ")[0],)


def _line(lines: Mapping[Path, int], place: Path) -> int | None:
    """The line of a place, or of the nearest that is there around it."""
    while place not in lines and place:
        place = place[:-1]
    return lines.get(place)


def _said(one: ErrorDetails) -> tuple[str, dict[str, Any]]:
    """The key of a sentence and what fills it in."""
    context = {name: value for name, value in one.get("ctx", {}).items() if isinstance(value, str | int)}
    if one["type"] == "value_error":
        message = one["msg"].removeprefix("Value error, ")
        key = next((key for phrase, key in _SAID if phrase in message), "other")
        return key, {"message": message}
    if isinstance(expected := context.get("expected"), str):
        context["expected"] = expected.replace("'", "").replace(" or ", ", ")
    key = _KEY_OF.get(one["type"], "other")
    return key, {"message": one["msg"], **context}
