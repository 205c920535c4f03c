"""When somebody in the line was passed by hand: what each who waits may see, without names and without reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
        if entry.enrolment_id not in line.statuses and entry.what not in _BEGINS:
            continue  # It is older than the journal: where it stood is not known.
        before = line.order()
        list(line.play(entry))  # What of it cannot be is said by the examination.
        how = _how(one, entry, before, line.order())
        if how:
            yield Passing(how, entry.moment)


def _how(one: UUID, entry: Entry, before: Sequence[UUID], after: Sequence[UUID]) -> How | None:
    other = entry.enrolment_id
    if one not in before or other not in before:
        return None
    was_ahead = before.index(one) < before.index(other)
    if entry.what == "seat-offered":
        # By itself it goes to the first in line, and nobody says why.
        return "offered" if was_ahead and entry.said else None
    if entry.what != "reordered":
        return None
    if one == other:
        return "back" if after.index(one) > before.index(one) else None
    return "moved" if was_ahead and after.index(other) < after.index(one) else None
