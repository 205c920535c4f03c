"""The events of one edition played in their order: seats, and the line, at every moment."""

from __future__ import annotations

from dataclasses import dataclass, field

from spn_audit.line import Line
from spn_audit.log.guests import Guests
from spn_audit.log.record import Record
from spn_audit.programme import REORDERED, SEATED
from spn_audit.states import Enrolment, Guest

REMEMBERED_MAX = 50


@dataclass(frozen=True, slots=True)
class Moment:
    """A decision that is complete: its answer has this ``number`` and stands at ``offset``.

    ``most``: the most seats that were taken in it; ``taken`` and ``waiting`` are as it left them.
    """

    number: int
    most: int
    taken: int
    waiting: int
    time: str
    offset: int


@dataclass(frozen=True, slots=True)
class Passing:
    """An offer to somebody who was not the first in line: fair only by hand, once the edition is closed."""

    decision: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Owing:
    """Somebody who gave up a seat and still owed something then."""

    decision: int
    enrolment: str


@dataclass(slots=True)
class Play:
    """What an edition went through. Whether that was right depends on its terms at each decision (log/terms.py).

    ``passings``: offers past the line. ``wrong``: what is wrong whatever the terms were: seats taken past a line, and
    positions told that were others. ``repriced``: agreements whose price changed.
    """

    partition: int = 0
    statuses: dict[str, str] = field(default_factory=dict)
    events: int = 0
    offers: int = 0
    reorderings: int = 0
    moments: list[Moment] = field(default_factory=list)
    passings: list[Passing] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    owing: list[Owing] = field(default_factory=list)
    repriced: list[str] = field(default_factory=list)
    guests: Guests = field(default_factory=Guests)
    line: Line = field(default_factory=Line)
    _prices: dict[str, int] = field(default_factory=dict)
    _taken: int = 0
    _most: int = 0

    def enrolment(self, id_: str, state: Enrolment, record: Record) -> None:
        """The next fact about an enrolment."""
        before = self.statuses.get(id_, "")
        self.events += 1
        self.partition = record.partition
        self._check_price(id_, state)
        if state.status != before:
            self._check_turn(id_, before, state)
            self._change(id_, before, state)
        elif record.type == REORDERED:
            self.reorderings += 1
            if not self.line.move(id_, state.position or 0):
                _remember(self.wrong, f"number {state.number} ({id_}) was moved in a line in which it does not stand")
        self._check_position(id_, state)
        self._most = max(self._most, self._taken)

    def guest(self, guest: Guest, record: Record) -> None:
        """The next fact about an invitation."""
        self.guests.told(guest, record, len(self.moments), self.statuses)

    def decided(self, record: Record) -> None:
        """A decision about this edition is complete: its answer is told."""
        self.moments.append(
            Moment(record.sequence, self._most, self._taken, len(self.line), record.time, record.offset)
        )
        self._most = self._taken

    def number_of(self, decision: int) -> int | None:
        """The number of the answer of a decision; None while that is not told."""
        return self.moments[decision].number if decision < len(self.moments) else None

    def _change(self, id_: str, before: str, state: Enrolment) -> None:
        self.statuses[id_] = state.status
        self._taken += (state.status in SEATED) - (before in SEATED)
        if state.status == "waiting":
            self.line.join(id_, state.number)
        else:
            self.line.leave(id_)
        if state.status == "withdrawn" and state.owed:
            self.owing.append(Owing(len(self.moments), id_))

    def _check_turn(self, id_: str, before: str, state: Enrolment) -> None:
        first = self.line.first()
        if state.status == "offered":
            self.offers += 1
            if before != "waiting":
                _remember(self.wrong, f"number {state.number} ({id_}) was offered a seat, and did not wait")
            elif first and first[1] != id_:
                what = f"number {state.number} ({id_}) was offered a seat, while {first[1]} was first in line"
                self.passings.append(Passing(len(self.moments), what))
        elif state.status == "accepted" and before in ("", "requested") and first:
            _remember(self.wrong, f"number {state.number} ({id_}) got a seat at once, while {first[1]} waited")

    def _check_position(self, id_: str, state: Enrolment) -> None:
        rank = self.line.rank(id_)
        if state.position is not None and state.position != rank:
            stood = f"was {rank} in line" if rank else "did not wait"
            _remember(self.wrong, f"number {state.number} ({id_}) was told position {state.position}, and {stood}")

    def _check_price(self, id_: str, state: Enrolment) -> None:
        price = sum(state.price.values())
        agreed = self._prices.setdefault(id_, price)
        if price != agreed:
            _remember(self.repriced, f"enrolment {id_} was agreed for {agreed} cents, and told for {price}")
            self._prices[id_] = price


def _remember(what: list[str], sentence: str) -> None:
    if len(what) < REMEMBERED_MAX:
        what.append(sentence)
