"""Calendar entries: one stable UID per session, updated in place, taken away from whoever no longer attends.

RFC 5545 and 5546. The SEQUENCE is the session's own: it rises with each change of the session and with each place given
or withdrawn. So for most people a new SEQUENCE means nothing: they get a mail only when what their calendar should say
differs from what they were told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from notifications.domain.contact import AGE_MAX, Contact, Entry, Message, Thread, Wish, settled
from spn.decision import Decision, Moment, unchanged

if TYPE_CHECKING:
    from notifications.events_in import Session

INVITED = "session-invited"
MOVED = "session-moved"
WITHDRAWN = "session-withdrawn"
CANCELLED = "session-cancelled"
SAYS_LENGTH = 16


def settle_session(
    contact: Contact, session: Session, at: Moment, *, age_max: timedelta = AGE_MAX
) -> Decision[Contact]:
    """Make this person's calendar say of the session what its newest state says.

    Promises nothing about order: an older state than the one known changes nothing.
    """
    thread = contact.thread(session.session_id)
    if at.sequence <= thread.sequence:
        return unchanged(contact)
    wishes = tuple(_wishes(contact, thread, session))
    return Decision(settled(contact, replace(thread, sequence=at.sequence), wishes, at, age_max))


def calendar_uid(session_id: str) -> str:
    """The UID of the session's entry in every calendar, for ever: it must not depend on any setting."""
    return f"{session_id}@sessions.spn"


def _wishes(contact: Contact, thread: Thread, session: Session) -> Iterator[Wish]:
    told = [m for m in thread.messages if m.entry and m.state != "waiting"]
    last = told[-1] if told else None
    place = next((a.status for a in session.attendees if a.person_id == contact.person_id), None)
    says = _fingerprint(session) if place == "confirmed" and session.status == "planned" else ""
    if last and last.entry and last.entry.says == says:
        yield _again(last)  # told already: only if it cannot be sent now, it is to be sent later
    elif last and last.entry and session.sequence <= last.entry.sequence:
        return  # a calendar that was told of a later SEQUENCE would drop this one or, worse, obey it
    elif says:
        yield _wish(MOVED if _has_entry(told) else INVITED, session, says, last)
    elif _has_entry(told):
        yield _wish(CANCELLED if place == "confirmed" else WITHDRAWN, session, "", None)


def _has_entry(told: list[Message]) -> bool:
    """Whether the entry may be in the calendar: an invitation may have arrived since the last cancellation."""
    here = False
    for message in told:
        cancels = message.entry is not None and message.entry.cancels
        here = False if cancels else here or message.may_have_arrived
    return here


def _wish(purpose: str, session: Session, says: str, before: Message | None) -> Wish:
    entry = Entry(calendar_uid(session.session_id), session.sequence, says)
    details = _details(session)
    if purpose == MOVED and before and "starts_at" in before.details:
        details["before"] = {name: before.details[name] for name in ("starts_at", "ends_at", "venue")}
    return Wish(purpose, session.sequence, details, entry=entry, edition_id=session.edition_id)


def _again(told: Message) -> Wish:
    return Wish(told.purpose, told.version, told.details, told.entry, edition_id=told.edition_id)


def _details(session: Session) -> dict[str, Any]:
    return {
        "title_nl": session.title_nl,
        "title_en": session.title_en,
        "theme_id": session.theme_id,
        "starts_at": session.starts_at.astimezone(UTC).isoformat(),
        "ends_at": session.ends_at.astimezone(UTC).isoformat(),
        "venue": session.venue,
    }


def _fingerprint(session: Session) -> str:
    said = json.dumps(_details(session), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(said.encode()).hexdigest()[:SAYS_LENGTH]
