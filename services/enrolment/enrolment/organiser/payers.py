"""Correcting who pays for an enrolment: the fields and rules of the public form, over the price that was agreed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from enrolment.organiser import known
from enrolment.organiser.consequences import agreed_cents
from enrolment.organiser.correcting import Filled, Pairs
from enrolment.organiser.possible import REASON
from enrolment.organiser.shapes import WholeEnrolment
from enrolment.pages.form import fields, payers
from enrolment.pages.form.document import identity_in, payers_in, pays_other, places
from enrolment.pages.form.making import wrong_payers
from enrolment.pages.form.sheet import Sheet, Values, sheet_of
from enrolment.pages.words import Words

NAME: Final = "correct-payers"


def begun(one: WholeEnrolment, words: Words) -> Filled:
    """The form with the payers as they are known."""
    return _filled(one, known.sheet(one, len(one.enrolment.payers) - 1), known.payers(one, words), words)


def sent(one: WholeEnrolment, pairs: Pairs, words: Words) -> Filled:
    """The form as it was sent; or with a payer more or less, where such a button was pressed."""
    sheet = known.sheet(one, sheet_of(one.edition.terms, pairs).further)
    names = {field.name for field in (*sheet.paying, REASON)}
    values = {**known.library(one), **{name: value for name, value in pairs if name in names}}
    unfolded = payers.unfolded(sheet, values, dict(pairs).get("do", ""))
    return _filled(one, *(unfolded or (sheet, values)), words, is_unfolding=unfolded is not None)


def _filled(one: WholeEnrolment, sheet: Sheet, values: Values, words: Words, *, is_unfolding: bool = False) -> Filled:
    after = _after(one, sheet, values)
    shown = {"sheet": sheet, "split": payers.split_of(sheet, values), "terms": sheet.terms}
    return Filled(
        NAME,
        (*sheet.paying, REASON),
        values,
        payers_in(sheet, values),
        tuple(wrong_payers(sheet, values)),
        known.mark(known.payers(one, words), after),
        list(_follows(one, after, _names(one, sheet, values), words)),
        {**shown, "reason": REASON, "form": fields},
        is_unfolding,
    )


def _before(one: WholeEnrolment) -> dict[str, int]:
    """What each pays now, by the identity of its organisation."""
    return {p.organisation_id: sum(line.unit_price_cents for line in p.lines) for p in one.enrolment.payers}


def _after(one: WholeEnrolment, sheet: Sheet, values: Values) -> dict[str, int] | None:
    """What each would pay; None as long as that cannot be said."""
    parts = [part.cents for part in payers.split_of(sheet, values)] if sheet.further else [agreed_cents(one)]
    found = [identity_in(values, place) for place in _organisations(sheet, values)]
    if not parts or None in found:
        return None
    return dict(zip((id_ for id_ in found if id_), parts, strict=True)) if len(set(found)) == len(found) else None


def _organisations(sheet: Sheet, values: Values) -> list[str]:
    first = "payer.organisation" if pays_other(values) else "library"
    return [first, *(f"{place}.organisation" for place in places(sheet))]


def _names(one: WholeEnrolment, sheet: Sheet, values: Values) -> Mapping[str, str]:
    """How each is called, as it is known and else as it was typed."""
    typed = {
        id_: values.get(f"{place}.legal_name", "").strip()
        for place in _organisations(sheet, values)
        if (id_ := identity_in(values, place))
    }
    return typed | {id_: organisation.legal_name for id_, organisation in one.organisations.items()}


def _follows(
    one: WholeEnrolment, after: dict[str, int] | None, names: Mapping[str, str], words: Words
) -> Iterator[str]:
    yield words("follow.payers_price", amount=words.money(agreed_cents(one)))
    before = _before(one)
    differ = [id_ for id_ in before | (after or {}) if before.get(id_) != (after or {}).get(id_)]
    if after is None:
        yield words("follow.payers_later")
    elif not differ:
        yield words("follow.payers_same")
    for id_ in differ if after else ():
        was, will = (words.money(some.get(id_, 0)) for some in (before, after or {}))
        yield words("follow.payers_change", payer=names.get(id_) or id_, before=was, after=will)
    yield words("follow.payers_invoiced" if one.enrolment.status == "accepted" else "follow.payers_free")
    yield words("follow.payers_everywhere")
