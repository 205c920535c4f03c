"""The map of a service: which message leads to which decision, on which aggregate.

POLICIES = Policies(
    on(events_in.Enrolment, settle_account, root=ACCOUNTS, keys=lambda e: [(str(e.enrolment_id),)]),
    due("invoice.overdue", raise_reminder, root=ACCOUNTS),
    tell=events_out.tell,
)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeAlias, TypeVar

import asyncpg
from pydantic import BaseModel

from spn.decision import Answer, Decision, Moment
from spn.messaging.contract import Command, Outgoing, Reading

S = TypeVar("S")

Key: TypeAlias = tuple[str, ...]
"""The root's id first, then whatever the store needs to load the right children, for example an enrolment id."""

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
"""A connection of asyncpg, from a pool or not."""


class Aggregate(Protocol[S]):
    """A root that is locked, loaded and saved for many keys at once. No query in a loop."""

    name: str

    async def load(self, connection: Connection, keys: Sequence[Key]) -> dict[str, S]:
        """The state of every root named in ``keys``, locked until the transaction ends.

        Each root asked for is in the answer (an empty state where there is none yet). Missing rows are inserted before
        they are locked; rows are locked in the order of their keys.
        """
        ...

    async def save(self, connection: Connection, changes: Sequence[tuple[S, S]]) -> None:
        """Write each (state as loaded, state after) pair that differs, a constant number of statements in all."""
        ...


class DueData(BaseModel):
    """The data of a deadline that has become a message."""

    kind: str
    root: str
    subject: str


@dataclass(frozen=True, slots=True)
class Policy:
    """One line of the map. ``name`` is stable: the inbox and dead letters remember it."""

    name: str
    types: tuple[str, ...]
    topic: str | None
    model: type[BaseModel]
    decide: Callable[[Any, Any, Moment], Decision[Any]]
    root: Aggregate[Any]
    keys: Callable[[Any], Iterable[Key]]
    superseded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CommandDeadline:
    """A deadline that becomes a command on the service's own log instead of a decision at once.

    ``excused`` makes the command that takes its place when its gate finds that nobody could keep it: the deadline and
    the instant until which there is time now.
    """

    kind: str
    command: Callable[[DueData], Command]
    excused: Callable[[DueData, datetime], Command] | None = None


def on(
    reads: type[Reading | Command],
    decide: Callable[[S, Any, Moment], Decision[S]],
    *,
    root: Aggregate[S],
    keys: Callable[[Any], Iterable[Key]],
    name: str | None = None,
    superseded: Iterable[str] = (),
) -> Policy:
    """When a message that ``reads`` describes arrives, take the decision on each root that ``keys`` names.

    ``superseded``: events of these types are left out when an older and a newer one about the same subject are in the
    same batch. For a decision that would undo, with the newest, all that it did because of those between.
    """
    name = name or decide.__name__
    return Policy(name, reads.types, reads.topic, reads, decide, root, keys, frozenset(superseded))


def due(kind: str, decide: Callable[[S, DueData, Moment], Decision[S]], *, root: Aggregate[S]) -> Policy:
    """When a stored deadline of this kind is due, take the decision on its root."""
    return Policy(decide.__name__, (kind,), None, DueData, decide, root, lambda d: [(d.root, d.subject)])


def due_command(
    kind: str,
    command: Callable[[DueData], Command],
    *,
    excused: Callable[[DueData, datetime], Command] | None = None,
) -> CommandDeadline:
    """When a stored deadline of this kind is due, put a command on the service's own log."""
    return CommandDeadline(kind, command, excused)


def _no_facts(fact: object) -> Iterable[Outgoing]:
    raise TypeError(f"no event tells the fact {type(fact).__name__}")


@dataclass(frozen=True, slots=True)
class AnsweredCommand:
    """What a service needs to tell the answer of a command: the message's identity and the answer."""

    command_id: str
    command_type: str
    key: str
    answer: Answer


class Policies:
    """All policies of one service, by message type."""

    def __init__(
        self,
        *rules: Policy | CommandDeadline,
        tell: Callable[[Any], Iterable[Outgoing]] = _no_facts,
        answer: Callable[[AnsweredCommand], Outgoing] | None = None,
    ) -> None:
        self.tell = tell
        self.answer = answer
        self.policies = tuple(r for r in rules if isinstance(r, Policy))
        self.command_deadlines = {r.kind: r for r in rules if isinstance(r, CommandDeadline)}
        self._by_type: dict[tuple[str | None, str], list[Policy]] = {}
        for policy in self.policies:
            for type_ in policy.types:
                self._by_type.setdefault((policy.topic, type_), []).append(policy)
        for (topic, type_), some in self._by_type.items():
            if len({p.model for p in some}) > 1:
                raise ValueError(f"{type_} on {topic} is read in two ways; its policies must share one model")
            if len(some) > 1 and issubclass(some[0].model, Command):
                raise ValueError(f"command {type_} has two policies; one command has one answer")
        self._superseded = {
            place for place, some in self._by_type.items() if all(place[1] in p.superseded for p in some)
        }
        names = [p.name for p in self.policies]
        if len(set(names)) != len(names):
            raise ValueError(f"policy names must differ: {sorted(names)}")

    def of(self, topic: str | None, type_: str) -> Sequence[Policy]:
        """The policies for a message of this type on this topic (None: a deadline), in the order of the map."""
        return self._by_type.get((topic, type_), ())

    def may_supersede(self, topic: str, type_: str) -> bool:
        """Whether every policy for messages of this type lets those between the oldest and the newest go."""
        return (topic, type_) in self._superseded

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics the service listens to, sorted."""
        return tuple(sorted({p.topic for p in self.policies if p.topic}))

    def is_command_topic(self, topic: str) -> bool:
        """Whether messages on this topic are commands, each of which is answered once."""
        return any(p.topic == topic and issubclass(p.model, Command) for p in self.policies)

    def command_types(self, topic: str) -> dict[str, type[Command]]:
        """The commands known on this topic, by type."""
        return {t: p.model for p in self.policies if p.topic == topic and issubclass(p.model, Command) for t in p.types}
