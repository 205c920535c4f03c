"""What notifications tells: which message was sent, and which will not be. Ids only; kept on the topic for ever."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from pydantic import Field

from notifications.domain import MessageFailed, MessageSent, message_id
from spn.messaging.contract import Data, EventType, Outgoing

OWNER: Final = "notifications"
TOPIC: Final = "spn.notifications.events"


class MessageTold(Data):
    """One message to one person."""

    person_id: UUID = Field(description="To whom")
    message_id: UUID = Field(description="Made from person, purpose, about and version: the same message, the same id")
    purpose: str = Field(description="What kind of message, for example accepted, invoice or session-moved")
    about: str = Field(description="The subject: an enrolment, a session, the number of a document, or the own address")
    version: int = Field(description="Grows: of two messages in a row about one subject the later has the higher one")
    uid: str | None = Field(description="UID of the calendar entry the message carries")
    sequence: int | None = Field(description="SEQUENCE of the calendar entry")
    says: str | None = Field(
        default=None, description="Fingerprint of the calendar entry; empty when the message takes the entry away"
    )


_PERSON = UUID("7f0a0d52-6a5c-4a0e-9a4b-0c2a5f6b1d11")
_ENROLMENT = "5b1f7a52-9d9e-4a5e-8a2e-5f5b8c1d2e3f"
_SESSION = "ln-2026-changing-1"


def _example(
    purpose: str, about: str, version: int, *, sequence: int | None = None, says: str | None = None
) -> MessageTold:
    return MessageTold(
        person_id=_PERSON,
        message_id=message_id(_PERSON, purpose, about, version),
        purpose=purpose,
        about=about,
        version=version,
        uid=f"{about}@sessions.spn" if sequence else None,
        sequence=sequence,
        says=says,
    )


MESSAGE_SENT = EventType(
    name="notifications.message-sent.v1",
    topic=TOPIC,
    data=MessageTold,
    key="person_id",
    subject="message_id",
    summary="The mail server took this message; it will not be sent again.",
    examples=(
        _example("accepted", _ENROLMENT, 41),
        _example("session-invited", _SESSION, 12, sequence=12, says="9c1185a5c5e9fc54"),
        _example("session-withdrawn", _SESSION, 14, sequence=14, says=""),
    ),
)
MESSAGE_FAILED = EventType(
    name="notifications.message-failed.v1",
    topic=TOPIC,
    data=MessageTold,
    key="person_id",
    subject="message_id",
    summary="This message will not be sent: it was refused for good, or for three days for now.",
    examples=(_example("invoice", "2026-0042", 1),),
)
EVENTS: tuple[EventType[MessageTold], ...] = (MESSAGE_SENT, MESSAGE_FAILED)


def tell(fact: object) -> Iterable[Outgoing]:
    """The event that tells this fact."""
    if isinstance(fact, MessageSent):
        yield MESSAGE_SENT(_data(fact))
    elif isinstance(fact, MessageFailed):
        yield MESSAGE_FAILED(_data(fact))
    else:
        raise TypeError(f"no event tells the fact {type(fact).__name__}")


def _data(fact: MessageSent | MessageFailed) -> MessageTold:
    message = fact.message
    return MessageTold(
        person_id=message.person_id,
        message_id=message.message_id,
        purpose=message.purpose,
        about=message.about,
        version=message.version,
        uid=message.entry.uid if message.entry else None,
        sequence=message.entry.sequence if message.entry else None,
        says=message.entry.says if message.entry else None,
    )
