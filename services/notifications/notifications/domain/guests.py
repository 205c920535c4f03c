"""What guests are told of their invitation: exactly what its newest state says, each thing once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from notifications.domain.contact import Contact, Wish
from notifications.domain.telling import AGE_MAX, newest
from spn.decision import Decision, Moment, unchanged

if TYPE_CHECKING:
    from notifications.events_in import Guest

PURPOSE_OF_GUEST = {
    "invited": "guest-invited",
    "confirmed": "guest-confirmed",
    "lapsed": "guest-ended",
    "ended": "guest-ended",
}
"""Who declined knows it, and needs no mail."""


def settle_guest(contact: Contact, guest: Guest, at: Moment, *, age_max: timedelta = AGE_MAX) -> Decision[Contact]:
    """Tell the guest what the newest state of the invitation means."""
    about = str(guest.guest_id)
    if at.sequence <= contact.thread(about).sequence:
        return unchanged(contact)
    purpose = PURPOSE_OF_GUEST.get(guest.status)
    wanted = Wish(purpose, at.sequence, _details(purpose, guest)) if purpose else None
    return Decision(newest(contact, about, wanted, at, age_max))


def _details(purpose: str, guest: Guest) -> dict[str, Any]:
    said: dict[str, Any] = {
        "title_nl": guest.edition_title_nl,
        "title_en": guest.edition_title_en,
        "theme_nl": guest.theme_title_nl,
        "theme_en": guest.theme_title_en,
    }
    if purpose == "guest-ended":
        return said
    said |= {"starts_on": guest.starts_on.isoformat(), "ends_on": guest.ends_on.isoformat()}
    if guest.link_nl:
        said |= {"link_nl": guest.link_nl, "link_en": guest.link_en}
    if guest.expires_at:
        said["deadline"] = guest.expires_at.isoformat()
    return said
