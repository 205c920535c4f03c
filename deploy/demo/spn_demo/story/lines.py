"""What a story is made of: pieces, one or more to a message, and lines that tell of one or more pieces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from spn_demo.journal import Told
from spn_demo.names import Names
from spn_demo.story.words import AMSTERDAM
from spn_demo.ways import actor_of

# Who asks, and then the services. Whoever uses the pages or the API has no name on a topic but that of the service.
ACTORS = ("visitor", "organiser", "platform", "enrolment", "billing", "scheduling", "notifications")
Tone: TypeAlias = Literal["plain", "good", "bad", "quiet"]


class Name(str):
    """Who or what a sentence is about: shown with emphasis."""

    __slots__ = ()


Sentence: TypeAlias = tuple[str, ...]
"""Pieces of text; those that are a `Name` stand out."""

Render: TypeAlias = "Callable[[Sequence[Piece], Names], Sentence | None]"
"""One sentence about all these pieces; None when they are not worth one by themselves."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one message says of one matter. Pieces with the same ``render`` and ``key`` are told as one line.

    ``concerns`` names whom it is about, in any of the ways that `Names.whom` knows.
    """

    told: Told
    render: Render
    key: tuple[str, ...]
    concerns: tuple[str, ...] = ()
    tone: Tone = "plain"
    note: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence about what one of them did, true to the pieces behind it."""

    pieces: tuple[Piece, ...]
    sentence: Sentence

    @property
    def actor(self) -> str:
        """Who did it: a service, or whoever asked."""
        return actor_of(self.pieces[0].told)

    @property
    def cause(self) -> tuple[object, ...]:
        """The kind of line and the one message that led to it; a line with several causes is a kind of its own."""
        first = self.pieces[0]
        return (first.render, first.told.causation or first.told.id, *([] if len(self.pieces) == 1 else [id(self)]))

    @property
    def tone(self) -> Tone:
        return self.pieces[0].tone

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(self.sentence)

    @property
    def last(self) -> Told:
        """The message with which it was complete."""
        return max((piece.told for piece in self.pieces), key=lambda told: told.time)

    @property
    def time(self) -> datetime:
        """Business time when it was complete, as the Netherlands see it."""
        return self.last.time.astimezone(AMSTERDAM)


def alone(told: Told) -> tuple[str, ...]:
    """The key of a piece that is told by itself."""
    return (told.topic, str(told.partition), str(told.offset))
