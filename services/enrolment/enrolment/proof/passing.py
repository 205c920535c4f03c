"""When somebody in the line was passed by hand: what each who waits may see, without names and without reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

from enrolment.domain.journal import Entry
from enrolment.proof.line import COMES_FROM, Line

How: TypeAlias = Literal["moved", "offered", "back"]
_BEGINS: Final = frozenset(what for what, before in COMES_FROM.items() if None in before)


@dataclass(frozen=True, slots=True)
class Passing:
    """Somebody behind was put before (``moved``) or offered a seat first; or one was put ``back`` oneself."""

    how: How
    moment: datetime


def passings_of(one: UUID, entries: Iterable[Entry]) -> Iterator[Passing]:
    """Every time that this enrolment was passed by hand, in order. The entries are the journal's, from its first."""
    line = Line()
    for entry in entries:
        other = entry.enrolment_id
        if other not in line.statuses and entry.what not in _BEGINS:
            continue  # It is older than the journal: where it stood is not known.
        place, was_ahead = line.places.get(one, 0), line.is_ahead(one, other)
        line.take(entry)
        how: How | None = None
        if entry.what == "seat-offered":
            # By itself it goes to the first in line, and nobody says why.
            how = "offered" if was_ahead and entry.said else None
        elif entry.what == "reordered" and other == one:
            how = "back" if line.places[one] > place else None
        elif entry.what == "reordered":
            how = "moved" if was_ahead and line.is_ahead(other, one) else None
        if how:
            yield Passing(how, entry.moment)
