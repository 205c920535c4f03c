"""One draft of each purpose, as the mailer would make it from the events of the season."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from notifications.domain import Edition, Message
from notifications.domain.enrolments import PURPOSE_OF_STATUS
from notifications.domain.guests import PURPOSE_OF_GUEST
from notifications.rendering import Draft, Sender
from notifications.rendering.words import PURPOSES
from services.notifications.tests.fold import Memory, Told
from services.notifications.tests.season import (
    DAY,
    EDITION,
    NAMES,
    NOW,
    PDF,
    URL,
    account,
    document,
    edition,
    enrolment,
    guest,
    link_sent,
    person,
    person_id,
    session,
)

SENDER = Sender("lerendnetwerk@spn.example", "Lerend netwerk SPN", "https://spn.example/mijn-inschrijving")
KNOWN: Edition = Memory().hear(Told(1, edition())).states["editions", EDITION]
TAKEN_OVER: dict[str, Any] = {"participant_id": person_id(2), "former_participant_ids": [person_id(1)]}
MOVED: dict[str, Any] = {"starts_at": NOW + 57 * DAY, "venue": "De Chocoladefabriek, Gouda"}


def draft(purpose: str, **changes: Any) -> Draft:
    """What the mail of this purpose is made of, in Dutch unless asked otherwise."""
    message = MESSAGES[purpose]
    made = Draft(
        message_id=message.id,
        purpose=purpose,
        details=message.details,
        entry=message.entry,
        name=NAMES[0],
        email="i.vanthoff@bieb.example",
        edition=KNOWN if message.edition_id else None,
        pdf=PDF if message.document else None,
    )
    return replace(made, **changes)


SAME: dict[str, Any] = {"link_nl": f"{URL}/x", "link_en": f"{URL}/x"}
"""So that both languages can be held side by side."""


def _messages() -> dict[str, Message]:
    memory = Memory()
    sealed = {"journal_entry": 17, "journal_seal": "b2a5d19f3f6f0f2b" * 4}
    for number, status in enumerate(PURPOSE_OF_STATUS, 30):
        memory.hear(Told(1, enrolment(number, status, **sealed)))
    memory.hear(Told(1, enrolment(1, **TAKEN_OVER)))
    memory.hear(Told(1, enrolment(24, requester_id=person_id(3))))
    memory.hear(Told(1, link_sent(25, **SAME)))
    for number, status in enumerate(PURPOSE_OF_GUEST, 26):
        memory.hear(Told(1, guest(number, status, **SAME)))
    memory.hear(Told(1, enrolment(19, "offered", offer_expires_at=NOW + DAY)))
    memory.mark(19, "sent")
    memory.hear(Told(2, enrolment(19, "offered")))
    memory.hear(Told(1, person(18)), Told(2, person(18, email="elsewhere@bieb.example")))
    memory.hear(Told(1, account(document(3), document(3, "LN-2027-0002", "credit-note"))))
    memory.hear(Told(1, session(1, [20, 21, 22, 23])))
    found = [m for number in range(30 + len(PURPOSE_OF_STATUS)) for m in memory.messages(number)]
    for number in (20, 21, 22):
        memory.mark(number, "sent")
    memory.hear(Told(2, session(2, [20, 22, 23], [21], **MOVED)))
    found += [m for number in (20, 21) for m in memory.messages(number, "waiting")]
    memory.hear(Told(3, session(3, [22, 23], [21], status="cancelled")))
    return {m.purpose: m for m in [*found, *memory.messages(22, "waiting")]}


MESSAGES = _messages()
assert set(MESSAGES) == set(PURPOSES)
