"""A person and what that person is told.

A thread is everything one person is told about one subject: an enrolment, a session, an invoice. It keeps what the
newest state of the subject wants to be told beside what was told; the difference is what is to be sent (telling.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID, uuid5

from spn.decision import Moment

GIST_LENGTH = 16

MESSAGE_NAMESPACE = UUID("0f6f5c0e-7f0b-5c55-8f57-2f2f7d0f3a11")

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

    @property
    def gist(self) -> str:
        """What it says of a calendar entry, as a fingerprint: version and SEQUENCE have no part in it."""
        return _gist(self.purpose, tuple(self.details.items()), self.edition_id)


@dataclass(frozen=True, slots=True)
class Message:
    """One mail to one person; of two in a thread the one with the higher version is the later.

    ``unwanted``: superseded while it was with the mail server.
    """

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

    def again(self) -> Wish:
        """The wish that this message fulfils: if it cannot be sent now, it is to be sent later."""
        return Wish(self.purpose, self.version, self.details, self.entry, self.document, self.edition_id)


@dataclass(frozen=True, slots=True)
class Thread:
    """What one person is told about one subject.

    ``sequence``: of the subject's newest state that was looked at; ``wanted``: what that state wants to be told;
    ``old``: it was too old for mails when it was heard.
    """

    about: str
    sequence: int = 0
    wanted: Wish | None = None
    old: bool = False
    messages: tuple[Message, ...] = ()

    @property
    def told(self) -> tuple[Message, ...]:
        """What is no longer to be decided: sent, or tried, or left for its age. The last one is the newest."""
        return tuple(m for m in self.messages if m.state != "waiting")

    def message(self, key: tuple[str, int]) -> Message | None:
        """The message that fulfils this wish, if there is one."""
        return next((m for m in self.messages if m.key == key), None)

    def put(self, message: Message) -> Thread:
        """With this message, in the place of the one with its key."""
        others = (m for m in self.messages if m.key != message.key)
        return self.with_messages((*others, message))

    def with_messages(self, messages: Iterable[Message]) -> Thread:
        """With these messages instead, in their order."""
        ordered = tuple(sorted(messages, key=lambda m: (m.version, m.purpose)))
        return Thread(self.about, self.sequence, self.wanted, self.old, ordered)


@dataclass(frozen=True, slots=True)
class Contact:
    """A person. Name, e-mail and language are unknown until the person's own event has come.

    ``email_before``: where mails went before the address changed, until that is told there.
    """

    person_id: UUID
    sequence: int = 0
    name: str | None = None
    email: str | None = None
    language: str | None = None
    email_before: str | None = None
    threads: Mapping[str, Thread] = field(default_factory=dict)

    def thread(self, about: str) -> Thread:
        """The thread about this subject, empty if nothing was ever told."""
        return self.threads.get(about) or Thread(about)

    def about(self, about: str) -> Contact:
        """With the thread about this subject, if there is one, and no other."""
        threads = {about: self.threads[about]} if about in self.threads else {}
        return self._with(threads)

    def put(self, thread: Thread) -> Contact:
        """With this thread in the place of the former one."""
        if self.threads.get(thread.about) == thread:
            return self
        return self._with({**self.threads, thread.about: thread})

    def _with(self, threads: Mapping[str, Thread]) -> Contact:
        return Contact(self.person_id, self.sequence, self.name, self.email, self.language, self.email_before, threads)


@lru_cache(maxsize=4_096)  # a session says the same to everybody who is in it
def _gist(purpose: str, details: tuple[tuple[str, Any], ...], edition_id: str | None) -> str:
    said = json.dumps([purpose, dict(details), edition_id], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:GIST_LENGTH]


def message_id(person_id: UUID, purpose: str, about: str, version: int) -> UUID:
    """The one id that a message with this key can have: found again after the database was emptied."""
    return uuid5(MESSAGE_NAMESPACE, f"{person_id}\n{purpose}\n{about}\n{version}")


def cause_of(at: Moment) -> Cause:
    """What is remembered of the event at hand."""
    return Cause(at.message_id, at.correlation_id or str(at.message_id), at.traceparent)
