"""What is known of a person in connection with one enrolment, as data (GDPR, article 20)."""

from __future__ import annotations

from typing import Any

from enrolment.domain.sessions import Planned
from enrolment.domain.terms import Terms
from enrolment.needs import Need
from enrolment.pages.reading import OwnEnrolment, OwnGuest
from enrolment.reflections import Reflection


def own_data(own: OwnEnrolment) -> dict[str, Any]:
    """The person's own data. Whoever took the place over keeps theirs: a former participant sees nothing of it."""
    person = {"name": own.person.name, "email": own.person.email, "language": own.person.language}
    edition = {
        "id": own.edition.terms.edition_id,
        "title": own.edition.terms.title_nl,
        "starts_on": own.edition.terms.starts_on.isoformat(),
        "ends_on": own.edition.terms.ends_on.isoformat(),
    }
    written = [_reflection(one) for one in own.reflections.values()]
    enrolment = _enrolment(own) if own.is_participant else {"status": "taken-over"}
    return {"person": person, "edition": edition, "enrolment": enrolment, "learning_track": written}


def _enrolment(own: OwnEnrolment) -> dict[str, Any]:
    one = own.enrolment
    return {
        "id": str(one.enrolment_id),
        "status": one.status,
        "requested_at": one.requested_at.isoformat(),
        "position": own.position,
        "offer_expires_at": one.offer_expires_at.isoformat() if one.offer_expires_at else None,
        "library": own.library.legal_name,
        "price_cents": own.price_cents,
        "owed_cents": own.owed_cents,
        "currency": own.edition.terms.currency,
        "withdrawal_reason": one.withdrawal_reason,
        "motivation": one.motivation,
        "needs": [_need(need) for need in own.needs],
        "sessions": [_session(session, own.edition.terms) for session in own.sessions],
        "guests": [_guest(guest, own.edition.terms) for guest in own.guests],
    }


def _need(need: Need) -> dict[str, Any]:
    return {
        "kind": need.kind,
        "text": need.text,
        "consent_at": need.consent_at.isoformat() if need.consent_at else None,
        "deleted_at": need.delete_after.isoformat(),
    }


def _reflection(one: Reflection) -> dict[str, Any]:
    return {
        "part": one.part,
        "text": one.text,
        "shared_with": one.shared_with,
        "deleted_at": one.delete_after.isoformat(),
    }


def _session(session: Planned, terms: Terms) -> dict[str, Any]:
    return {
        "id": session.session_id,
        "theme": _theme(session.theme_id, terms),
        "title": session.title_nl,
        "starts_at": session.slot.starts_at.isoformat(),
        "ends_at": session.slot.ends_at.isoformat(),
        "venue": session.slot.venue,
        "status": session.status,
    }


def _guest(guest: OwnGuest, terms: Terms) -> dict[str, Any]:
    return {"name": guest.name, "theme": _theme(guest.theme_id, terms), "status": guest.status}


def _theme(theme_id: str | None, terms: Terms) -> str | None:
    theme = terms.theme(theme_id) if theme_id else None
    return theme.title_nl if theme else theme_id
