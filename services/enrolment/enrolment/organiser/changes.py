"""What other terms change, field by field, as people read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import yaml

from enrolment.document.writing import plain
from enrolment.domain.terms import Terms
from enrolment.pages.words import Words


@dataclass(frozen=True, slots=True)
class Change:
    """A field, as it is and as it will be. ``is_list``: several lines each."""

    field: str
    before: str
    after: str
    is_list: bool


def changes(before: Terms, after: Terms, words: Words) -> Iterator[Change]:
    """The fields that differ, in the order of the schema."""
    as_before, as_after = plain(before), plain(after)
    for field in fields(Terms):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            is_list = isinstance(old, tuple)
            texts = (_listed(as_before, field.name), _listed(as_after, field.name)) if is_list else ()
            was, will = texts or (_shown(old, words), _shown(new, words))
            yield Change(field.name, was, will, is_list)


def _listed(terms: dict[str, Any], name: str) -> str:
    text: str = yaml.safe_dump(terms[name], sort_keys=False, allow_unicode=True, width=1_000)
    return text.strip()


def _shown(value: object, words: Words) -> str:
    if isinstance(value, bool):
        return words("site.yes" if value else "site.no")
    if isinstance(value, datetime):
        return words.instant(value)
    return words.day(value) if isinstance(value, date) else str(value)
