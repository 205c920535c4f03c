"""The form: its fields in the order of the page, what a browser sent of them, and the command they make.

What belongs here when its contract is there: more payers with shares, goals, dietary and access needs, and who fills
the form in for somebody else. Until then the page asks for none of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from pydantic import ValidationError

from enrolment.commands import RequestEnrolment
from enrolment.pages.mistakes import Mistake, mistakes_of

Kind: TypeAlias = Literal["text", "email", "number", "postcode", "radio", "select", "check"]
Values: TypeAlias = Mapping[str, str]
OTHER: Final = "other"
PROVINCES: Final = (
    *("Drenthe", "Flevoland", "Fryslân", "Gelderland", "Groningen", "Limburg"),
    *("Noord-Brabant", "Noord-Holland", "Overijssel", "Utrecht", "Zeeland", "Zuid-Holland"),
)
_LANGUAGES: Final = ("nl", "en")
_SEPARATORS: Final = re.compile(r"[\s.\-]+")
_OIN_DIGITS: Final = 20


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form, named by its place in the command. ``width`` is a class of the style sheet."""

    name: str
    kind: Kind = "text"
    required: bool = True
    autocomplete: str = ""
    choices: tuple[str, ...] = ()
    named: bool = True
    """Whether the catalogue has a word for each choice; else a choice is its own word."""
    width: str = "wide"


def _organisation(place: str, section: str) -> tuple[Field, ...]:
    return (
        Field(f"{place}.legal_name", autocomplete=f"{section} organization"),
        Field(f"{place}.number", "number", width="medium"),
        Field(f"{place}.street", autocomplete=f"{section} address-line1"),
        Field(f"{place}.postcode", "postcode", autocomplete=f"{section} postal-code", width="short"),
        Field(f"{place}.city", autocomplete=f"{section} address-level2", width="medium"),
    )


PARTICIPANT: Final = (
    Field("participant.name", autocomplete="section-participant name"),
    Field("participant.email", "email", autocomplete="section-participant email"),
    Field("participant.language", "radio", choices=_LANGUAGES),
)
LIBRARY: Final = (
    *_organisation("library", "section-library"),
    Field("library.province", "select", False, choices=PROVINCES, named=False, width="medium"),
    Field("library.poi", required=False, width="medium"),
    Field("library.holiday_region", "select", False, choices=("north", "middle", "south"), width="medium"),
)
PAYER_KIND: Final = Field("payer.kind", "radio", choices=("library", OTHER))
OTHER_PAYER: Final = _organisation("payer.organisation", "section-payer billing")
INVOICE: Final = (
    Field("payer.contact_name", autocomplete="section-invoice name"),
    Field("payer.contact_email", "email", autocomplete="section-invoice email"),
    Field("payer.language", "radio", choices=_LANGUAGES),
    Field("payer.reference", required=False, width="medium"),
)
COMMITMENT: Final = Field("two_year_commitment", "check")
FIELDS: Final = (*PARTICIPANT, *LIBRARY, PAYER_KIND, *OTHER_PAYER, *INVOICE, COMMITMENT)
NAMES: Final = tuple(field.name for field in FIELDS)


def fresh(language: str) -> Values:
    """What an empty form begins with."""
    return {"participant.language": language, "payer.language": language, "payer.kind": "library"}


def taken(pairs: Iterable[tuple[str, str]]) -> Values:
    """What was sent of our fields; the first of each, and nothing else."""
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in NAMES:
            values.setdefault(name, value)
    return values


def command_of(edition_id: str, values: Values) -> RequestEnrolment | tuple[Mistake, ...]:
    """The command that this form asks for, or everything that keeps it from being one."""
    own = _left_out(values)
    try:
        command = RequestEnrolment.model_validate(_document(edition_id, values))
    except ValidationError as error:
        mistakes = _in_order((*own, *mistakes_of(error)))
        assert mistakes, "what is refused is no field of this form"
        return mistakes
    return _in_order(own) if own else command


def _in_order(mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """The first mistake of each field, in the order of the page."""
    first: dict[str, Mistake] = {}
    for mistake in mistakes:
        first.setdefault(mistake.field, mistake)
    return tuple(first[name] for name in NAMES if name in first)


def _left_out(values: Values) -> tuple[Mistake, ...]:
    """What the command's form alone does not say, or says only once all else is right."""
    required = {"library.number", "payer.kind", "two_year_commitment"}
    if _pays_other(values):
        required.add("payer.organisation.number")
    return tuple(Mistake(name, "empty") for name in required if not values.get(name, "").strip())


def _pays_other(values: Values) -> bool:
    return values.get("payer.kind") == OTHER


def _document(edition_id: str, values: Values) -> dict[str, Any]:
    payer = _part(values, "payer", "contact_name", "contact_email", "language", "reference")
    if _pays_other(values):
        payer["organisation"] = _organisation_of(values, "payer.organisation")
    return {
        "edition_id": edition_id,
        "participant": _part(values, "participant", "name", "email", "language"),
        "library": {**_organisation_of(values, "library"), **_part(values, "library", "poi", "province")}
        | _part(values, "library", "holiday_region"),
        "payer": payer,
        "two_year_commitment": bool(values.get("two_year_commitment")),
    }


def _part(values: Values, place: str, *names: str) -> dict[str, Any]:
    """What was filled in of these; what is left blank is left out."""
    found = {name: values.get(f"{place}.{name}", "") for name in names}
    return {name: value for name, value in found.items() if value.strip()}


def _organisation_of(values: Values, place: str) -> dict[str, Any]:
    """An organisation, its number as KVK or OIN by its length. Spaces, dots and dashes in it do not count."""
    number = _SEPARATORS.sub("", values.get(f"{place}.number", ""))
    legal = {"oin" if len(number) == _OIN_DIGITS else "kvk": number} if number else {}
    return {**_part(values, place, "legal_name", "street", "postcode", "city"), **legal}
