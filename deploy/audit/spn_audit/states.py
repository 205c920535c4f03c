"""What an event says of its aggregate, as far as a check asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Owed: TypeAlias = Mapping[tuple[str, str], int]
"""Cents by (organisation, line), lines of 0 left out."""


@dataclass(frozen=True, slots=True)
class Seal:
    """The number of an entry of an edition's journal, and the seal that was told with it."""

    entry: int
    seal: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An enrolment after a fact.

    ``price``: what its payers would owe of each line with a seat. ``linked``: a personal link was told with it.
    """

    edition: str
    number: int
    status: str
    participant: str
    former: tuple[str, ...]
    position: int | None
    owed: Owed
    price: Owed = field(default_factory=dict)
    sealed: Seal | None = None
    linked: bool = False
    requester: str | None = None
    """Who asked for somebody else."""

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who is told of it, each once."""
        asked = () if self.requester is None else (self.requester,)
        return tuple(dict.fromkeys((self.participant, *self.former, *asked)))


@dataclass(frozen=True, slots=True)
class Guest:
    """An invitation after a fact. ``expires_at``: until when it can be answered, as long as it is not."""

    edition: str
    enrolment: str
    organisation: str
    theme: str
    person: str
    status: str
    expires_at: str | None


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition after a fact. ``quotas``: how many guests a library may have coming, by theme."""

    state: str
    seats: int
    quotas: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Partnered:
    """What partners were told of a seat, as far as it proves something."""

    edition: str
    sealed: Seal


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or credit note as an account tells it."""

    number: str
    kind: str
    sha256: str
    contact: str
    net_cents: int


@dataclass(frozen=True, slots=True)
class Account:
    """All documents of an enrolment."""

    owed_cents: int
    invoiced_cents: int
    credited_cents: int
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """A session, and who has a place in it."""

    edition: str
    status: str
    sequence: int
    attendees: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a command."""

    command: str
    outcome: str
    code: str


State: TypeAlias = Enrolment | Guest | Edition | Partnered | Account | Session | Answer | None


def differing(one: Owed, other: Owed) -> Iterator[tuple[str, str, int, int]]:
    """Payer, line and both amounts, wherever they are not the same; in their order."""
    for payer, line in sorted(one.keys() | other.keys()):
        here, there = one.get((payer, line), 0), other.get((payer, line), 0)
        if here != there:
            yield payer, line, here, there
