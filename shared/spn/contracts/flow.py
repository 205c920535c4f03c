"""The journey as tables: which message, told by whom, and who does what with it. All of it from ``policies.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from spn.contracts.catalogue import ServiceContract
from spn.contracts.published import Contract, all_contracts, first_line
from spn.contracts.topics import Topic, Topics
from spn.messaging.contract import Command
from spn.messaging.policies import CommandDeadline, DueData, Policy


def messages_table(services: Sequence[ServiceContract], topics: Topics) -> str:
    """Per topic its messages: when each is told, and which decisions it leads to."""
    contracts = all_contracts(services)
    return "\n\n".join(
        _topic(topic, [c for c in contracts if c.topic == name], services)
        for name, topic in topics.items()
        if any(c.topic == name for c in contracts) and not name.endswith(".dead-letters")
    )


def _topic(topic: Topic, contracts: Sequence[Contract], services: Sequence[ServiceContract]) -> str:
    asked = contracts[0].kind == "command"
    head = f"**`{topic.name}`**: key {topic.key}; kept {topic.kept}; {_users(topic)}."
    rows = [f"| {'Asked' if asked else 'Told'} | {'What for' if asked else 'When'} | Who does what |", "|---|---|---|"]
    outside = [reader for reader in topic.readers if reader not in {s.name for s in services}]
    for contract in contracts:
        acting = [f"{s.name} `{p.name}`" for s in services for p in s.policies.of(topic.name, contract.type)]
        meant = " · ".join(acting) or f"for {', '.join(outside) or 'nobody yet'}"
        rows.append(f"| `{contract.type}` | {_cell(contract.summary)} | {meant} |")
    return "\n".join([head, "", *rows])


def _users(topic: Topic) -> str:
    readers = f"read by {', '.join(topic.readers)}" if topic.readers else "read by nobody yet"
    return f"written by {', '.join(topic.writers)}; {readers}"


def decisions_table(services: Sequence[ServiceContract]) -> str:
    """Per service its decisions, in the order of its map: on what, and what each does, in its own first line."""
    rows = ["| Service | Decision | On | What it does |", "|---|---|---|---|"]
    for service in services:
        rows += (f"| {service.name} | {line}" for line in _decisions(service))
    return "\n".join(rows)


def _decisions(service: ServiceContract) -> Iterator[str]:
    for policy in service.policies.policies:
        yield f"`{policy.name}` | {_on(policy)} | {_cell(first_line(plain(policy.decide)))} |"
    for deadline in service.policies.command_deadlines.values():
        command = command_of(deadline)
        yield f"asks `{command.types[0]}` | deadline `{deadline.kind}` | {_cell(first_line(command))} |"


def _on(policy: Policy) -> str:
    if policy.topic is None:
        return " ".join(f"deadline `{kind}`" for kind in policy.types)
    return "<br>".join(f"`{name}`" for name in _shortened(policy.types))


def _shortened(types: Iterable[str]) -> list[str]:
    """``enrolment.*.v1`` for many types that differ in the fact alone."""
    listed = list(types)
    families = {(name.partition(".")[0], name.rpartition(".")[2]) for name in listed}
    if len(listed) > 3 and len(families) == 1:
        ((owner, version),) = families
        return [f"{owner}.*.{version}"]
    return listed


def command_of(deadline: CommandDeadline) -> type[Command]:
    """The command that a deadline becomes."""
    # Ids are slugs or UUIDs: this is both.
    anyone = str(UUID(int=0))
    return type(deadline.command(DueData(kind=deadline.kind, root=anyone, subject=anyone)))


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself, without the arguments that were bound to it."""
    while isinstance(function, partial):
        function = function.func
    return function


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
