"""Calendar entries: one stable UID per session, updated in place, taken away from whoever no longer attends.

RFC 5545 and 5546. The SEQUENCE is the session's own: it rises with each change of the session and with each place given
or withdrawn. So for most people a new SEQUENCE means nothing: they get a mail only when what their calendar should say
differs from what they were told.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from notifications.domain.contact import Contact, Entry, Wish
from notifications.domain.telling import AGE_MAX, CANCELLED, INVITED, WITHDRAWN, newest
from spn.decision import Decision, Moment, unchanged

if TYPE_CHECKING:
    from notifications.events_in import Session

SAYS_LENGTH = 16


def settle_session(
    contact: Contact, session: Session, at: Moment, *, age_max: timedelta = AGE_MAX
) -> Decision[Contact]:
    """Make this person's calendar say of the session what its newest state says.

    Promises nothing about order: an older state than the one known changes nothing.
    """
    if at.sequence <= contact.thread(session.session_id).sequence:
        return unchanged(contact)
    place = next((a.status for a in session.attendees if a.person_id == contact.person_id), None)
    if place == "confirmed":
        wanted = _wish(INVITED if session.status == "planned" else CANCELLED, session)
    else:
        wanted = _wish(WITHDRAWN, session)
    return Decision(newest(contact, session.session_id, wanted, at, age_max))


def calendar_uid(session_id: str) -> str:
    """The UID of the session's entry in every calendar, for ever: it must not depend on any setting."""
    return f"{session_id}@sessions.spn"


def _wish(purpose: str, session: Session) -> Wish:
    details = _details(session)
    says = _fingerprint(details) if purpose == INVITED else ""
    entry = Entry(calendar_uid(session.session_id), session.sequence, says)
    return Wish(purpose, session.sequence, details, entry=entry, edition_id=session.edition_id)


def _details(session: Session) -> dict[str, Any]:
    return {
        "title_nl": session.title_nl,
        "title_en": session.title_en,
        "theme_id": session.theme_id,
        "starts_at": session.starts_at.astimezone(UTC).isoformat(),
        "ends_at": session.ends_at.astimezone(UTC).isoformat(),
        "venue": session.venue,
    }


def _fingerprint(details: dict[str, Any]) -> str:
    said = json.dumps(details, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(said.encode()).hexdigest()[:SAYS_LENGTH]
