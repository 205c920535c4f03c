"""The variables of each mail: everything is put in words here, so that templates hold nothing but sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from notifications.domain import ADDRESS_CHANGED
from notifications.rendering import wording
from notifications.rendering.draft import Draft, Sender

Words = dict[str, Any]


def words_of(draft: Draft, sender: Sender, language: str) -> Words:
    """All variables of the mail's template.

    :raises KeyError: the purpose or a detail of it is not known here.
    """
    general: Words = {
        "name": draft.name,
        "edition": _edition(draft, language),
        "contact": sender.address,
        "organisation": sender.name,
        "website": draft.details.get(f"link_{language}") or sender.website,
    }
    return general | _OF_PURPOSE[draft.purpose](draft, language)


def _edition(draft: Draft, language: str) -> str:
    """An enrolment's event brings the edition's title; sessions and documents need the edition itself."""
    if draft.purpose == ADDRESS_CHANGED:
        return ""  # it is about the person
    if draft.edition is None:
        return str(draft.details[f"title_{language}"])
    title = draft.edition.title_nl if language == "nl" else draft.edition.title_en
    return title or draft.edition.edition_id


def _enrolment(draft: Draft, _language: str) -> Words:
    return {"number": draft.details["number"]}


def _place(draft: Draft, language: str) -> Words:
    first, last = (date.fromisoformat(draft.details[name]) for name in ("starts_on", "ends_on"))
    return {"number": draft.details["number"], "period": wording.period(first, last, language)}


def _waitlisted(draft: Draft, _language: str) -> Words:
    # Mails that waited since before there were proofs have none.
    return {key: draft.details.get(key) for key in ("number", "position", "proof")}


def _theme(draft: Draft, language: str) -> Words:
    return {"theme": draft.details[f"theme_{language}"]}


def _guest(draft: Draft, language: str) -> Words:
    first, last = (date.fromisoformat(draft.details[name]) for name in ("starts_on", "ends_on"))
    return _theme(draft, language) | {"period": wording.period(first, last, language)}


def _invitation(draft: Draft, language: str) -> Words:
    expires = draft.details.get("deadline")
    until = wording.deadline(datetime.fromisoformat(expires), language) if expires else None
    return _guest(draft, language) | {"deadline": until}


def _offer(draft: Draft, language: str) -> Words:
    expires = draft.details.get("deadline")
    until = wording.deadline(datetime.fromisoformat(expires), language) if expires else None
    return _place(draft, language) | {"deadline": until}


def _withdrawn(draft: Draft, language: str) -> Words:
    price, owed, currency = (draft.details[name] for name in ("price_cents", "owed_cents", "currency"))
    return {
        "number": draft.details["number"],
        "price": wording.money(price, currency, language),
        "owed": wording.money(owed, currency, language),
        "free": owed == 0,
    }


def _document(draft: Draft, language: str) -> Words:
    details = draft.details
    due_on = details["due_on"]
    amounts = {
        name: wording.money(details[f"{name}_cents"], details["currency"], language)
        for name in ("total_excl", "vat", "total")
    }
    return amounts | {
        "number": details["number"],
        "refers_to": details["refers_to"],
        "issued_on": wording.short_day(date.fromisoformat(details["issued_on"]), language),
        "due_on": wording.short_day(date.fromisoformat(due_on), language) if due_on else None,
    }


def _session(draft: Draft, language: str) -> Words:
    details = draft.details
    theme = draft.edition.themes.get(details["theme_id"]) if draft.edition and details["theme_id"] else None
    before = details.get("before")
    return {
        "title": details[f"title_{language}"],
        "theme": theme[0 if language == "nl" else 1] if theme else None,
        "when": _when(details, language),
        "venue": details["venue"],
        "when_before": _when(before, language) if before else None,
        "venue_before": before["venue"] if before else None,
    }


def _when(details: Mapping[str, Any], language: str) -> str:
    start, end = (datetime.fromisoformat(details[name]) for name in ("starts_at", "ends_at"))
    return wording.span(start, end, language)


def _nothing_more(_draft: Draft, _language: str) -> Words:
    return {}


_OF_PURPOSE: Final[dict[str, Callable[[Draft, str], Words]]] = {
    "accepted": _place,
    "substituted-in": _place,
    "substituted-out": _enrolment,
    "waitlisted": _waitlisted,
    "seat-offered": _offer,
    "offer-extended": _offer,
    "offer-declined": _enrolment,
    "offer-lapsed": _enrolment,
    "requested": _enrolment,
    "requested-for-other": _enrolment,
    "rejected": _enrolment,
    "closed": _enrolment,
    "personal-link": _enrolment,
    ADDRESS_CHANGED: _nothing_more,
    "guest-invited": _invitation,
    "guest-confirmed": _guest,
    "guest-ended": _theme,
    "left": _enrolment,
    "withdrawn": _withdrawn,
    "invoice": _document,
    "credit-note": _document,
    "session-invited": _session,
    "session-moved": _session,
    "session-withdrawn": _session,
    "session-cancelled": _session,
}
PURPOSES: Final = tuple(_OF_PURPOSE)
