"""Topics and databases made by hand, event by event, as services and relays would."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from spn_audit import programme
from spn_audit.events import digest, state_of
from spn_audit.evidence import owner_of
from spn_audit.journal import Entry, Journal
from spn_audit.log.book import LogBook
from spn_audit.log.record import Record
from spn_audit.reading.mechanism import Lead, Mechanism, Told

EDITION, LIBRARY, PROVINCE, THEME = "ed-1", "kvk-41000001", "kvk-41000002", "personal"
PRICE, FEE, SUBSIDY = 500_00, 100_00, 150_00
WITHDRAWAL_PERCENT = 20
ONE, TWO = "00000000-0000-4000-8000-0000000000e1", "00000000-0000-4000-8000-0000000000e2"
ANNA, BRAM, CLERK, GUUS = (f"00000000-0000-4000-8000-0000000000b{n}" for n in (1, 2, 3, 4))
MOMENT = datetime(2027, 1, 14, 9, tzinfo=UTC)
GUEST = "00000000-0000-4000-8000-0000000000a1"
ASKED = [f"00000000-0000-4000-8000-0000000000c{n}" for n in range(10)]
PRICES = {
    ONE: {(LIBRARY, "course"): PRICE},
    TWO: {(LIBRARY, "course"): PRICE - SUBSIDY, (PROVINCE, "course"): SUBSIDY},
}
"""By enrolment: by payer and line."""


def journal_of(entries: Iterable[Entry], *, sealed_anew: bool = False) -> Journal:
    """The journal that these entries are; ``sealed_anew``: whoever changed one made all seals fit."""
    journal = Journal(EDITION)
    for entry in entries:
        journal.take(replace(entry, seal=entry.sealed(EDITION, journal.head)) if sealed_anew else entry)
    return journal


def part(id_: str, percent: int) -> dict[tuple[str, str], int]:
    """What is owed of it when this part of the price is."""
    return {place: cents * percent // 100 for place, cents in PRICES[id_].items() if percent}


@dataclass
class World:
    """Everything an audit would have read; ``tell`` puts one more event on its topic, as a relay would."""

    log: LogBook = field(default_factory=LogBook)
    mechanisms: dict[str, Mechanism] = field(
        default_factory=lambda: {name: Mechanism(name, lead=Lead("0", 7, 0.5, (7,))) for name in programme.SERVICES}
    )
    offsets: Counter[str] = field(default_factory=Counter)
    journal: Journal = field(default_factory=lambda: Journal(EDITION))
    entries: list[Entry] = field(default_factory=list)
    _hours: Any = field(default_factory=lambda: count(8))

    def tell(
        self, topic: str, key: str, subject: str, type_: str, data: Any, *, kept: bool = True, cause: str = ""
    ) -> Record:
        """The next event of this topic and key, which followed from the command ``cause``."""
        owner = self.mechanisms[owner_of(topic)]
        sequence = owner.sequences[topic, key] = owner.sequences.get((topic, key), 0) + 1
        value = data if isinstance(data, bytes) else json.dumps(data).encode()
        headers = {
            "ce_id": programme.event_id(topic, key, sequence),
            "ce_type": type_,
            "ce_subject": subject,
            "ce_time": f"2027-01-14T{next(self._hours) % 24:02d}:00:00Z",
            "ce_sequence": f"{sequence:020d}",
            "ce_causationid": cause,
        }
        if kept:
            state = state_of(topic, type_, value)
            owner.told.setdefault(topic, {})[subject] = Told(key, sequence, type_, digest(headers, value), state)
        return self.put(topic, key, headers, value)

    def put(self, topic: str, key: str, headers: dict[str, str], value: bytes = b"{}") -> Record:
        """A record on partition 0 of a topic, from whoever."""
        record = Record(topic, 0, self.offsets[topic], 1_800_000_000_000, key, value, headers)
        self.offsets[topic] += 1
        self.log.lows.setdefault((topic, 0), 0)
        self.log.ends[topic, 0] = self.offsets[topic]
        self.log.learn(record)
        return record

    def command(self, number: int, type_: str = "enrolment.request.v1") -> Record:
        """A command of the platform."""
        headers = {"ce_id": ASKED[number], "ce_type": type_, "ce_source": "/spn/platform"}
        return self.put("spn.enrolment.commands", EDITION, headers)

    def answer(self, number: int, *, code: str = "accepted") -> Record:
        """The answer to it."""
        data = {"command_id": ASKED[number], "outcome": "done", "code": code}
        return self.tell(programme.ENROLMENTS, EDITION, ASKED[number], programme.ANSWERED, data, kept=False)

    def edition(self, fact: str, state: str, *, seats: int = 1, quota: int = 1, asked: int | None = None) -> Record:
        """A fact about the edition; ``asked``: the number of the command that it followed from."""
        themes = [{"theme_id": THEME, "guests_per_library": quota}]
        cause = ASKED[asked] if asked is not None else ""
        data = {"state": state, "seats": seats, "themes": themes}
        return self.tell(programme.EDITIONS, EDITION, EDITION, f"edition.{fact}.v1", data, cause=cause)

    def enrolment(
        self, id_: str, fact: str, status: str, percent: int = 0, position: int | None = None, **more: Any
    ) -> Record:
        """A fact about an enrolment, whose number is that of its id; ``percent`` of the price is owed."""
        number = int(id_[-1])
        sealed = self.entry(fact, id_, number, position)
        prices, owed = PRICES.get(id_, PRICES[ONE]), part(id_ if id_ in PRICES else ONE, percent)
        payers = [
            {
                "organisation_id": payer,
                "lines": [{"line_id": line, "unit_price_cents": cents, "owed_cents": owed.get((payer, line), 0)}],
            }
            for (payer, line), cents in prices.items()
        ]
        data = {
            "edition_id": EDITION,
            "number": number,
            "status": status,
            "participant_id": ANNA if id_ == ONE else BRAM,
            "former_participant_ids": [],
            "requester_id": CLERK if id_ == TWO else None,
            "position": position,
            "payers": payers,
            "journal_entry": sealed.number,
            "journal_seal": sealed.seal,
            **more,
        }
        if status in ("accepted", "withdrawn"):
            partnered = {name: data[name] for name in ("edition_id", "journal_entry", "journal_seal")}
            self.tell(programme.PARTNERS, EDITION, id_, "partner.enrolment-confirmed.v1", partnered)
        return self.tell(programme.ENROLMENTS, EDITION, id_, f"enrolment.{fact}.v1", data)

    def entry(self, what: str, id_: str, number: int, position: int | None = None, said: str = "") -> Entry:
        """The next entry of the journal."""
        entry = Entry(
            number=self.journal.end + 1,
            what=what,
            enrolment=id_,
            request=number,
            position=position,
            moment=MOMENT,
            partition=0,
            offset=self.offsets["spn.enrolment.commands"],
            command=None,
            who=None,
            reason=None,
            said=said,
            seal="",
        )
        sealed = replace(entry, seal=entry.sealed(EDITION, self.journal.head))
        self.journal.take(sealed)
        self.entries.append(sealed)
        return sealed

    def guest(self, fact: str, status: str, id_: str = GUEST, by: str = TWO, until: str | None = None) -> Record:
        """A fact about an invitation."""
        data = {
            "edition_id": EDITION,
            "enrolment_id": by,
            "organisation_id": LIBRARY,
            "theme_id": THEME,
            "person_id": GUUS,
            "status": status,
            "expires_at": until,
        }
        return self.tell(programme.ENROLMENTS, EDITION, id_, f"enrolment.guest-{fact}.v1", data)
