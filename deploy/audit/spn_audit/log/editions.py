"""The events of one edition played in their order: seats, and the line, at every moment."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from spn_audit.programme import SEATED
from spn_audit.states import Enrolment

REMEMBERED_MAX = 50


@dataclass(frozen=True, slots=True)
class Moment:
    """How many seats were taken, how many people waited, and the place of the event that made it so."""

    taken: int
    waiting: int
    time: str
    partition: int
    offset: int


@dataclass(slots=True)
class Play:
    """What an edition went through. ``most``: the moment with the most seats taken.

    ``leanest``: after a decision, while somebody waited: each moment with fewer seats taken than any before it.
    ``out_of_turn``: offers to somebody who was not the first in line; seats taken past a line.
    """

    status: dict[str, tuple[str, int]] = field(default_factory=dict)
    taken: int = 0
    events: int = 0
    most: Moment | None = None
    leanest: list[Moment] = field(default_factory=list)
    out_of_turn: list[str] = field(default_factory=list)
    positions: list[str] = field(default_factory=list)
    offers: int = 0
    _line: list[tuple[int, str]] = field(default_factory=list)
    _waiting: int = 0

    def enrolment(self, id_: str, state: Enrolment, time: str, partition: int, offset: int) -> None:
        """The next fact of this edition."""
        before, _ = self.status.get(id_, ("", 0))
        self.events += 1
        if state.status != before:
            self._check_turn(id_, before, state)
            self.status[id_] = (state.status, state.number)
            self.taken += (state.status in SEATED) - (before in SEATED)
            self._waiting += (state.status == "waiting") - (before == "waiting")
            if state.status == "waiting":
                heapq.heappush(self._line, (state.number, id_))
                self._check_position(id_, state)
        if self.most is None or self.taken > self.most.taken:
            self.most = Moment(self.taken, self._waiting, time, partition, offset)

    def decided(self, time: str, partition: int, offset: int) -> None:
        """A decision about this edition is complete: its answer is told."""
        if self._waiting and (not self.leanest or self.taken < self.leanest[-1].taken):
            self.leanest.append(Moment(self.taken, self._waiting, time, partition, offset))

    def first_in_line(self) -> tuple[int, str] | None:
        """Number and id of who has waited longest."""
        while self._line and self.status[self._line[0][1]][0] != "waiting":
            heapq.heappop(self._line)
        return self._line[0] if self._line else None

    def _check_turn(self, id_: str, before: str, state: Enrolment) -> None:
        first = self.first_in_line()
        if state.status == "offered":
            self.offers += 1
            if first is None or first[1] != id_:
                whom = f"number {first[0]} ({first[1]}) was first" if first else "it did not wait"
                self._remember(f"number {state.number} ({id_}) was offered a seat, while {whom}")
        elif state.status == "accepted" and before == "" and first is not None:
            self._remember(
                f"number {state.number} ({id_}) got a seat at once, while number {first[0]} ({first[1]}) waited"
            )

    def _check_position(self, id_: str, state: Enrolment) -> None:
        if state.position is not None and state.position != self._waiting and len(self.positions) < REMEMBERED_MAX:
            self.positions.append(
                f"number {state.number} ({id_}) was told position {state.position}, and was {self._waiting} in line"
            )

    def _remember(self, what: str) -> None:
        if len(self.out_of_turn) < REMEMBERED_MAX:
            self.out_of_turn.append(what)
