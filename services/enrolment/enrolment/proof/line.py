"""The line played again from the journal: what must have been true at each entry, and who passed whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from enrolment.domain.enrolment import Status
from enrolment.domain.journal import Entry

BECOMES: dict[str, Status] = {
    "requested": "requested",
    "rejected": "rejected",
    "accepted": "accepted",
    "waitlisted": "waiting",
    "reordered": "waiting",
    "seat-offered": "offered",
    "offer-extended": "offered",
    "offer-declined": "declined",
    "offer-lapsed": "lapsed",
    "left": "left",
    "closed": "closed",
    "withdrawn": "withdrawn",
    "completed": "completed",
}
"""The status after each fact that changes it; the others leave it as it was."""

COMES_FROM: dict[str, frozenset[Status | None]] = {
    "requested": frozenset({None}),
    "rejected": frozenset({"requested"}),
    "accepted": frozenset({None, "requested", "offered"}),
    "waitlisted": frozenset({None, "requested"}),
    "reordered": frozenset({"waiting"}),
    "seat-offered": frozenset({"waiting"}),
    "offer-extended": frozenset({"offered"}),
    "offer-declined": frozenset({"offered"}),
    "offer-lapsed": frozenset({"offered"}),
    "left": frozenset({"waiting", "requested"}),
    "closed": frozenset({"waiting", "requested", "offered"}),
    "withdrawn": frozenset({"accepted"}),
    "completed": frozenset({"accepted"}),
}
"""The statuses that each of them can follow from; None: the enrolment begins with it."""

WHY = {
    "requested": "still waits for a choice",
    "declined": "declined the seat it was offered",
    "lapsed": "let its offer lapse",
    "left": "left the line",
    "withdrawn": "gave its seat up",
    "rejected": "was not chosen",
    "closed": "was still pending when the edition started or was cancelled",
}


@dataclass(slots=True)
class Line:
    """Everybody's status and place by request number, as the entries so far say."""

    statuses: dict[UUID, Status] = field(default_factory=dict)
    places: dict[UUID, int] = field(default_factory=dict)
    requests: dict[UUID, int] = field(default_factory=dict)
    moved: dict[UUID, str] = field(default_factory=dict)

    def play(self, entry: Entry) -> Iterator[str]:
        """Take one entry, and say what of it cannot be."""
        one, before = entry.enrolment_id, self.statuses.get(entry.enrolment_id)
        allowed = COMES_FROM.get(entry.what)
        if allowed is not None and before not in allowed:
            yield f"request {entry.request} was {before or 'unknown'}, which cannot become {entry.what}"
        yield from self._out_of_turn(entry, before)
        self.take(entry)
        if self.statuses[one] == "waiting" and entry.position != self.position(one):
            yield f"request {entry.request} was told position {entry.position} and stood in {self.position(one)}"

    def take(self, entry: Entry) -> None:
        """Take one entry as it is: who waits is put in order only where somebody is moved."""
        one = entry.enrolment_id
        self.requests[one] = entry.request
        self.statuses[one] = BECOMES.get(entry.what, self.statuses.get(one, "requested"))
        if entry.what == "waitlisted":
            self.places[one] = entry.request
        elif entry.what == "reordered" and entry.position:
            self._move(one, entry)

    def is_ahead(self, one: UUID, other: UUID) -> bool:
        """Whether both wait, and this one before the other."""
        both_wait = self.statuses.get(one) == self.statuses.get(other) == "waiting"
        return both_wait and self.places[one] < self.places[other]

    def position(self, one: UUID) -> int:
        """The rank of one who waits."""
        return self.order().index(one) + 1

    def order(self) -> list[UUID]:
        """Who waits, first in line first."""
        return sorted((e for e, s in self.statuses.items() if s == "waiting"), key=self.places.__getitem__)

    def passed_by(self, entry: Entry) -> Iterator[str]:
        """Who asked earlier than the one that got a seat, or was offered one, and had none then; and why."""
        for other, request in sorted(self.requests.items(), key=lambda pair: pair[1]):
            status = self.statuses[other]
            if request >= entry.request or status in {"accepted", "offered", "completed"}:
                continue
            yield f"request {request} {self._why(other, entry, status)}"

    def _why(self, other: UUID, entry: Entry, status: Status) -> str:
        if status != "waiting":
            return WHY[status]
        for moved in (entry.enrolment_id, other):
            if moved in self.moved:
                return f"waits: {self.moved[moved]}"
        return f"waits: the seat was offered by hand at entry {entry.number} by {_who(entry)}"

    def _out_of_turn(self, entry: Entry, before: Status | None) -> Iterator[str]:
        line = self.order()
        if entry.what == "accepted" and before != "offered" and line:
            yield f"request {entry.request} got a seat at once while {len(line)} waited"
        if entry.what == "seat-offered" and line and line[0] != entry.enrolment_id and not entry.said:
            first = self.requests[line[0]]
            yield f"request {entry.request} was offered a seat before request {first}, the first in line, for no reason"

    def _move(self, one: UUID, entry: Entry) -> None:
        order = self.order()
        slots = [self.places[e] for e in order]
        order.remove(one)
        order.insert((entry.position or 1) - 1, one)
        self.places.update(zip(order, slots, strict=True))
        self.moved[one] = f"request {entry.request} was moved at entry {entry.number} by {_who(entry)}"


def _who(entry: Entry) -> str:
    return f"{entry.who or 'somebody unnamed'} ({entry.reason or 'the reason was erased'})"
