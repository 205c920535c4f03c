"""The steps of a message: each is one policy's part of it, once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from spn.messaging.contract import Command
from spn.messaging.envelope import Message
from spn.messaging.parsing import Item, Superseded, Unreadable, Work
from spn.messaging.policies import Key, Policy

COMMAND_HANDLER = "command"
"""Commands share one mark in the inbox, whichever policy decides: one command, one answer."""


@dataclass(slots=True)
class Step:
    """One message for one policy, with the keys it needs."""

    message: Message
    policy: Policy
    keys: tuple[Key, ...] = ()
    broken: Exception | None = None
    is_command: bool = field(init=False)
    mark: tuple[UUID, str] = field(init=False)
    """What the inbox remembers of this step."""

    def __post_init__(self) -> None:
        self.is_command = isinstance(self.message.data, Command)
        self.mark = self.message.id, COMMAND_HANDLER if self.is_command else self.policy.name

    @property
    def roots(self) -> tuple[str, ...]:
        """The ids of the roots it decides on, each once, in their order."""
        return tuple(dict.fromkeys(k[0] for k in self.keys))


def steps_of(item: Work) -> list[Step]:
    """The steps of one message. A ``keys`` function that raises breaks only its own step."""
    steps = []
    for policy in item.policies:
        step = Step(item.message, policy)
        try:
            step.keys = tuple(policy.keys(item.message.data))
        except Exception as error:  # noqa: BLE001 - whatever a policy raises is a dead letter, never a stop
            step.broken = error
        steps.append(step)
    return steps


def marks_of(item: Item, steps: Iterable[Step]) -> list[tuple[UUID, str]]:
    """What the inbox has to be asked about this item."""
    if isinstance(item, Unreadable):
        return [(item.message.id, COMMAND_HANDLER)]
    if isinstance(item, Superseded):
        return [(item.message_id, policy.name) for policy in item.policies]
    return [s.mark for s in steps]


def is_last_part(item: Item) -> bool:
    """Whether the message counts as handled with this item; a message may come in parts, a policy each."""
    return not isinstance(item, Work) or item.final
