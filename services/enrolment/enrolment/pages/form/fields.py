"""The fields of the form, each named by its place in the command; needs and the buttons' own are in no command."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["text", "email", "number", "postcode", "share", "paragraph", "radio", "select", "check"]
OTHER: Final = "other"
SOMEONE: Final = "someone"
EUROS: Final = "euros"
PROVINCES: Final = (
    *("Drenthe", "Flevoland", "Fryslân", "Gelderland", "Groningen", "Limburg"),
    *("Noord-Brabant", "Noord-Holland", "Overijssel", "Utrecht", "Zeeland", "Zuid-Holland"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form. ``width`` is a class of the style sheet, ``nth`` counts payers from 2."""

    name: str
    kind: Kind = "text"
    required: bool = True
    autocomplete: str = ""
    choices: tuple[str, ...] = ()
    named: bool = True
    """Whether the catalogue has a word for each choice; else a choice is its own word."""
    width: str = "wide"
    said: str = ""
    """What the catalogue calls it, where that is not its name."""
    nth: int = 0
    rows: int = 3
    """How high a paragraph is."""

    @property
    def word(self) -> str:
        """What the catalogue calls it."""
        return self.said or self.name


def _organisation(place: str, section: str) -> tuple[Field, ...]:
    return (
        Field(f"{place}.legal_name", autocomplete=f"{section} organization"),
        Field(f"{place}.number", "number", width="medium"),
        Field(f"{place}.street", autocomplete=f"{section} address-line1"),
        Field(f"{place}.postcode", "postcode", autocomplete=f"{section} postal-code", width="short"),
        Field(f"{place}.city", autocomplete=f"{section} address-level2", width="medium"),
    )


def _invoice(place: str, section: str) -> tuple[Field, ...]:
    return (
        Field(f"{place}.contact_name", autocomplete=f"{section} name"),
        Field(f"{place}.contact_email", "email", autocomplete=f"{section} email"),
        _language(f"{place}.language"),
        Field(f"{place}.reference", required=False, width="medium"),
    )


def _language(name: str) -> Field:
    return Field(name, "radio", choices=("nl", "en"))


def _person(place: str, section: str) -> tuple[Field, ...]:
    return (
        Field(f"{place}.name", autocomplete=f"{section}name"),
        Field(f"{place}.email", "email", autocomplete=f"{section}email"),
        _language(f"{place}.language"),
    )


FOR_WHOM: Final = Field("for_whom", "radio", choices=("myself", SOMEONE))
REQUESTER: Final = _person("requester", "")
"""Whoever fills in the form: a browser may put in what it knows of its own user."""
PARTICIPANT: Final = _person("participant", "section-participant ")
LIBRARY: Final = (
    *_organisation("library", "section-library"),
    Field("library.province", "select", False, choices=PROVINCES, named=False, width="medium"),
    Field("library.poi", required=False, width="medium"),
    Field("library.holiday_region", "select", False, choices=("north", "middle", "south"), width="medium"),
)
MOTIVATION: Final = Field("motivation", "paragraph", rows=6)
GOALS: Final = Field("needs.goals", "paragraph", False)
DIET: Final = Field("needs.diet", "paragraph", False)
ACCESS: Final = Field("needs.access", "paragraph", False)
CONSENT: Final = Field("needs.consent", "check", False)
PAYER_KIND: Final = Field("payer.kind", "radio", choices=("library", OTHER))
OTHER_PAYER: Final = _organisation("payer.organisation", "section-payer billing")
INVOICE: Final = _invoice("payer", "section-invoice")
COMMITMENT: Final = Field("two_year_commitment", "check")


def further_payer(index: int) -> tuple[Field, ...]:
    """The fields of somebody who pays along: of the first one, payer 2, the index is 0."""
    place, section = f"further_payers.{index}", f"section-payer{index + 2}"
    fields = (
        *_organisation(f"{place}.organisation", f"{section} billing"),
        *_invoice(place, section),
        Field(f"{place}.share.kind", "radio", choices=("percent", EUROS)),
        Field(f"{place}.share.value", "share", width="short"),
    )
    return tuple(replace(f, said=f.name.replace(place, "further"), nth=index + 2) for f in fields)
