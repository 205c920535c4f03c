"""Deciding a batch: pure functions over loaded states. No input or output happens here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from spn.decision import Answer, Decision, Moment, Refused
from spn.messaging.dead_letters import ANY_HANDLER, DEADLINES, NO_PARTITION, Letter
from spn.messaging.effects import Effects, forward
from spn.messaging.envelope import ContractError, Message, Record
from spn.messaging.parsing import Item, Misrouted, Spoiled, Superseded, Unreadable, Work, lane_of, record_id
from spn.messaging.policies import AnsweredCommand, Policies
from spn.messaging.steps import COMMAND_HANDLER, Step, is_last_part, marks_of
from spn.messaging.tally import Tally


class PolicyError(Exception):
    """A policy that does not keep its side: a bug, never the fault of a message."""


class Batch:
    """The states of a transaction and what its messages do to them, one after the other."""

    def __init__(self, policies: Policies, effects: Effects, *, strict: bool = False) -> None:
        self.policies = policies
        self.effects = effects
        self.tally = Tally()
        self.loaded: dict[str, Mapping[str, Any]] = {}
        self.states: dict[str, dict[str, Any]] = {}
        self.closed_lanes: set[tuple[str, str]] = set()
        self.strict = strict

    def adopt(self, aggregate: str, states: Mapping[str, Any]) -> None:
        """Take the states as loaded."""
        self.loaded[aggregate] = states
        self.states[aggregate] = dict(states)

    def changes(self, aggregate: str) -> list[tuple[Any, Any]]:
        """Each state of this aggregate that differs, before and after."""
        after = self.states[aggregate]
        return [(old, after[root]) for root, old in self.loaded[aggregate].items() if after[root] is not old]

    def run(self, item: Item, steps: list[Step], fresh: set[tuple[UUID, str]]) -> None:
        """Decide on one item. ``fresh`` are the marks this transaction claimed; each is used up by its first user."""
        self.tally.messages += is_last_part(item)
        if isinstance(item, Work | Unreadable):
            self.tally.belongs_to(item.message.envelope.correlation_id)
        if isinstance(item, Work):
            for step in steps:
                self._run_once(step, fresh)
        elif isinstance(item, Unreadable):
            self._refuse(item, fresh)
        elif isinstance(item, Spoiled):
            self._bury(Letter(ANY_HANDLER, item.record, item.error, item.message_id, item.type))
        elif isinstance(item, Misrouted):
            self.tally.misrouted += 1
            self.effects.rows.append(forward(item.record))
        elif isinstance(item, Superseded):
            self._pass_over(item, fresh)
        else:
            self.tally.skipped += 1

    def _pass_over(self, item: Superseded, fresh: set[tuple[UUID, str]]) -> None:
        for mark in marks_of(item, ()):
            if mark in fresh:
                fresh.discard(mark)
                self.tally.superseded += 1
            else:
                self.tally.duplicates += 1

    def _run_once(self, step: Step, fresh: set[tuple[UUID, str]]) -> None:
        if step.mark not in fresh:
            self.tally.duplicates += 1
            return
        fresh.discard(step.mark)
        self.decide(step)

    def decide(self, step: Step) -> None:
        """Take one decision; what it raises becomes a dead letter, or is raised when ``strict``."""
        lane = lane_of(step.message)
        record = step.message.record
        if lane is not None and record is not None and (record.topic, lane) in self.closed_lanes and not self.strict:
            self.tally.parked += 1
            self.effects.letters.append(_letter(step, "waits behind a dead letter of its lane", lane, parked=True))
            return
        try:
            self._apply(step)
        except Exception as error:
            if self.strict:
                raise
            self._bury(_letter(step, describe(error), lane))
            if lane is not None and record is not None:
                self.closed_lanes.add((record.topic, lane))

    def _apply(self, step: Step) -> None:
        if step.broken:
            raise step.broken
        message, states = step.message, self.states[step.policy.root.name]
        envelope, at = message.envelope, _moment(message)
        try:
            decisions = {root: step.policy.decide(states[root], message.data, at) for root in step.roots}
        except Refused as refused:
            if not step.is_command:
                raise
            self._tell_answer(message, refused.answer, ())
            return
        facts = [f for d in decisions.values() for f in d.facts]
        outgoing = [o for fact in facts for o in self.policies.tell(fact)]
        events = self.effects.tell(outgoing, envelope, message.moment)
        if step.is_command:
            self._tell_answer(message, _only_answer(step, decisions), events)
        else:
            self.effects.events += events
        self.effects.set_deadlines([x for d in decisions.values() for x in d.deadlines])
        states.update({root: d.state for root, d in decisions.items()})

    def _tell_answer(self, message: Message, answer: Answer, events: Iterable[Any]) -> None:
        """Tell the events of a command and then its answer, so that who reads the answer finds the events before it."""
        if self.policies.answer is None:
            raise PolicyError(f"{message.type} is a command, but the service tells no answers")
        said = self.policies.answer(AnsweredCommand(str(message.id), message.type, message.key, answer))
        told = self.effects.tell([said], message.envelope, message.moment)
        self.effects.events += [*events, *told]
        self.effects.answer(message.id, said.versions[0][1])
        self.tally.refused += answer.outcome == "refused"

    def _refuse(self, item: Unreadable, fresh: set[tuple[UUID, str]]) -> None:
        mark = (item.message.id, COMMAND_HANDLER)
        if mark not in fresh:
            self.tally.duplicates += 1
            return
        fresh.discard(mark)
        self._tell_answer(item.message, item.answer, ())

    def _bury(self, letter: Letter) -> None:
        if self.strict:
            raise ContractError(letter.error)
        self.tally.dead_letters += 1
        self.tally.errors.append(f"{letter.handler}: {letter.error.split(':', 1)[0][:100]}")
        self.effects.letters.append(letter)


def _moment(message: Message) -> Moment:
    envelope, record = message.envelope, message.record
    return Moment(
        now=message.moment,
        message_id=message.id,
        sequence=envelope.sequence,
        subject=envelope.subject,
        told_at=envelope.time,
        correlation_id=envelope.correlation_id,
        traceparent=envelope.traceparent,
        partition=record.partition if record else None,
        offset=record.offset if record else None,
    )


def bury(item: Item, error: BaseException) -> Letter:
    """The dead letter of an item that stood alone in its transaction and still could not be saved."""
    if isinstance(item, Work):
        return _letter(Step(item.message, item.policies[0]), describe(error), lane_of(item.message))
    if isinstance(item, Unreadable):
        return _letter_of(item.message, COMMAND_HANDLER, describe(error))
    return Letter(ANY_HANDLER, item.record, describe(error), record_id(item.record))


def describe(error: BaseException) -> str:
    """An error for the letter. The part before the first colon names its kind and holds nothing of the message."""
    return f"{type(error).__name__}: {error}"


def _only_answer(step: Step, decisions: Mapping[str, Decision[Any]]) -> Answer:
    answers = [d.answer for d in decisions.values() if d.answer]
    if len(answers) != 1:
        raise PolicyError(f"{step.policy.name} gave {len(answers)} answers to one command")
    return answers[0]


def _letter(step: Step, error: str, lane: str | None, *, parked: bool = False) -> Letter:
    return _letter_of(step.message, step.policy.name, error, lane, parked=parked)


def _letter_of(message: Message, handler: str, error: str, lane: str | None = None, *, parked: bool = False) -> Letter:
    record = message.record or record_of_due(message)
    return Letter(handler, record, error, message.id, message.type, lane, parked)


def record_of_due(message: Message) -> Record:
    """The record of a deadline, which never was on a topic: its letter must tell what it was."""
    value = message.data.model_dump_json().encode()
    offset = message.id.int % 2**62
    return Record(DEADLINES, NO_PARTITION, offset, message.moment, message.key.encode(), value, ())
