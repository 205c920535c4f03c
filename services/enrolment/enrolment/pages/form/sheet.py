"""Which fields the form of one edition has, and what was sent of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from enrolment.domain.terms import Terms
from enrolment.pages.form import fields
from enrolment.pages.form.fields import Field

Values: TypeAlias = Mapping[str, str]
FURTHER_MAX: Final = 4
_FURTHER: Final = re.compile(r"further_payers\.([0-3])\.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of an edition, with room for so many further payers.

    There may be more of them than the edition allows, when its terms changed meanwhile: nobody is dropped in silence.
    """

    terms: Terms
    further: int = 0

    @property
    def one_language(self) -> str | None:
        """The language of everything, where the edition offers no choice."""
        return self.terms.languages[0] if len(self.terms.languages) == 1 else None

    @property
    def requester(self) -> tuple[Field, ...]:
        return self._asked(fields.REQUESTER)

    @property
    def participant(self) -> tuple[Field, ...]:
        return self._asked(fields.PARTICIPANT)

    @property
    def motivation(self) -> tuple[Field, ...]:
        return (fields.MOTIVATION,) if "motivation" in self.terms.asks else ()

    @property
    def goals(self) -> tuple[Field, ...]:
        return (fields.GOALS,) if "goals" in self.terms.asks else ()

    @property
    def special(self) -> tuple[Field, ...]:
        """Dietary and access needs, and the consent without which they are not kept."""
        asked = {"diet": fields.DIET, "access": fields.ACCESS}
        found = tuple(field for ask, field in asked.items() if ask in self.terms.asks)
        return (*found, fields.CONSENT) if found else ()

    @property
    def invoice(self) -> tuple[Field, ...]:
        return self._asked(fields.INVOICE)

    @property
    def payers(self) -> tuple[tuple[Field, ...], ...]:
        """Of each further payer the fields."""
        return tuple(self._asked(fields.further_payer(index)) for index in range(self.further))

    @property
    def paying(self) -> tuple[Field, ...]:
        """All about who pays, in the order of the page."""
        along = (field for payer in self.payers for field in payer)
        return (fields.PAYER_KIND, *fields.OTHER_PAYER, *self.invoice, *along)

    @property
    def room(self) -> bool:
        """Whether one more may pay along."""
        return 1 + self.further < min(self.terms.payers_max, 1 + FURTHER_MAX)

    @property
    def fields(self) -> tuple[Field, ...]:
        """All of them, in the order of the page."""
        return tuple(self._all())

    def _all(self) -> Iterator[Field]:
        yield fields.FOR_WHOM
        yield from (*self.requester, *self.participant, *fields.LIBRARY)
        yield from (*self.motivation, *self.goals, *self.special)
        yield from (*self.paying, fields.COMMITMENT)

    def _asked(self, some: tuple[Field, ...]) -> tuple[Field, ...]:
        """Without the question for a language where there is no choice."""
        return tuple(f for f in some if not (self.one_language and f.name.endswith(".language")))

    def fresh(self, language: str) -> Values:
        """What an empty form begins with."""
        chosen = {field.name: language for field in self.fields if field.name.endswith(".language")}
        shares = {field.name: "percent" for field in self.fields if field.name.endswith(".share.kind")}
        return {**chosen, **shares, "payer.kind": "library", "for_whom": "myself"}


def sheet_of(terms: Terms, sent: Iterable[tuple[str, str]]) -> Sheet:
    """The form that this came from, with all its payers."""
    found = [int(match[1]) for name, _ in sent if (match := _FURTHER.match(name))]
    return Sheet(terms, max(found, default=-1) + 1)


def taken(sheet: Sheet, sent: Iterable[tuple[str, str]]) -> Values:
    """What was sent of our fields; the first of each, and nothing else."""
    names = {field.name for field in sheet.fields}
    values: dict[str, str] = {}
    for name, value in sent:
        if name in names:
            values.setdefault(name, value)
    return values
