"""The journey through the services as rows of a picture: one lane for each who acts, time runs down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from markupsafe import Markup, escape

from spn_demo.journal import Told
from spn_demo.names import Names
from spn_demo.report.mails import Mail
from spn_demo.story.lines import ACTORS, Line, Name, Piece
from spn_demo.story.weaving import in_order, line_of
from spn_demo.ways import PLATFORM, actor_of


@dataclass(frozen=True)
class Flow:
    """An arrow: a message went from one lane to the row's own. In lanes: where it begins, how many it crosses."""

    left: int
    span: int
    to_the_right: bool


@dataclass(frozen=True)
class Link:
    """What a row leads to."""

    text: str
    page: str
    kind: str


@dataclass(frozen=True)
class Row:
    """One line of the story. ``people`` see it in their own journey; ``own``: it is seen nowhere else."""

    line: Line
    sentence: Markup
    lane: int
    flows: tuple[Flow, ...]
    links: tuple[Link, ...]
    people: tuple[str, ...]
    own: bool

    @property
    def events(self) -> tuple[Told, ...]:
        """The messages behind it, each once."""
        return tuple({(p.told.topic, p.told.partition, p.told.offset): p.told for p in self.line.pieces}.values())


@dataclass(frozen=True)
class Day:
    """A day of the season, and how many messages each of them told on it."""

    date: date
    rows: tuple[Row, ...]
    told: Mapping[str, int]


class Journey:
    """Makes rows of lines."""

    def __init__(self, messages: Iterable[Told], names: Names, mails: Sequence[Mail]) -> None:
        self._names = names
        self._sender = {told.id: actor_of(told) for told in messages}
        self._mails = {mail.message_id: mail for mail in mails}

    def days(self, lines: Iterable[Line]) -> list[Day]:
        """All rows, day by day."""
        made = {id(row.line): row for line in lines for row in self._rows(line)}
        ordered = [made[id(line)] for line in in_order(row.line for row in made.values())]
        return [_day(when, tuple(some)) for when, some in groupby(ordered, key=lambda row: row.line.time.date())]

    def _rows(self, line: Line) -> Iterable[Row]:
        """The line, and for each person to whom it says more than concerns them, a line of their own."""
        concerned: dict[str, list[Piece]] = {}
        for piece in line.pieces:
            for person in self._names.whom(piece.concerns):
                concerned.setdefault(person, []).append(piece)
        own = {person: line_of(pieces, self._names) for person, pieces in concerned.items()}
        same = [person for person, other in own.items() if other and other.text == line.text]
        yield self._row(line, same, own=False)
        for person, other in own.items():
            if other is not None and person not in same:
                yield self._row(other, [person], own=True)

    def _row(self, line: Line, people: Sequence[str], *, own: bool) -> Row:
        lane = lane_of(line.actor)
        causes = {self._sender.get(piece.told.causation or "") for piece in line.pieces}
        return Row(
            line=line,
            sentence=Markup().join(_shown(part) for part in line.sentence),
            lane=lane,
            flows=tuple(_flow(lane_of(one), lane) for one in sorted(filter(None, causes)) if lane_of(one) != lane),
            links=tuple(self._links(line)),
            people=tuple(sorted(people)),
            own=own,
        )

    def _links(self, line: Line) -> Iterable[Link]:
        for told in {piece.told.id: piece.told for piece in line.pieces}.values():
            if (mail := self._mails.get(told.subject)) and told.service == "notifications":
                yield Link(mail.subject, mail.page, "mail")
            elif told.service == "billing" and isinstance(told.data, dict):
                number = told.data["document"]["number"]
                yield Link(f"{number}.pdf", f"documents/{number}.pdf", "document")


def _day(when: date, rows: tuple[Row, ...]) -> Day:
    shown = {event.id: actor_of(event) for row in rows if not row.own for event in row.events}
    return Day(when, rows, Counter(shown.values()))


def lane_of(actor: str) -> int:
    """The place of someone's lane, from the left. Who is not known came by Kafka, as the platform does."""
    return ACTORS.index(actor if actor in ACTORS else PLATFORM)


def _flow(begin: int, end: int) -> Flow:
    return Flow(min(begin, end), abs(end - begin), begin < end)


def _shown(part: str) -> Markup:
    return Markup("<b>{}</b>").format(part) if isinstance(part, Name) else escape(part)
