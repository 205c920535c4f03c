"""From a record to what has to be done with it. Never raises: whatever is wrong becomes an item of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from spn.clock import Clock
from spn.decision import Answer
from spn.messaging import ids
from spn.messaging.contract import Command
from spn.messaging.dead_letters import clean
from spn.messaging.envelope import ContractError, Envelope, Message, Record, read_envelope, read_key
from spn.messaging.partitions import partition_of
from spn.messaging.policies import Policies, Policy

M = TypeVar("M", bound=BaseModel)

RECORD_NAMESPACE = UUID("b7a0c1b4-3a3f-5b35-8f5a-97c0f4f6a0d2")
RECORD_BYTES_MAX = 1_000_000
"""Key, value and headers together: what the relay could still put on another partition."""
PROBLEMS_MAX = 5
LANE_CHARACTERS_MAX = 200


@dataclass(frozen=True, slots=True)
class Work:
    """A message and the policies that decide on it.

    ``final`` is false for a part of a message whose other policies are still to come: only with the last of them the
    record counts as handled.
    """

    message: Message
    policies: Sequence[Policy]
    final: bool = True


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A record that cannot be read: it becomes a dead letter."""

    record: Record
    error: str
    message_id: UUID | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """An event that no policy reads. Counted, nothing else."""

    record: Record


@dataclass(frozen=True, slots=True)
class Superseded:
    """An event between an older and a newer one of its subject in a batch. Its handlers have seen it; no more."""

    record: Record
    message_id: UUID
    policies: Sequence[Policy]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A command whose envelope is known but whose content is not acceptable: it is answered as refused."""

    message: Message
    answer: Answer


@dataclass(frozen=True, slots=True)
class Misrouted:
    """A command on a partition where its key does not belong: it goes to the right one."""

    record: Record


Item: TypeAlias = Work | Spoiled | Skipped | Superseded | Unreadable | Misrouted
Opened: TypeAlias = "tuple[Envelope, str] | Spoiled"
"""The envelope of a record and its key; or that they cannot be read."""
Subject: TypeAlias = tuple[str, str, str]
"""Topic, key and subject: what a state is about."""


@dataclass(slots=True)
class Span:
    """Of the events of a batch about one subject: the least number, and the highest of those that were read."""

    oldest: int
    newest: int = 0

    def holds(self, number: int) -> bool:
        """Whether there is an older and a newer one."""
        return self.oldest < number < self.newest


UNKNOWN_TYPE = (
    "unknown-type",
    "Dit soort opdracht is hier niet bekend; kijk in de lijst van opdrachten van deze dienst.",
    "This type of command is not known here; see the list of commands of this service.",
)
NO_JSON = ("not-json", "De opdracht is geen geldige JSON: {}.", "The command is not valid JSON: {}.")
INVALID = ("invalid", "De opdracht klopt niet: {}.", "The command is not valid: {}.")
WRONG_KEY = (
    "wrong-key",
    "De sleutel van het bericht is niet de waarde van het veld {}.",
    "The key of the record is not the value of the field {}.",
)


class Parser:
    """Reads the records of one service."""

    def __init__(self, policies: Policies, clock: Clock, partitions: Callable[[str], int | None]) -> None:
        self._policies = policies
        self._clock = clock
        self._partitions = partitions
        self._commands = {t: policies.command_types(t) for t in policies.topics if policies.is_command_topic(t)}

    def parse(self, record: Record, *, in_place: bool = False) -> Item:
        """What has to be done with this record; ``in_place``: on whichever partition it is."""
        return self._item(record, _opened(record), self._clock.now(), {}, in_place=in_place)

    def parse_batch(self, records: Sequence[Record]) -> list[Item]:
        """What has to be done with each of these, in their order.

        The last is read first: only what can be read supersedes what came before it.
        """
        now, opened = self._clock.now(), [_opened(record) for record in records]
        spans = self._spans(records, opened)
        pairs = zip(reversed(records), reversed(opened), strict=True)
        items = [self._item(record, one, now, spans) for record, one in pairs]
        items.reverse()
        return items

    def _spans(self, records: Sequence[Record], opened: Sequence[Opened]) -> dict[Subject, Span]:
        """By subject, of the events that may be superseded."""
        spans: dict[Subject, Span] = {}
        for record, one in zip(records, opened, strict=True):
            if isinstance(one, Spoiled):
                continue
            envelope, key = one
            if not envelope.sequence or not self._policies.may_supersede(record.topic, envelope.type):
                continue
            span = spans.setdefault((record.topic, key, envelope.subject), Span(envelope.sequence))
            span.oldest = min(span.oldest, envelope.sequence)
        return spans

    def _item(
        self, record: Record, opened: Opened, now: datetime, spans: Mapping[Subject, Span], *, in_place: bool = False
    ) -> Item:
        if isinstance(opened, Spoiled):
            return opened
        envelope, key = opened
        try:
            if record.topic in self._commands:
                return self._command(record, envelope, key, in_place=in_place)
            return self._event(record, envelope, key, now, spans.get((record.topic, key, envelope.subject)))
        except Exception as error:  # noqa: BLE001 - a bug in a model must not stop what comes after it
            return Spoiled(record, f"{type(error).__name__}: {error}", envelope.id, envelope.type)

    def _event(self, record: Record, envelope: Envelope, key: str, now: datetime, span: Span | None) -> Item:
        policies = self._policies.of(record.topic, envelope.type)
        if not policies:
            return Skipped(record)
        if span and span.holds(envelope.sequence) and self._policies.may_supersede(record.topic, envelope.type):
            return Superseded(record, envelope.id, policies)
        try:
            _check_size(record)
            data = _read(policies[0].model, record, key)
        except ContractError as error:
            return Spoiled(record, str(error), envelope.id, envelope.type)
        if span:
            span.newest = max(span.newest, envelope.sequence)
        return Work(Message(envelope, key, data, record, now), policies)

    def _command(self, record: Record, envelope: Envelope, key: str, *, in_place: bool) -> Item:
        bare = Message(envelope, key, None, record, self._clock.at(record.timestamp))
        try:
            _check_size(record)
        except ContractError as error:
            return Unreadable(bare, _refusal(INVALID, str(error)))
        count = None if in_place else self._partitions(record.topic)
        if count and record.key and partition_of(record.key, count) != record.partition:
            return Misrouted(record)
        model = self._commands[record.topic].get(envelope.type)
        if model is None:
            return Unreadable(bare, Answer("refused", *UNKNOWN_TYPE))
        command = _read_command(model, record, key)
        if isinstance(command, Answer):
            return Unreadable(bare, command)
        return Work(replace(bare, data=command), self._policies.of(record.topic, envelope.type))


def _opened(record: Record) -> Opened:
    try:
        return read_envelope(record), read_key(record)
    except ContractError as error:
        return Spoiled(record, str(error))


def lane_of(message: Message) -> str | None:
    """The lane of a command, as text that a column can hold; None for an event."""
    return clean(message.data.lane, LANE_CHARACTERS_MAX) if isinstance(message.data, Command) else None


def record_id(record: Record) -> UUID:
    """An id for a record that has none of its own: the same at every redelivery."""
    return ids.named(RECORD_NAMESPACE, f"{record.topic}\n{record.partition}\n{record.offset}")


def problems(error: ValidationError) -> str:
    """Where and what is wrong, without the values: they may be personal data."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    said = [f"{'.'.join(str(p) for p in e['loc']) or 'data'}: {e['msg']}" for e in found[:PROBLEMS_MAX]]
    more = f" (+{len(found) - PROBLEMS_MAX})" if len(found) > PROBLEMS_MAX else ""
    return "; ".join(said) + more


