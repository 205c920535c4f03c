"""A small system that keeps all its promises, made by hand, for a test to break in one place.

One edition with one seat: number 1 is accepted and withdraws, number 2 waited, is offered the seat and accepts it, and
invites a guest. Number 2 has two payers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, TypeAlias

from deploy.tests.audited_world import (
    ANNA,
    ASKED,
    BRAM,
    CLERK,
    EDITION,
    FEE,
    GUEST,
    GUUS,
    LIBRARY,
    MOMENT,
    ONE,
    PRICE,
    PRICES,
    PROVINCE,
    SUBSIDY,
    THEME,
    TWO,
    WITHDRAWAL_PERCENT,
    World,
    part,
)
from spn_audit import programme
from spn_audit.evidence import Evidence
from spn_audit.reading.billing import AccountRow, Billing, DocumentRow
from spn_audit.reading.enrolment import EditionRow, Enrolment, EnrolmentRow, GuestRow
from spn_audit.reading.notifications import MessageRow, Notifications, ThreadRow
from spn_audit.reading.scheduling import MemberRow, Scheduling, SessionRow
from spn_audit.states import Edition

__all__ = [
    "ANNA",
    "ASKED",
    "BRAM",
    "CLERK",
    "EDITION",
    "FEE",
    "GUEST",
    "GUUS",
    "LIBRARY",
    "ONE",
    "PROVINCE",
    "TWO",
    "World",
]

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
SESSION = "ed-1-day-1"

Break: TypeAlias = Callable[[Evidence, World], object]
"""What breaks such a system in one place."""


def evidence() -> tuple[Evidence, World]:
    """The system, and the world that it was made in."""
    world = World()
    _enrolment_tells(world)
    documents = _billing_tells(world)
    _scheduling_tells(world)
    messages = _messages(documents)
    for some in messages.values():
        for message in some:
            about = programme.SENT
            world.tell(programme.MESSAGES, ANNA, message.id, about, {"message_id": message.id})
    readers = {
        programme.EDITIONS: ("notifications",),
        programme.ORGANISATIONS: ("billing",),
        programme.PEOPLE: ("billing", "notifications"),
        programme.ENROLMENTS: ("billing", "scheduling", "notifications"),
        programme.ACCOUNTS: ("notifications",),
        programme.SESSIONS: ("enrolment", "notifications"),
        "spn.enrolment.commands": ("enrolment",),
    }
    for topic, services in readers.items():
        for service in services:
            world.mechanisms[service].positions[topic, 0] = world.offsets[topic]
    seen = Evidence(
        now=NOW,
        mechanisms=world.mechanisms,
        enrolment=_enrolment(world),
        billing=Billing(
            accounts={ONE: AccountRow(5, part(ONE, WITHDRAWAL_PERCENT)), TWO: AccountRow(8, PRICES[TWO])},
            documents=documents,
            series={("LN", 2027): (4, date(2027, 1, 15))},
            buyers={LIBRARY: 1, PROVINCE: 1},
            contacts={ANNA: 1, BRAM: 1, CLERK: 1, GUUS: 1},
        ),
        scheduling=Scheduling(
            members={ONE: MemberRow(EDITION, ANNA, False, 5), TWO: MemberRow(EDITION, BRAM, True, 8)},
            sessions={SESSION: SessionRow(EDITION, datetime(2027, 5, 1, 9, tzinfo=UTC), "planned", 2)},
            places={SESSION: {ANNA: (ONE, "withdrawn"), BRAM: (TWO, "confirmed")}},
        ),
        notifications=Notifications(
            contacts={ANNA: 1, BRAM: 1, CLERK: 1, GUUS: 1},
            editions={EDITION: 1},
            sessions={SESSION: 2},
            threads=_threads(),
            messages=messages,
        ),
        log=world.log,
        mails=Counter(message.id for some in messages.values() for message in some),
        readers=readers,
    )
    return seen, world


def _enrolment_tells(world: World) -> None:
    world.edition("opened", "open")
    for organisation in (LIBRARY, PROVINCE):
        world.tell(programme.ORGANISATIONS, organisation, organisation, "organisation.registered.v1", {})
    for person in (ANNA, BRAM, CLERK, GUUS):
        world.tell(programme.PEOPLE, person, person, "person.registered.v1", {})
    for number in (0, 1, 2, 3, 5, 6):
        world.command(number)
    world.enrolment(ONE, "accepted", "accepted", 100)
    world.answer(0)
    world.enrolment(TWO, "waitlisted", "waiting", position=1)
    world.answer(1)
    world.enrolment(ONE, "withdrawn", "withdrawn", WITHDRAWAL_PERCENT)
    world.enrolment(TWO, "seat-offered", "offered")
    world.answer(2)
    world.enrolment(TWO, "accepted", "accepted", 100)
    world.answer(3)
    world.guest("invited", "invited", until="2027-02-14T00:00:00Z")
    world.answer(5)
    world.guest("confirmed", "confirmed")
    world.answer(6)


def _enrolment(world: World) -> Enrolment:
    terms, journal, rules = Edition("open", 1, {THEME: 1}), world.journal, frozenset({WITHDRAWAL_PERCENT, 50})
    return Enrolment(
        editions={EDITION: EditionRow("open", 1, 1, 0, 2, terms, MOMENT, journal.count, journal.head)},
        enrolments={
            ONE: EnrolmentRow(
                *(EDITION, 1, "withdrawn", ANNA, (), part(ONE, WITHDRAWAL_PERCENT), PRICES[ONE], 1, 3, rules)
            ),
            TWO: EnrolmentRow(EDITION, 2, "accepted", BRAM, (), PRICES[TWO], PRICES[TWO], 2, 5, rules),
        },
        guests={GUEST: GuestRow(EDITION, TWO, LIBRARY, THEME, GUUS, "confirmed", None)},
        journals={EDITION: journal},
        people={ANNA, BRAM, CLERK, GUUS},
        organisations={LIBRARY, PROVINCE},
        sessions={SESSION: 3},
    )


def _billing_tells(world: World) -> dict[str, DocumentRow]:
    papers = [
        (1, ONE, LIBRARY, "invoice", PRICE, None),
        (2, ONE, LIBRARY, "credit-note", PRICE - FEE, 1),
        (3, TWO, LIBRARY, "invoice", PRICE - SUBSIDY, None),
        (4, TWO, PROVINCE, "invoice", SUBSIDY, None),
    ]
    documents: dict[str, DocumentRow] = {}
    for ordinal, enrolment, payer, kind, cents, credits_ in papers:
        number, content = f"LN-2027-{ordinal:04d}", f"%PDF {ordinal}".encode()
        key = sha256(content).hexdigest()
        documents[number] = DocumentRow(
            number=number,
            series="LN",
            year=2027,
            ordinal=ordinal,
            issued_on=date(2027, 1, 14 + (ordinal > 1)),
            enrolment=enrolment,
            organisation=payer,
            kind=kind,
            refers_to=f"LN-2027-{credits_:04d}" if credits_ else None,
            sha256=key,
            intact=True,
            lines={"course": cents},
            net_cents=cents,
        )
        mine = [one for one in documents.values() if one.enrolment == enrolment]
        world.tell(programme.ACCOUNTS, enrolment, enrolment, f"billing.{kind}-issued.v1", _account(mine))
        world.tell(programme.FILES, key, number, "billing.document.v1", content, kept=False)
    return documents


def _account(documents: list[DocumentRow]) -> dict[str, Any]:
    told = [
        {
            "number": one.number,
            "kind": one.kind,
            "sha256": one.sha256,
            "contact_id": CLERK,
            "total_excl_cents": one.net_cents,
        }
        for one in documents
    ]
    return {"owed_cents": 0, "invoiced_cents": 0, "credited_cents": 0, "documents": told}


def _scheduling_tells(world: World) -> None:
    attendees = [{"person_id": ANNA, "status": "withdrawn"}, {"person_id": BRAM, "status": "confirmed"}]
    for sequence, some in enumerate(([], attendees[:1], attendees)):
        data = {"edition_id": EDITION, "status": "planned", "sequence": sequence, "attendees": some}
        world.tell(programme.SESSIONS, SESSION, SESSION, "scheduling.place-given.v1", data)


def _threads() -> dict[tuple[str, str], ThreadRow]:
    return {
        (ANNA, ONE): ThreadRow(5, "withdrawn", 5, None),
        (BRAM, TWO): ThreadRow(8, "accepted", 8, None),
        (CLERK, TWO): ThreadRow(8, "requested-for-other", 8, None),
        (CLERK, "LN-2027-0001"): ThreadRow(2, "invoice", 1, None),
        (CLERK, "LN-2027-0002"): ThreadRow(2, "credit-note", 1, None),
        (CLERK, "LN-2027-0003"): ThreadRow(2, "invoice", 1, None),
        (CLERK, "LN-2027-0004"): ThreadRow(2, "invoice", 1, None),
        (GUUS, GUEST): ThreadRow(12, "guest-confirmed", 12, None),
        (ANNA, SESSION): ThreadRow(3, "session-withdrawn", 2, ""),
        (BRAM, SESSION): ThreadRow(3, "session-invited", 2, "9c1185a5c5e9fc54"),
    }


def _messages(documents: dict[str, DocumentRow]) -> dict[tuple[str, str], list[MessageRow]]:
    return {
        (ANNA, ONE): [message(ANNA, "accepted", ONE, 1), message(ANNA, "withdrawn", ONE, 5)],
        (BRAM, TWO): [message(BRAM, "waitlisted", TWO, 3), message(BRAM, "accepted", TWO, 8)],
        (CLERK, TWO): [message(CLERK, "requested-for-other", TWO, 3)],
        **{(CLERK, number): [message(CLERK, one.kind, number, 1)] for number, one in documents.items()},
        (GUUS, GUEST): [message(GUUS, "guest-invited", GUEST, 10), message(GUUS, "guest-confirmed", GUEST, 12)],
        (BRAM, SESSION): [message(BRAM, "session-invited", SESSION, 2, says="9c1185a5c5e9fc54")],
    }


def message(
    person: str, purpose: str, about: str, version: int, *, state: str = "sent", says: str | None = None
) -> MessageRow:
    """A message with the id that it must have."""
    return MessageRow(programme.message_id(person, purpose, about, version), purpose, version, state, says)
