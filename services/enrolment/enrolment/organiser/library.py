"""Correcting the library of an enrolment: the details of the same one, or another one by its number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from enrolment.organiser import known
from enrolment.organiser.correcting import Filled, Pairs
from enrolment.organiser.possible import REASON
from enrolment.organiser.shapes import WholeEnrolment
from enrolment.pages.form.document import identity_in, library_in, number_of
from enrolment.pages.form.fields import LIBRARY
from enrolment.pages.form.making import left_out
from enrolment.pages.form.sheet import Values
from enrolment.pages.mistakes import Mistake
from enrolment.pages.words import Words

NAME: Final = "correct-library"
_FIELDS: Final = (*LIBRARY, REASON)
_KEPT: Final = tuple(field for field in LIBRARY if not field.required)


def begun(one: WholeEnrolment, words: Words) -> Filled:
    """The form with the library as it is known."""
    return _filled(one, known.library(one), words)


def sent(one: WholeEnrolment, pairs: Pairs, words: Words) -> Filled:
    """The form as it was sent."""
    names = {field.name for field in _FIELDS}
    return _filled(one, {name: value for name, value in pairs if name in names}, words)


def _filled(one: WholeEnrolment, values: Values, words: Words) -> Filled:
    return Filled(
        NAME,
        _FIELDS,
        values,
        {"library": library_in(values)},
        tuple(_wrong(one, values)),
        known.mark(known.library(one), _is_another(one, values)),
        _follows(one, values, words),
    )


def _number(one: WholeEnrolment) -> str:
    return one.library.kvk or one.library.oin or ""


def _is_another(one: WholeEnrolment, values: Values) -> str:
    """The number of another library, where one is named: what the command takes it for decides."""
    number = number_of(values, "library")
    same = not number or identity_in(values, "library") == one.library.organisation_id
    return "" if same else number


def _wrong(one: WholeEnrolment, values: Values) -> Iterator[Mistake]:
    yield from left_out(["library.number"], values)
    another = _is_another(one, values)
    if another and _pays(one) and identity_in(values, "library") in _payers(one):
        yield Mistake("library.number", "pays")
    if not another:
        yield from _blanked(one, values)


def _blanked(one: WholeEnrolment, values: Values) -> Iterator[Mistake]:
    """What is left out of a command stays as it was: a field that was emptied would change nothing."""
    before = known.library(one)
    for field in _KEPT:
        could_be_shown = not field.choices or before[field.name] in field.choices
        if before[field.name] and could_be_shown and not values.get(field.name, "").strip():
            yield Mistake(field.name, "kept")


def _payers(one: WholeEnrolment) -> Sequence[str]:
    return [payer.organisation_id for payer in one.enrolment.payers]


def _pays(one: WholeEnrolment) -> bool:
    return one.enrolment.organisation_id in _payers(one)


def _follows(one: WholeEnrolment, values: Values, words: Words) -> list[str]:
    return list(_sentences(one, values, words))


def _sentences(one: WholeEnrolment, values: Values, words: Words) -> Iterator[str]:
    library = one.library
    where = f"{library.street}, {library.postcode} {library.city}"
    yield words("follow.library_now", library=library.legal_name, where=where, number=_number(one))
    yield words("follow.library_everywhere")
    another = _is_another(one, values)
    yield words("follow.library_moves", number=another) if another else words("follow.library_number")
    if _pays(one):
        cents = sum(
            line.unit_price_cents
            for payer in one.enrolment.payers
            if payer.organisation_id == one.enrolment.organisation_id
            for line in payer.lines
        )
        seated = one.enrolment.status == "accepted"
        key = "follow.library_pays_invoiced" if seated else "follow.library_pays"
        yield words(key, amount=words.money(cents))
    yield words("follow.library_region")
