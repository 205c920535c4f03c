"""Who people are: the newest name, address and language; and the old address hears that it no longer is theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from notifications.domain.contact import Contact, Wish
from notifications.domain.telling import ADDRESS_CHANGED, AGE_MAX, newest
from spn.decision import Decision, Moment, unchanged

if TYPE_CHECKING:
    from notifications.events_in import Person

ADDRESS = "address"
"""What the thread about a person's own address is about."""


def know_person(contact: Contact, person: Person, at: Moment, *, age_max: timedelta = AGE_MAX) -> Decision[Contact]:
    """Keep the newest name, address and language. Mails that waited for an address can go.

    Whoever changes an address may not be the one whose it is: with a personal link that got into other hands, all that
    follows would go unseen. So it is told at the address that was in use before; of several changes in a row, at the
    one before the first.
    """
    if at.sequence <= contact.sequence:
        return unchanged(contact)
    known = replace(contact, sequence=at.sequence, name=person.name, email=person.email, language=person.language)
    before = contact.email_before or contact.email
    if before is None or contact.email == person.email:
        return Decision(known)
    if before.casefold() == person.email.casefold():
        return Decision(replace(newest(known, ADDRESS, None, at, age_max), email_before=None))
    told = newest(known, ADDRESS, Wish(ADDRESS_CHANGED, at.sequence), at, age_max)
    message = told.thread(ADDRESS).message((ADDRESS_CHANGED, at.sequence))
    waits = message is not None and message.state == "waiting"
    return Decision(replace(told, email_before=before if waits else contact.email_before))
