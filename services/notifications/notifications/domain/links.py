"""A fresh personal link: a mail of its own, whatever else there is to tell of the enrolment."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from notifications.domain.contact import Contact, Wish
from notifications.domain.telling import AGE_MAX, newest
from spn.decision import Decision, Moment, unchanged

if TYPE_CHECKING:
    from notifications.events_in import LinkSent

PERSONAL_LINK = "personal-link"


def about_link(sent: LinkSent) -> str:
    """What its thread is about: this link and no other, so that each one that was asked for is sent."""
    return f"{sent.enrolment_id}/link/{sent.journal_entry}"


def send_link(contact: Contact, sent: LinkSent, at: Moment, *, age_max: timedelta = AGE_MAX) -> Decision[Contact]:
    """Send the link, once."""
    about = about_link(sent)
    if at.sequence <= contact.thread(about).sequence or sent.link_nl is None:
        return unchanged(contact)
    details = {
        "title_nl": sent.edition_title_nl,
        "title_en": sent.edition_title_en,
        "number": str(sent.number),
        "link_nl": sent.link_nl,
        "link_en": sent.link_en,
    }
    wish = Wish(PERSONAL_LINK, at.sequence, details)
    return Decision(newest(contact, about, wish, at, age_max))
