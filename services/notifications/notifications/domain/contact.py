"""A person and what that person is told.

A thread is everything one person is told about one subject: an enrolment, a session, an invoice. What the newest state
of the subject asks to be told is a list of wishes; ``settled`` makes the thread what the wishes say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID, uuid5

from spn.decision import Moment

MESSAGE_NAMESPACE = UUID("0f6f5c0e-7f0b-5c55-8f57-2f2f7d0f3a11")
AGE_MAX = timedelta(days=7)

State = Literal["waiting", "sending", "sent", "failed", "unknown", "outdated"]
"""``waiting``: to be sent. ``sending``: with the mail server now. ``unknown``: the line broke while the server had the
mail, nobody knows whether it was taken. ``outdated``: about a fact so old that no mail is sent. A message that a newer
state contradicts before it was sent is superseded: it is no longer part of its thread."""

Details = Mapping[str, Any]
"""What a mail says, as JSON values; nothing that names a person."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The calendar entry that a message carries. ``says``: a fingerprint of it, empty when it is taken away."""

    uid: str
    sequence: int
    says: str

    @property
    def cancels(self) -> bool:
        return not self.says


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that led to a message, so that what is told of it later belongs to the same story."""

    message_id: UUID
    correlation_id: str
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What should be told once: the key of a message within its thread, and what it says and needs."""

    purpose: str
    version: int
    details: Details = field(default_factory=dict)
    entry: Entry | None = None
    document: str | None = None
    edition_id: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One mail to one person. ``unwanted``: superseded while it was with the mail server."""

    id: UUID
    purpose: str
    about: str
    version: int
    state: State = "waiting"
    details: Details = field(default_factory=dict)
    entry: Entry | None = None
    document: str | None = None
    edition_id: str | None = None
    unwanted: bool = False
    cause: Cause | None = field(default=None, compare=False)

    @property
    def key(self) -> tuple[str, int]:
        """Which wish of its thread it fulfils."""
        return self.purpose, self.version

    @property
    def may_have_arrived(self) -> bool:
        return self.state in ("sending", "sent", "unknown")


@dataclass(frozen=True, slots=True)
class Thread:
    """What one person is told about one subject, and the newest state of the subject that was looked at."""

    about: str
    sequence: int = 0
    messages: tuple[Message, ...] = ()

    def message(self, key: tuple[str, int]) -> Message | None:
        """The message that fulfils this wish, if there is one."""
        return next((m for m in self.messages if m.key == key), None)

    def put(self, message: Message) -> Thread:
        """With this message, in the place of the one with its key."""
        others = tuple(m for m in self.messages if m.key != message.key)
        return replace(self, messages=_in_order((*others, message)))


@dataclass(frozen=True, slots=True)
class Contact:
    """A person. Name, e-mail and language are unknown until the person's own event has come."""

    person_id: UUID
    sequence: int = 0
    name: str | None = None
    email: str | None = None
    language: str | None = None
    threads: Mapping[str, Thread] = field(default_factory=dict)

    def thread(self, about: str) -> Thread:
        """The thread about this subject, empty if nothing was ever told."""
        return self.threads.get(about) or Thread(about)

    def put(self, thread: Thread) -> Contact:
        """With this thread in the place of the former one."""
        if self.threads.get(thread.about) == thread:
            return self
        return replace(self, threads={**self.threads, thread.about: thread})


def message_id(person_id: UUID, purpose: str, about: str, version: int) -> UUID:
    """The one id that a message with this key can have: found again after the database was emptied."""
    return uuid5(MESSAGE_NAMESPACE, f"{person_id}\n{purpose}\n{about}\n{version}")


def settled(contact: Contact, thread: Thread, wishes: Sequence[Wish], at: Moment, age_max: timedelta) -> Contact:
    """Make the thread what the wishes say.

    A wish that no message fulfils becomes one; a message still waiting that no wish asks for is superseded; one that
    still waits says what the newest wish says. What was sent stays. So any order of events ends in the same thread.
    """
    by_key = {(w.purpose, w.version): w for w in wishes}
    kept = [_kept(m, by_key.get(m.key), at) for m in thread.messages if m.state != "waiting" or m.key in by_key]
    known = {m.key for m in kept}
    state: State = "outdated" if is_old(at, age_max) else "waiting"
    added = [_message(contact.person_id, thread.about, w, state, at) for key, w in by_key.items() if key not in known]
    return contact.put(replace(thread, messages=_in_order([*kept, *added])))


def is_old(at: Moment, age_max: timedelta) -> bool:
    """Whether a fact is too old to be told by mail: it still builds state."""
    return at.told_at is not None and at.now - at.told_at > age_max


def cause_of(at: Moment) -> Cause:
    """What is remembered of the event at hand."""
    return Cause(at.message_id, str(at.message_id))


def _kept(message: Message, wish: Wish | None, at: Moment) -> Message:
    if message.state == "sending":
        return replace(message, unwanted=wish is None)
    if message.state != "waiting" or wish is None:
        return message
    fresh = replace(message, details=wish.details, entry=wish.entry, document=wish.document, edition_id=wish.edition_id)
    return message if fresh == message else replace(fresh, cause=cause_of(at))


def _message(person_id: UUID, about: str, wish: Wish, state: State, at: Moment) -> Message:
    return Message(
        id=message_id(person_id, wish.purpose, about, wish.version),
        purpose=wish.purpose,
        about=about,
        version=wish.version,
        state=state,
        details=wish.details,
        entry=wish.entry,
        document=wish.document,
        edition_id=wish.edition_id,
        cause=cause_of(at),
    )


def _in_order(messages: Iterable[Message]) -> tuple[Message, ...]:
    return tuple(sorted(messages, key=lambda m: (m.entry.sequence if m.entry else 0, m.purpose, m.version)))
