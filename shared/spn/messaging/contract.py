"""What a service tells and reads, as data: the source of schemas, examples, AsyncAPI and checks.

An event belongs to its producer: ``events_out.py`` holds one ``EventType`` per type. A reader declares the few fields
it needs as a ``Reading``; a service's own commands are strict ``Command`` models.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from spn.messaging.envelope import JSON_TYPE

M = TypeVar("M", bound=BaseModel)


class Data(BaseModel):
    """Base of the JSON data of an event that a service owns: closed, frozen, complete."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    content_type: ClassVar[str] = JSON_TYPE
    """Of its value on the topic; another one goes with raw bytes in a field ``content``."""


class Reading(BaseModel):
    """A tolerant view of another service's events: the fields needed, all others ignored.

    ``topic`` and ``types`` say which messages it reads. All types of a reading mean the same to the reader: it acts on
    the whole state they carry.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    topic: ClassVar[str]
    types: ClassVar[tuple[str, ...]]


class Command(BaseModel):
    """A request to a service, in its own words: an unknown field is refused, so that a slip of the pen is seen.

    ``key`` is the field whose value is the Kafka key; ``examples`` are complete and valid.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: ClassVar[str]
    types: ClassVar[tuple[str, ...]]
    key: ClassVar[str]
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = ()

    @property
    def lane(self) -> str:
        """Commands of one lane wait behind a dead letter of that lane; never a whole Kafka key."""
        return str(getattr(self, self.key))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One fact on its way to a topic, in each version that is told (newest first, same id and sequence)."""

    topic: str
    key: str
    subject: str
    versions: tuple[tuple[str, BaseModel], ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class EventType(Generic[M]):
    """One type of event: its name ``<owner>.<fact>.v<N>``, topic, data, and the fields that are key and subject.

    ``kept`` types carry a whole aggregate; the newest per subject is kept and told again by ``republish``.
    """

    name: str
    topic: str
    data: type[M]
    key: str
    subject: str
    summary: str
    examples: tuple[M, ...]
    kept: bool = True

    def __call__(self, data: M, *older: tuple[str, BaseModel]) -> Outgoing:
        """Tell ``data`` as this type, beside it each older version still told."""
        return Outgoing(
            topic=self.topic,
            key=str(getattr(data, self.key)),
            subject=str(getattr(data, self.subject)),
            versions=((self.name, data), *older),
            kept=self.kept,
        )


def by_name(types: Iterable[EventType[Any]]) -> dict[str, EventType[Any]]:
    """The event types by their name; two of one name are a mistake in the program."""
    found: dict[str, EventType[Any]] = {}
    for one in types:
        if one.name in found:
            raise ValueError(f"event type {one.name} is declared twice")
        found[one.name] = one
    return found
