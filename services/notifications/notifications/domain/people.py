"""Who people are: the newest name, address and language."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifications.domain.contact import Contact
from spn.decision import Decision, Moment, unchanged

if TYPE_CHECKING:
    from notifications.events_in import Person


def know_person(contact: Contact, person: Person, at: Moment) -> Decision[Contact]:
    """Keep the newest name, address and language. Mails that waited for an address can go."""
    if at.sequence <= contact.sequence:
        return unchanged(contact)
    return Decision(
        replace(contact, sequence=at.sequence, name=person.name, email=person.email, language=person.language)
    )
