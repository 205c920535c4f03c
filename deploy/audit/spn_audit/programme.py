"""What the auditor knows of the programme: written here a second time, on purpose, and taken from no service's code.

Sources: docs/asyncapi/, shared/contracts/, docs/flows/enrolment.md.
"""

from __future__ import annotations

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
ANSWERED: Final = "command.answered.v1"
SENT: Final = "notifications.message-sent.v1"

SEATED: Final = frozenset({"accepted", "offered"})
LIVE: Final = frozenset({"accepted", "offered", "waiting"})
PURPOSE_OF_STATUS: Final = {
    "accepted": "accepted",
    "waiting": "waitlisted",
    "offered": "seat-offered",
    "declined": "offer-declined",
    "lapsed": "offer-lapsed",
    "left": "left",
    "withdrawn": "withdrawn",
}
SAYS_THERE_IS_A_SEAT: Final = frozenset({"accepted", "substituted-in"})

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
