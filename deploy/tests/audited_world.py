"""Topics and databases made by hand, event by event, as services and relays would."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from spn_audit import programme
from spn_audit.log.book import LogBook
from spn_audit.log.record import Record
from spn_audit.reading.mechanism import Lead, Mechanism, Told
from spn_audit.states import digest, state_of

EDITION, LIBRARY = "ed-1", "kvk-41000001"
ONE, TWO = "00000000-0000-4000-8000-0000000000e1", "00000000-0000-4000-8000-0000000000e2"
ANNA, BRAM, CLERK = (f"00000000-0000-4000-8000-0000000000b{n}" for n in (1, 2, 3))
ASKED = [f"00000000-0000-4000-8000-0000000000c{n}" for n in range(5)]


@dataclass
class World:
    """Everything an audit would have read; ``tell`` puts one more event on its topic, as a relay would."""

    log: LogBook = field(default_factory=LogBook)
    mechanisms: dict[str, Mechanism] = field(
        default_factory=lambda: {name: Mechanism(name, lead=Lead("0", 7, 0.5, (7,))) for name in programme.SERVICES}
    )
    offsets: Counter[str] = field(default_factory=Counter)
    _hours: Any = field(default_factory=lambda: count(8))

    def tell(self, topic: str, key: str, subject: str, type_: str, data: Any, *, kept: bool = True) -> Record:
        """The next event of this topic and key."""
        owner = self.mechanisms[topic.split(".")[1]]
        sequence = owner.sequences[topic, key] = owner.sequences.get((topic, key), 0) + 1
        value = data if isinstance(data, bytes) else json.dumps(data).encode()
        headers = {
            "ce_id": programme.event_id(topic, key, sequence),
            "ce_type": type_,
            "ce_subject": subject,
            "ce_time": f"2027-01-14T{next(self._hours) % 24:02d}:00:00Z",
            "ce_sequence": f"{sequence:020d}",
        }
        if kept:
            state = state_of(topic, type_, headers["ce_time"], value)
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

    def enrolment(self, id_: str, fact: str, status: str, owed: int = 0, position: int | None = None) -> Record:
        """A fact about one of the two enrolments."""
        data = {
            "edition_id": EDITION,
            "number": 1 if id_ == ONE else 2,
            "status": status,
            "participant_id": ANNA if id_ == ONE else BRAM,
            "former_participant_ids": [],
            "position": position,
            "payers": [{"organisation_id": LIBRARY, "lines": [{"line_id": "course", "owed_cents": owed}]}],
        }
        return self.tell(programme.ENROLMENTS, EDITION, id_, f"enrolment.{fact}.v1", data)
