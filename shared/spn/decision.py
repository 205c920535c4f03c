"""The vocabulary of a decision: what pure rules take and give. Imports the standard library only.

A decision is ``decide(state, data, at: Moment) -> Decision``. It reads no clock, draws no random number and does no
input or output, so the same message on the same state gives the same result at every redelivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar
from uuid import UUID, uuid5

S = TypeVar("S")

Outcome = Literal["done", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Moment:
    """When and why a decision is taken.

    ``now`` is business time: for a command its append time on the log, for an event or a deadline the moment of the
    batch. ``sequence`` counts per topic and key (0 for a command or a deadline). ``subject`` names the aggregate of an
    event, the subject of a deadline, or is the empty string. ``told_at`` is when its sender says it happened.
    ``correlation_id`` and ``traceparent`` are for a decision that leaves work for a lane, which tells its events later.
    ``partition`` and ``offset`` say where the message stands on its topic; a deadline stands nowhere.
    """

    now: datetime
    message_id: UUID
    sequence: int = 0
    subject: str = ""
    told_at: datetime | None = None
    correlation_id: str = ""
    traceparent: str | None = None
    partition: int | None = None
    offset: int | None = None

    def new_id(self, name: str) -> UUID:
        """The id of something that this decision makes: the same one each time the same message is decided."""
        return uuid5(self.message_id, name)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A stored instant that becomes a message of type ``kind`` for the aggregate ``root`` when it is due.

    There is one per (kind, root, subject): a later one replaces it, ``at=None`` takes it away.
    """

    kind: str
    root: str
    subject: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender of a command is told, once: a stable ``code`` and a sentence in two languages."""

    outcome: Outcome
    code: str
    nl: str
    en: str
    subject: str | None = None
    state: str | None = None


class DomainError(Exception):
    """Expected: a rule says no. On a command it becomes a refused answer, on an event a dead letter."""


class Refused(DomainError):
    """A command that cannot be carried out, with the answer its sender gets."""

    def __init__(self, code: str, nl: str, en: str, *, subject: str | None = None, state: str | None = None) -> None:
        super().__init__(f"{code}: {en}")
        self.answer = Answer("refused", code, nl, en, subject, state)


@dataclass(frozen=True, slots=True)
class Decision(Generic[S]):
    """What follows from one message: the next state, the facts to tell, deadlines to set, and a command's answer."""

    state: S
    facts: tuple[object, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    answer: Answer | None = None


def unchanged(state: S) -> Decision[S]:
    """Nothing follows: the message is older than the state, or changes nothing."""
    return Decision(state)
