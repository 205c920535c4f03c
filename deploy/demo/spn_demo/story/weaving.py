"""From messages to lines: what belongs together becomes one line, in the order in which it was complete."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from spn_demo.journal import Told
from spn_demo.names import Names
from spn_demo.story.answering import ANSWERED, answered
from spn_demo.story.asking import asked
from spn_demo.story.billed import billed
from spn_demo.story.enrolling import enrolled
from spn_demo.story.lines import Line, Piece, Render, Sentence, alone
from spn_demo.story.mailed import mailed
from spn_demo.story.scheduled import scheduled

# A line is complete when nothing was added for so long. Pieces of different topics arrive in any order, so even a
# line of one piece waits for it.
SILENCE_S = 0.4
# Names travel on a topic of their own: a line waits for them, but not for ever.
NAMES_PATIENCE_S = 3.0
# After a step of the clock a new line begins, even when little real time has passed.
BUSINESS_GAP = timedelta(seconds=15)

TELLERS: dict[str, Callable[[Told, Names], Iterable[Piece]]] = {
    "enrolment": enrolled,
    "billing": billed,
    "scheduling": scheduled,
    "notifications": mailed,
}


@dataclass
class Weaver:
    """Hears every message once and gives each line once."""

    names: Names = field(default_factory=Names)
    _heard: set[str] = field(default_factory=set)
    _open: dict[tuple[Render, tuple[str, ...]], list[Piece]] = field(default_factory=dict)
    _complete: list[list[Piece]] = field(default_factory=list)

    def hear(self, told: Told) -> None:
        """Take in a message. An event that is told twice is the same news; a command that comes twice is seen to."""
        if not told.is_news:
            self.names.learn(told)
            return
        if told.id and not told.is_command:
            if told.id in self._heard:
                return
            self._heard.add(told.id)
        for piece in pieces_of(told, self.names):
            place = (piece.render, piece.key)
            group = self._open.setdefault(place, [])
            if group and told.time - group[-1].told.time > BUSINESS_GAP:
                self._complete.append(self._open.pop(place))
                group = self._open.setdefault(place, [])
            group.append(piece)
        self.names.learn(told)

    def lines(self, now: float) -> list[Line]:
        """The lines that are complete at this moment of the monotonic clock."""
        for place, group in list(self._open.items()):
            if now - group[-1].told.heard >= SILENCE_S:
                self._complete.append(self._open.pop(place))
        ready = [group for group in self._complete if self._can_be_told(group, now)]
        self._complete = [group for group in self._complete if group not in ready]
        return self._told(ready)

    def rest(self) -> list[Line]:
        """Everything that is left, at the end."""
        ready = [*self._complete, *self._open.values()]
        self._complete, self._open = [], {}
        return self._told(ready)

    def _can_be_told(self, group: list[Piece], now: float) -> bool:
        self.names.missed.clear()
        _sentence(group, self.names)
        return not self.names.missed or now - group[-1].told.heard > NAMES_PATIENCE_S

    def _told(self, groups: Iterable[list[Piece]]) -> list[Line]:
        return in_order(Line(tuple(group), said) for group in groups if (said := _sentence(group, self.names)))


def in_order(lines: Iterable[Line]) -> list[Line]:
    """By the moment at which they were complete; lines of one kind and one cause stay together, by their ``order``."""
    told = list(lines)
    last: dict[object, datetime] = {}
    for line in told:
        last[line.cause] = max(line.last.time, last.get(line.cause, line.last.time))
    return sorted(told, key=lambda line: (last[line.cause], line.pieces[0].order, line.last.time, line.last.appended))


def line_of(pieces: Iterable[Piece], names: Names) -> Line | None:
    """A line about some pieces only, such as those that concern one person."""
    chosen = tuple(pieces)
    said = _sentence(chosen, names) if chosen else None
    return Line(chosen, said) if said else None


def pieces_of(told: Told, names: Names) -> Iterable[Piece]:
    """What a message says; of an unknown one, that it is there. Nothing in a message can stop the story."""
    try:
        if told.topic.endswith(".dead-letters"):
            return [Piece(told, _dead_letter, alone(told), tone="bad")]
        teller = asked if told.is_command else TELLERS.get(told.service, enrolled)
        found = list((answered if told.type == ANSWERED else teller)(told, names))
    except (KeyError, TypeError, AttributeError, ValueError):
        found = []
    return found or [Piece(told, _anything, alone(told), tone="quiet")]


def _sentence(pieces: Iterable[Piece], names: Names) -> Sentence | None:
    group = list(pieces)
    try:
        return group[0].render(group, names)
    except (KeyError, TypeError, AttributeError, ValueError):
        return _anything(group, names)


def _anything(pieces: Iterable[Piece], _names: Names) -> Sentence:
    told = next(iter(pieces)).told
    return (f"tells {told.type or 'something without a type'} on {told.topic}",)


def _dead_letter(pieces: Iterable[Piece], _names: Names) -> Sentence:
    told = next(iter(pieces)).told
    error = told.data.get("error") if isinstance(told.data, dict) else None
    return (f"puts a message aside that it cannot handle: {error or told.subject}",)
