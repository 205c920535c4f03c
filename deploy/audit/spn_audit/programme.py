"""What the auditor knows of the programme: written here a second time, on purpose, and taken from no service's code.

Sources: docs/asyncapi/, shared/contracts/, docs/flows/enrolment.md, docs/waiting-list.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid5

SERVICES: Final = ("enrolment", "billing", "scheduling", "notifications")

COMMANDS: Final = {"spn.enrolment.commands": "enrolment", "spn.scheduling.commands": "scheduling"}
ANSWERS: Final = {"enrolment": "spn.enrolment.events", "scheduling": "spn.scheduling.events"}
EDITIONS: Final = "spn.enrolment.editions"
ORGANISATIONS: Final = "spn.enrolment.organisations"
PEOPLE: Final = "spn.enrolment.people"
ENROLMENTS: Final = "spn.enrolment.events"
ACCOUNTS: Final = "spn.billing.events"
FILES: Final = "spn.billing.documents"
SESSIONS: Final = "spn.scheduling.events"
MESSAGES: Final = "spn.notifications.events"
PARTNERS: Final = "spn.partner.enrolment"
ANSWERED: Final = "command.answered.v1"
SENT: Final = "notifications.message-sent.v1"

OF_A_GUEST: Final = "enrolment.guest-"
"""How the types begin whose subject is an invitation; all others about an enrolment hold the whole enrolment."""
INVITED: Final = "enrolment.guest-invited.v1"
REORDERED: Final = "enrolment.reordered.v1"
OFFER_EXTENDED: Final = "enrolment.offer-extended.v1"
ERASED: Final = "person.erased.v1"
LINK_SENT: Final = "enrolment.link-sent.v1"
PERSONAL_LINK: Final = "personal-link"
"""A fresh link changes nothing of the enrolment, and has a mail of its own."""

SEATED: Final = frozenset({"accepted", "offered", "completed"})
LIVE: Final = frozenset({"requested", "accepted", "offered", "waiting"})
TAKING_PART: Final = frozenset({"accepted", "completed"})
"""They have places and may have guests, and owe the whole price."""
COMING: Final = frozenset({"invited", "confirmed"})
"""Guests who take a place of their library's quota."""
PURPOSE_OF_STATUS: Final = {
    "requested": "requested",
    "rejected": "rejected",
    "closed": "closed",
    "accepted": "accepted",
    "waiting": "waitlisted",
    "offered": "seat-offered",
    "declined": "offer-declined",
    "lapsed": "offer-lapsed",
    "left": "left",
    "withdrawn": "withdrawn",
}
"""What a mail about it is called. Nobody is written to because an edition is over."""
STATUS_AFTER: Final = {
    "requested": "requested",
    "rejected": "rejected",
    "accepted": "accepted",
    "waitlisted": "waiting",
    "reordered": "waiting",
    "seat-offered": "offered",
    "offer-extended": "offered",
    "offer-declined": "declined",
    "offer-lapsed": "lapsed",
    "left": "left",
    "closed": "closed",
    "withdrawn": "withdrawn",
    "completed": "completed",
}
"""What an entry of the journal makes of its enrolment; entries of other kinds leave it what it was."""
PURPOSE_OF_GUEST: Final = {
    "invited": "guest-invited",
    "confirmed": "guest-confirmed",
    "lapsed": "guest-ended",
    "ended": "guest-ended",
}
"""Who declined knows it."""
SAYS_THERE_IS_A_SEAT: Final = frozenset({"accepted", "substituted-in"})
ADDRESS_CHANGED: Final = "address-changed"
"""To the address of before; each change is another one."""
MORE_TIME: Final = "offer-extended"
SAYS_THERE_IS_AN_OFFER: Final = frozenset({"seat-offered", MORE_TIME})
"""The second to whoever was told another deadline before."""

EVENT_NAMESPACE: Final = UUID("6d0c3b1e-55a5-5d5c-9a4e-0a1f6a0f9c11")
MESSAGE_NAMESPACE: Final = UUID("0f6f5c0e-7f0b-5c55-8f57-2f2f7d0f3a11")
LEAD_LOCK: Final = 7_301_840_102
JUMP_MIN: Final = 500_000
"""After an emptied or restored database numbers go on at least about this far beyond the last one told."""


def event_id(topic: str, key: str, sequence: int) -> str:
    """The one id that the event at this place of its topic and key can have."""
    return str(uuid5(EVENT_NAMESPACE, f"{topic}\n{key}\n{sequence}"))


def message_id(person: str, purpose: str, about: str, version: int) -> str:
    """The one id that a message to this person with this purpose can have."""
    return str(uuid5(MESSAGE_NAMESPACE, f"{person}\n{purpose}\n{about}\n{version}"))


def about_link(enrolment: str, entry: int) -> str:
    """What the mail with a fresh link is about: this one and no other."""
    return f"{enrolment}/link/{entry}"


def part_of(cents: int, percent: int) -> int:
    """What a withdrawal leaves to be owed of a line: half a cent up."""
    return (cents * percent + 50) // 100


def seal_of(before: str, fields: Mapping[str, object]) -> str:
    """The seal of an entry of a journal: docs/waiting-list.md. ``fields`` in the order of the lines there."""
    lines = (before, *("" if value is None else str(value) for value in fields.values()))
    return sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def said_of(command: UUID, who: str | None, reason: str | None) -> str:
    """The salted hash of who acted and why, as a seal covers it; nothing where neither is known."""
    if who is None and reason is None:
        return ""
    salt = uuid5(command, "said")
    return sha256("\n".join((str(salt), who or "", reason or "")).encode("utf-8", "surrogatepass")).hexdigest()