def _check_size(record: Record) -> None:
    size = len(record.key or b"") + len(record.value or b"")
    for name, value in record.headers:
        size += len(name) + len(value or b"")
    if size > RECORD_BYTES_MAX:
        raise ContractError(f"the record is {size} bytes, the limit is {RECORD_BYTES_MAX}")


def _read_command(model: type[Command], record: Record, key: str) -> Command | Answer:
    """The command, or why it is refused."""
    try:
        command = _from_json(model, record)
    except ContractError as error:
        return _refusal(NO_JSON, str(error))
    except ValidationError as error:
        return _refusal(INVALID, problems(error))
    return command if str(getattr(command, model.key)) == key else _refusal(WRONG_KEY, model.key)


def _refusal(text: tuple[str, str, str], what: str) -> Answer:
    code, nl, en = text
    return Answer("refused", code, nl.format(what), en.format(what))


def _read(model: type[BaseModel], record: Record, key: str) -> BaseModel:
    if getattr(model, "raw", False):
        if record.value is None:
            raise ContractError("the record has no value")
        return model.model_validate({"content": record.value, "sha256": key})
    try:
        return _from_json(model, record)
    except ValidationError as error:
        raise ContractError(f"the data is not valid: {problems(error)}") from None


def _from_json(model: type[M], record: Record) -> M:
    """The JSON data of a record as this model.

    :raises ContractError: there is none, or it is no JSON text (RFC 8259; no NaN, and no half of a surrogate pair).
    :raises ValidationError: it is JSON, but not what the model asks for.
    """
    if record.value is None:
        raise ContractError("the record has no value")
    try:
        data = from_json(record.value, allow_inf_nan=False)
    except ValueError as error:
        raise ContractError(f"the value is not JSON: {str(error)[:120]}") from None
    return model.model_validate(data)
