"""What a form asks for: a command, and needs that are in no command; or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from enrolment.commands import RequestEnrolment
from enrolment.needs import Kind
from enrolment.pages.form.document import document, in_euros, is_own, number_of, pays_other, places, share_of
from enrolment.pages.form.fields import Field
from enrolment.pages.form.own_words import needs_in
from enrolment.pages.form.payers import is_shared_out
from enrolment.pages.form.sheet import Sheet, Values
from enrolment.pages.mistakes import Mistake, mistakes_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form that is in order asks for."""

    command: RequestEnrolment
    needs: Mapping[Kind, str]


def asked_of(sheet: Sheet, values: Values) -> Asked | tuple[Mistake, ...]:
    """What this form asks for, or everything that keeps it from being that.

    Needs count only from the participant: nobody else can consent for them, or knows their goals.
    """
    needs, wrong = needs_in(values) if is_own(values) else ({}, ())
    own = (*_left_out(sheet, values), *wrong_payers(sheet, values), *wrong)
    try:
        command = RequestEnrolment.model_validate({**document(sheet, values), "by": "form"})
    except ValidationError as error:
        mistakes = in_order(sheet.fields, (*own, *mistakes_of(error)))
        assert mistakes, "what is refused is no field of this form"
        return mistakes
    return in_order(sheet.fields, own) if own else Asked(command, needs)


def in_order(fields: Iterable[Field], mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """The first mistake of each field, in the order of the page."""
    first: dict[str, Mistake] = {}
    for mistake in mistakes:
        first.setdefault(mistake.field, mistake)
    return tuple(first[field.name] for field in fields if field.name in first)


def wrong_payers(sheet: Sheet, values: Values) -> Iterator[Mistake]:
    """What is wrong with who pays that the command's form does not say."""
    required = ["payer.kind", *(["payer.organisation.number"] if pays_other(values) else [])]
    for place in places(sheet):
        required += [f"{place}.organisation.number", f"{place}.share.value"]
    yield from left_out(required, values)
    yield from _payers_twice(sheet, values)
    yield from _shares(sheet, values)


def left_out(required: Iterable[str], values: Values) -> Iterator[Mistake]:
    """What the command's form alone does not say, or says only once all else is right."""
    yield from (Mistake(name, "empty") for name in required if not values.get(name, "").strip())


def _left_out(sheet: Sheet, values: Values) -> Iterator[Mistake]:
    return left_out(["library.number", "two_year_commitment", *(field.name for field in sheet.motivation)], values)


def _payers_twice(sheet: Sheet, values: Values) -> Iterator[Mistake]:
    """Payers are told apart by their legal number, as in the command."""
    known = {number_of(values, "payer.organisation" if pays_other(values) else "library")}
    for place in places(sheet):
        number = number_of(values, f"{place}.organisation")
        if number and number in known:
            yield Mistake(f"{place}.organisation.number", "twice")
        known.add(number)


def _shares(sheet: Sheet, values: Values) -> Iterator[Mistake]:
    """A share that cannot be read is said of itself, shares that come to too much of the last one."""
    shares = {place: share_of(values, place) for place in places(sheet)}
    for place, share in shares.items():
        if not share:
            yield Mistake(f"{place}.share.value", "euros" if in_euros(values, place) else "percent")
    if all(shares.values()) and not is_shared_out(sheet.terms, list(shares.values())):
        yield Mistake(f"{[*shares][-1]}.share.value", "exceeds")
