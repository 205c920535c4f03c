"""Who is told what: the rules. Pure; the standard library only."""

from __future__ import annotations

from notifications.domain.contact import MESSAGE_NAMESPACE, Cause, Contact, Entry, Message, Thread, Wish, message_id
from notifications.domain.delivery import (
    Addressed,
    Attempt,
    Conclusion,
    Deferred,
    Delivered,
    Lost,
    MessageFailed,
    MessageSent,
    Outcome,
    Refused,
    concluded,
)
from notifications.domain.documents import announce_documents
from notifications.domain.enrolments import settle_enrolment
from notifications.domain.guests import settle_guest
from notifications.domain.links import about_link, send_link
from notifications.domain.memory import remember_failed, remember_sent
from notifications.domain.people import ADDRESS, know_person
from notifications.domain.references import (
    DOCUMENT_EXPIRED,
    Document,
    Edition,
    forget_document,
    keep_document,
    keep_edition,
)
from notifications.domain.sessions import Audience, calendar_uid, settle_session, wanted_of
from notifications.domain.telling import ADDRESS_CHANGED, AGE_MAX

__all__ = [
    "ADDRESS",
    "ADDRESS_CHANGED",
    "AGE_MAX",
    "DOCUMENT_EXPIRED",
    "MESSAGE_NAMESPACE",
    "Addressed",
    "Attempt",
    "Audience",
    "Cause",
    "Conclusion",
    "Contact",
    "Deferred",
    "Delivered",
    "Document",
    "Edition",
    "Entry",
    "Lost",
    "Message",
    "MessageFailed",
    "MessageSent",
    "Outcome",
    "Refused",
    "Thread",
    "Wish",
    "about_link",
    "announce_documents",
    "calendar_uid",
    "concluded",
    "forget_document",
    "keep_document",
    "keep_edition",
    "know_person",
    "message_id",
    "remember_failed",
    "remember_sent",
    "send_link",
    "settle_enrolment",
    "settle_guest",
    "settle_session",
    "wanted_of",
]
