"""What is on the topics in the end, against the ledger: lost, doubled, out of order. Knows envelopes only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from confluent_kafka import Message

from spn_local.access import KafkaAccess
from tests.faults.reading import read_all
from tests.faults.wire import data_of, text_of

SHOWN_MAX = 20


@dataclass
class Examined:
    """Each list names what is wrong; empty is good."""

    commands: int = 0
    events: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    told_again: int = 0
    """Events that were published more than once, as a relay may: readers drop them by their id."""

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not (self.lost or self.doubled or self.disordered)


@dataclass
class _Line:
    """The events of one topic and key, in the order in which each was first seen."""

    first: dict[str, int] = field(default_factory=dict)
    last: int = 0
    late: list[int] = field(default_factory=list)

    def see(self, id_: str, sequence: int) -> bool:
        """Take the next one; whether it was there before."""
        if id_ in self.first:
            return True
        self.first[id_] = sequence
        if sequence < self.last:
            self.late.append(sequence)
        self.last = max(self.last, sequence)
        return False


def examine(access: KafkaAccess, topics: Iterable[str], commands: set[str]) -> Examined:
    """Read every topic from its beginning to the end it has now."""
    return examined(read_all(access, topics), commands)


def examined(messages: Iterable[Message], commands: set[str]) -> Examined:
    """Compare what was told with the commands that were acknowledged."""
    found, lines = Examined(commands=len(commands)), defaultdict[tuple[str, str], _Line](_Line)
    answers: defaultdict[str, set[str]] = defaultdict(set)
    for message in messages:
        id_, sequence = text_of(message, "ce_id"), text_of(message, "ce_sequence")
        if text_of(message, "ce_type") == "command.answered.v1":
            answers[str(data_of(message).get("command_id"))].add(id_)
        if sequence.isdigit():
            key = (message.key() or b"").decode("utf-8", "replace")
            found.told_again += lines[message.topic(), key].see(id_, int(sequence))
    for one in sorted(commands):
        count = len(answers[one])
        if count == 0:
            found.lost.append(f"command {one} has no answer")
        elif count > 1:
            found.doubled.append(f"command {one} has {count} answers")
    for (topic, key), line in lines.items():
        found.events += len(line.first)
        if missing := line.last - len(set(line.first.values())):
            found.lost.append(f"{topic}, key {key}: {missing} of {line.last} events are missing")
        if len(line.first) > len(set(line.first.values())):
            found.doubled.append(f"{topic}, key {key}: two events have one number")
        found.disordered += [f"{topic}, key {key}: number {n} came after a higher one" for n in line.late]
    return found
