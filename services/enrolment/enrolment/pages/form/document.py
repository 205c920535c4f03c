"""From what was typed to the command's document. What is left blank is left out of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from enrolment.domain.parties import organisation_id
from enrolment.pages.form import fields
from enrolment.pages.form.amounts import cents_of, percent_of
from enrolment.pages.form.sheet import Sheet, Values

_SEPARATORS: Final = re.compile(r"[\s.\-]+")
_OIN_DIGITS: Final = 20


def document(sheet: Sheet, values: Values) -> dict[str, Any]:
    """The command, as far as it was filled in."""
    found: dict[str, Any] = {
        "edition_id": sheet.terms.edition_id,
        "participant": _person(sheet, values, "participant"),
        "library": library_in(values),
        **payers_in(sheet, values),
        "two_year_commitment": bool(values.get("two_year_commitment")),
    }
    if not is_own(values):
        found["requester"] = _person(sheet, values, "requester")
    if sheet.motivation and (motivation := values.get("motivation", "").strip()):
        found["motivation"] = lines_of(motivation)
    return found


def library_in(values: Values) -> dict[str, Any]:
    """The library, as far as it was filled in."""
    return {**_organisation(values, "library"), **_part(values, "library", "poi", "province", "holiday_region")}


def payers_in(sheet: Sheet, values: Values) -> dict[str, Any]:
    """Who pays, as far as it was filled in: who pays the rest, and who pays along."""
    payer = _invoice(sheet, values, "payer")
    if pays_other(values):
        payer["organisation"] = _organisation(values, "payer.organisation")
    return {"payer": payer, "further_payers": [_further(sheet, values, place) for place in places(sheet)]}


def is_own(values: Values) -> bool:
    """Whether the participant fills it in."""
    return values.get("for_whom") != fields.SOMEONE


def pays_other(values: Values) -> bool:
    """Whether another organisation than the library is the payer."""
    return values.get("payer.kind") == fields.OTHER


def places(sheet: Sheet) -> Sequence[str]:
    """Where the fields of each further payer are."""
    return [f"further_payers.{index}" for index in range(sheet.further)]


def number_of(values: Values, place: str) -> str:
    """The legal number of an organisation. Spaces, dots and dashes in it do not count."""
    return _SEPARATORS.sub("", values.get(f"{place}.number", ""))


def identity_in(values: Values, place: str) -> str | None:
    """The identity that the command makes of the number of an organisation, if there is a number."""
    legal = _legal(number_of(values, place))
    return organisation_id(legal.get("kvk"), legal.get("oin")) if legal else None


def in_euros(values: Values, place: str) -> bool:
    """Whether a further payer pays an amount, and not a percentage."""
    return values.get(f"{place}.share.kind") == fields.EUROS


def share_of(values: Values, place: str) -> dict[str, int]:
    """What a further payer pays, as the command says it; nothing when that cannot be read or is nothing."""
    text = values.get(f"{place}.share.value", "")
    if in_euros(values, place):
        return {"amount_cents": cents} if (cents := cents_of(text)) else {}
    return {"percent": percent} if (percent := percent_of(text)) else {}


def lines_of(text: str) -> str:
    """A text as it was typed. Browsers send two characters for the end of a line; it counts as one."""
    return text.replace("\r\n", "\n")


def _part(values: Values, place: str, *names: str) -> dict[str, Any]:
    found = {name: values.get(f"{place}.{name}", "") for name in names}
    return {name: value for name, value in found.items() if value.strip()}


def _language(sheet: Sheet) -> dict[str, Any]:
    return {"language": sheet.one_language} if sheet.one_language else {}


def _person(sheet: Sheet, values: Values, place: str) -> dict[str, Any]:
    return {**_part(values, place, "name", "email", "language"), **_language(sheet)}


def _invoice(sheet: Sheet, values: Values, place: str) -> dict[str, Any]:
    return {**_part(values, place, "contact_name", "contact_email", "language", "reference"), **_language(sheet)}


def _further(sheet: Sheet, values: Values, place: str) -> dict[str, Any]:
    paying = {"organisation": _organisation(values, f"{place}.organisation"), "share": share_of(values, place)}
    return {**_invoice(sheet, values, place), **paying}


def _organisation(values: Values, place: str) -> dict[str, Any]:
    legal = _legal(number_of(values, place))
    return {**_part(values, place, "legal_name", "street", "postcode", "city"), **legal}


def _legal(number: str) -> dict[str, str]:
    """A number as KVK or OIN, by its length."""
    return {"oin" if len(number) == _OIN_DIGITS else "kvk": number} if number else {}
