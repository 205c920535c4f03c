"""What was sent, as our own topic tells it: after the database was emptied nothing is sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from notifications.domain.contact import Contact, Entry, Message, cause_of, message_id
from notifications.domain.telling import settled
from spn.decision import Decision, Moment, unchanged

if TYPE_CHECKING:
    from notifications.events_in import FailedMessage, SentMessage


def remember_sent(contact: Contact, sent: SentMessage, at: Moment) -> Decision[Contact]:
    """A message of which this was told is sent, whether it is known yet or not."""
    return _remember(contact, sent, "sent", at)


def remember_failed(contact: Contact, failed: FailedMessage, at: Moment) -> Decision[Contact]:
    """A message of which this was told has failed, unless it was sent after all."""
    return _remember(contact, failed, "failed", at)


def _remember(
    contact: Contact, told: SentMessage | FailedMessage, state: Literal["sent", "failed"], at: Moment
) -> Decision[Contact]:
    thread = contact.thread(told.about)
    known = thread.message((told.purpose, told.version))
    if known and known.state in (state, "sent"):
        return unchanged(contact)
    message = Message(
        id=message_id(contact.person_id, told.purpose, told.about, told.version),
        purpose=told.purpose,
        about=told.about,
        version=told.version,
        state=state,
        details=known.details if known else {},
        entry=_entry(told),
        cause=known.cause if known else cause_of(at),
    )
    return Decision(settled(contact, thread.put(message), at))


def _entry(told: SentMessage | FailedMessage) -> Entry | None:
    if told.uid is None or told.sequence is None:
        return None
    return Entry(told.uid, told.sequence, told.says or "")
