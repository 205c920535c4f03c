"""The journal of an edition, read from its first entry: every seal made anew, and the line played again.

A few numbers an entry are kept, and a few an enrolment; no words.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from spn_audit.line import Line
from spn_audit.log.seals import shortened
from spn_audit.programme import STATUS_AFTER, said_of, seal_of

REMEMBERED_MAX = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the table ``journal``. ``who`` and ``reason`` are held against ``said`` and then let go."""

    number: int
    what: str
    enrolment: str
    request: int
    position: int | None
    moment: datetime
    partition: int | None
    offset: int | None
    command: UUID | None
    who: str | None
    reason: str | None
    said: str
    seal: str

    def sealed(self, edition: str, before: str) -> str:
        """The seal that it must have after the one before it."""
        return seal_of(
            before,
            {
                "edition": edition,
                "n": self.number,
                "what": self.what,
                "enrolment": self.enrolment,
                "request": self.request,
                "position": self.position,
                "moment": self.moment.astimezone(UTC).isoformat(timespec="microseconds"),
                "partition": self.partition,
                "offset": self.offset,
                "said": self.said,
            },
        )


@dataclass(slots=True)
class Journal:
    """What the entries so far come to.

    ``broken``: what cannot be of a chain that nobody touched. ``unfair``: what the rules of the line do not allow.
    ``whole``: it begins with the first request, so the line is known; release 0.1 kept no journal.
    ``statuses``, ``requests`` and ``last``: of each enrolment, as its entries say, and the number of the last one.
    """

    edition: str
    count: int = 0
    head: str = ""
    broken: list[str] = field(default_factory=list)
    unfair: list[str] = field(default_factory=list)
    whole: bool = True
    statuses: dict[str, str] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    line: Line = field(default_factory=Line)
    _newest: int = 0
    _moment: datetime | None = None
    _numbers: array[int] = field(default_factory=lambda: array("q"))
    _seals: array[int] = field(default_factory=lambda: array("Q"))

    def take(self, entry: Entry) -> None:
        """The next entry, in the order of their numbers."""
        for what in (*self._chain(entry), *self._words(entry)):
            _remember(self.broken, f"entry {entry.number}: {what}")
        for what in self._play(entry):
            _remember(self.unfair, f"entry {entry.number}: {what}")
        self.count += 1
        self.head, self._moment = entry.seal, entry.moment
        self._numbers.append(entry.number)
        self._seals.append(shortened(entry.seal))

    @property
    def end(self) -> int:
        """The number of the last entry."""
        return self._numbers[-1] if self._numbers else 0

    def seal_at(self, number: int) -> int | None:
        """The beginning of the seal of this entry; None when there is no such entry."""
        at = bisect_left(self._numbers, number)
        return self._seals[at] if at < len(self._numbers) and self._numbers[at] == number else None

    def _chain(self, entry: Entry) -> Iterator[str]:
        follows = entry.number == self.end + 1
        if not follows:
            yield f"entry {self.end + 1} should come before it, and is not there"
        elif entry.seal != entry.sealed(self.edition, self.head):
            yield "its seal is not the one that follows from it and from the entry before it"
        if self._moment and entry.moment < self._moment:
            yield "it was decided before the entry before it"

    def _words(self, entry: Entry) -> Iterator[str]:
        """The command's id goes with the words: then nobody can tell any more what they were."""
        if entry.command and entry.said != said_of(entry.command, entry.who, entry.reason):
            yield "who acted, or the reason, is not what was sealed"

    def _play(self, entry: Entry) -> Iterator[str]:
        one, before = entry.enrolment, self.statuses.get(entry.enrolment, "")
        if one not in self.last:
            self.whole = self.whole and entry.request == self._newest + 1
            self._newest = max(self._newest, entry.request)
        if self.requests.setdefault(one, entry.request) != entry.request:
            yield f"enrolment {one} is request {entry.request} here, and was {self.requests[one]} before"
        yield from self._out_of_turn(entry, before)
        after = STATUS_AFTER.get(entry.what, before)
        if after != "waiting":
            self.line.leave(one)
        elif before != "waiting":
            self.line.join(one, entry.request)
        if entry.what == "reordered" and not self.line.move(one, entry.position or 0):
            yield f"request {entry.request} was moved in a line in which it does not stand"
        self.statuses[one], self.last[one] = after, entry.number
        rank = self.line.rank(one)
        if rank != entry.position:
            yield f"request {entry.request} was told position {entry.position}, and stood in {rank}"

    def _out_of_turn(self, entry: Entry, before: str) -> Iterator[str]:
        first = self.line.first()
        if first is None:
            return
        if entry.what == "accepted" and before != "offered":
            yield f"request {entry.request} got a seat at once, while {len(self.line)} waited"
        # By hand it takes a reason, which leaves its hash here.
        if entry.what == "seat-offered" and first[1] != entry.enrolment and not entry.said:
            yield f"request {entry.request} was offered a seat before {first[1]}, the first in line, for no reason"


def _remember(what: list[str], sentence: str) -> None:
    if len(what) < REMEMBERED_MAX:
        what.append(sentence)
