"""Calendar entries: one stable UID per session, updated in place, taken away from whoever no longer attends.

RFC 5545 and 5546. The SEQUENCE is the session's own: it rises with each change of the session and with each place given
or withdrawn. So for most people a new SEQUENCE means nothing: they get a mail only when what their calendar should say
differs from what they were told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from notifications.domain.contact import Contact, Entry, Wish
from notifications.domain.telling import AGE_MAX, CANCELLED, INVITED, WITHDRAWN, newest
from spn.decision import Decision, Moment, unchanged

if TYPE_CHECKING:
    from notifications.events_in import Session

SAYS_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Audience:
    """A session, and those to whom its newest state says something new.

    ``heard``: the SEQUENCE of that state. ``contacts``: each with the thread about this session and no other.
    """

    session_id: str
    heard: int
    contacts: Mapping[UUID, Contact] = field(default_factory=dict)


def settle_session(
    audience: Audience, session: Session, at: Moment, *, age_max: timedelta = AGE_MAX
) -> Decision[Audience]:
    """Make the calendar of each person say of the session what its newest state says.

    Promises nothing about order: a state older than the newest that was heard changes nothing.
    """
    if session.sequence < audience.heard:
        return unchanged(audience)
    places = {person: session.places.get(str(person)) for person in audience.contacts}
    wishes = {place: wanted_of(session, place) for place in set(places.values())}
    told = {
        person: _told(contact, session.session_id, wishes[places[person]], at, age_max)
        for person, contact in audience.contacts.items()
    }
    return Decision(replace(audience, contacts=told))


def _told(contact: Contact, session_id: str, wanted: Wish, at: Moment, age_max: timedelta) -> Contact:
    if at.sequence <= contact.thread(session_id).sequence:
        return contact
    return newest(contact, session_id, wanted, at, age_max)


def wanted_of(session: Session, place: str | None) -> Wish:
    """What somebody with such a place is to be told of the session."""
    if place != "confirmed":
        return _wish(WITHDRAWN, session)
    return _wish(INVITED if session.status == "planned" else CANCELLED, session)


def calendar_uid(session_id: str) -> str:
    """The UID of the session's entry in every calendar, for ever: it must not depend on any setting."""
    return f"{session_id}@sessions.spn"


class _Shown(NamedTuple):
    """What a calendar entry shows."""

    title_nl: str
    title_en: str
    theme_id: str | None
    starts_at: str
    ends_at: str
    venue: str


def _wish(purpose: str, session: Session) -> Wish:
    shown = _Shown(
        title_nl=session.title_nl,
        title_en=session.title_en,
        theme_id=session.theme_id,
        starts_at=session.starts_at.astimezone(UTC).isoformat(),
        ends_at=session.ends_at.astimezone(UTC).isoformat(),
        venue=session.venue,
    )
    entry = Entry(calendar_uid(session.session_id), session.sequence, _fingerprint(shown) if purpose == INVITED else "")
    return Wish(purpose, session.sequence, shown._asdict(), entry=entry, edition_id=session.edition_id)


@lru_cache(maxsize=1_024)  # an event says the same to everybody in its session
def _fingerprint(shown: _Shown) -> str:
    said = json.dumps(shown._asdict(), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(said.encode()).hexdigest()[:SAYS_LENGTH]
