"""Several payers: one block more or less, and how the price is split among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from enrolment.domain.enrolment import agreed
from enrolment.domain.shares import Share, SharesExceedPriceError, split
from enrolment.domain.terms import Terms
from enrolment.pages.form.document import pays_other, places, share_of
from enrolment.pages.form.sheet import Sheet, Values

ADD: Final = "add-payer"
SHOW: Final = "show-split"
_REMOVE: Final = re.compile(r"remove-payer-([0-3])")
_PLACE: Final = re.compile(r"further_payers\.([0-3])\.(.+)")


@dataclass(frozen=True, slots=True)
class Part:
    """What one payer pays, VAT excluded. Without a name the catalogue has a word for it."""

    name: str
    cents: int


def unfolded(sheet: Sheet, values: Values, button: str) -> tuple[Sheet, Values] | None:
    """The form with a payer more or less, and all that was typed; None when no such button was pressed."""
    if button == SHOW:
        return sheet, values
    if button == ADD:
        more = replace(sheet, further=sheet.further + sheet.room)
        return more, {**more.fresh(sheet.terms.languages[0]), **_languages(values, more), **values}
    if (found := _REMOVE.fullmatch(button)) and int(found[1]) < sheet.further:
        return replace(sheet, further=sheet.further - 1), _without(values, int(found[1]))
    return None


def _languages(values: Values, sheet: Sheet) -> Values:
    """Who is added is written to in the language of the payer, until somebody says otherwise."""
    language = values.get("payer.language")
    asked = [field.name for payer in sheet.payers for field in payer if field.name.endswith(".language")]
    return dict.fromkeys(asked, language) if language else {}


def _without(values: Values, index: int) -> Values:
    """Without the payer of this index; those behind it move up."""
    kept: dict[str, str] = {}
    for name, value in values.items():
        found = _PLACE.fullmatch(name)
        at = int(found[1]) if found else -1
        if found and at == index:
            continue
        kept[f"further_payers.{at - 1}.{found[2]}" if found and at > index else name] = value
    return kept


def is_shared_out(terms: Terms, shares: Sequence[dict[str, int]]) -> bool:
    """Whether these can be taken of the price, and something of it is left."""
    return not shares or _split(terms, shares) is not None


def split_of(sheet: Sheet, values: Values) -> Sequence[Part]:
    """What each pays, first who pays the rest; nothing as long as that cannot be said."""
    shares = [share_of(values, place) for place in places(sheet)]
    cents = _split(sheet.terms, shares) if shares and all(shares) else None
    if cents is None:
        return ()
    first = "payer.organisation" if pays_other(values) else "library"
    names = [values.get(f"{place}.legal_name", "").strip() for place in (first, *_organisations(sheet))]
    return [Part(name, part) for name, part in zip(names, cents, strict=True)]


def _organisations(sheet: Sheet) -> Sequence[str]:
    return [f"{place}.organisation" for place in places(sheet)]


def _split(terms: Terms, shares: Sequence[dict[str, Any]]) -> Sequence[int] | None:
    lines = [agreed(line) for line in terms.lines]
    try:
        parts = split(lines, [Share(one.get("percent"), one.get("amount_cents")) for one in shares])
    except SharesExceedPriceError:
        return None
    return [sum(line.unit_price_cents for line in part) for part in parts]
