"""The line of an edition, by the rules of docs/waiting-list.md: played from what was told, and from the journal."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field


@dataclass(slots=True)
class Line:
    """Who waits, each at a place; the lowest is the first in line. Nobody stands in it twice."""

    _order: list[tuple[int, str]] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._order)

    def join(self, id_: str, number: int) -> None:
        """Whoever comes into the line has the place of the number of their request."""
        self.leave(id_)
        self._places[id_] = number
        insort(self._order, (number, id_))

    def leave(self, id_: str) -> None:
        """It waits no more, if it did."""
        if id_ in self._places:
            del self._order[self._at(id_)]
            del self._places[id_]

    def move(self, id_: str, position: int) -> bool:
        """A person gave it this position; whether it and the position are in the line.

        The places stay the same ones and go to others: it takes the place of who stood there, who takes the next one,
        and so on.
        """
        if id_ not in self._places or not 1 <= position <= len(self._order):
            return False
        places = [place for place, _ in self._order]
        people = [one for _, one in self._order]
        people.remove(id_)
        people.insert(position - 1, id_)
        self._order = list(zip(places, people, strict=True))
        self._places = {one: place for place, one in self._order}
        return True

    def first(self) -> tuple[int, str] | None:
        """Place and id of who is next."""
        return self._order[0] if self._order else None

    def rank(self, id_: str) -> int | None:
        """Its position from 1; None when it does not wait."""
        return self._at(id_) + 1 if id_ in self._places else None

    def place(self, id_: str) -> int | None:
        """Its place; None when it does not wait."""
        return self._places.get(id_)

    def _at(self, id_: str) -> int:
        return bisect_left(self._order, (self._places[id_], id_))
