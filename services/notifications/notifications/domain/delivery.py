"""What follows from the mail server's answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from uuid import UUID

from notifications.domain.contact import Entry

RETRY_FIRST = timedelta(seconds=30)
RETRY_MAX = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The server took the mail."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not taken, for now: a 4xx reply, or the line broke before the server could have taken it."""

    code: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Never to be taken: a 5xx reply about this mail or its recipient, or a mail that cannot be written."""

    code: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The line broke after the mail was given and before the reply came: it may or may not have been taken."""


Outcome: TypeAlias = Delivered | Deferred | Refused | Lost


@dataclass(frozen=True, slots=True)
class Addressed:
    """Which message to whom, as it is told: ids only."""

    person_id: UUID
    message_id: UUID
    purpose: str
    about: str
    version: int
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class MessageSent:
    """The mail server took the message."""

    message: Addressed


@dataclass(frozen=True, slots=True)
class MessageFailed:
    """The message will not be sent: the server refused it for good, or for three days for now."""

    message: Addressed


@dataclass(frozen=True, slots=True)
class Attempt:
    """A message that was with the mail server, and how often it has been there. Real time, not business time."""

    message: Addressed
    attempts: int
    first_tried_at: datetime
    unwanted: bool


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The state after an attempt. ``code`` is the server's reply code, never its text, which may hold an address."""

    state: Literal["waiting", "sent", "failed", "unknown", "superseded"]
    code: str | None = None
    next_try_at: datetime | None = None
    fact: MessageSent | MessageFailed | None = None


def concluded(attempt: Attempt, outcome: Outcome, now: datetime) -> Conclusion:
    """What becomes of the message. What is not known is told to nobody and not tried again by itself."""
    if isinstance(outcome, Delivered):
        return Conclusion("sent", fact=MessageSent(attempt.message))
    if isinstance(outcome, Lost):
        return Conclusion("unknown")
    if isinstance(outcome, Deferred):
        if attempt.unwanted:
            return Conclusion("superseded", outcome.code)
        if now - attempt.first_tried_at < GIVE_UP_AFTER:
            return Conclusion("waiting", outcome.code, now + pause(attempt.message.message_id, attempt.attempts))
    return Conclusion("failed", outcome.code, fact=MessageFailed(attempt.message))


def pause(message_id: UUID, attempts: int) -> timedelta:
    """Doubling from half a minute to an hour, between half and all of it, so that many do not come back at once.

    The share comes from the message itself: the same message waits the same time, two messages do not.
    """
    whole = min(RETRY_FIRST * (1 << min(attempts - 1, 20)), RETRY_MAX)
    draw = hashlib.sha256(f"{message_id}\n{attempts}".encode()).digest()
    return whole * (0.5 + 0.5 * int.from_bytes(draw[:4], "big") / 2**32)
