"""What an onlooker concludes from the topics alone, record by record: order, repetitions, answers, seats, the line."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.simulation.broker import Entry

Data: TypeAlias = dict[str, Any]
SEATED = ("accepted", "offered")


@dataclass(slots=True)
class Newest:
    """The newest state that was told of something, and how new it is."""

    sequence: int
    data: Data


@dataclass(slots=True)
class Journal:
    """``broken``: what must never be, in sentences."""

    broken: list[str] = field(default_factory=list)
    first_seen: dict[str, tuple[bytes | None, ...]] = field(default_factory=dict)
    sequences: dict[tuple[str, bytes | None], int] = field(default_factory=dict)
    commands: dict[str, Entry] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    """By command: the id of the event that answers it."""
    said: dict[str, Data] = field(default_factory=dict)
    editions: dict[str, Newest] = field(default_factory=dict)
    enrolments: dict[str, Newest] = field(default_factory=dict)
    sessions: dict[str, Newest] = field(default_factory=dict)
    accounts: dict[str, Newest] = field(default_factory=dict)
    people: dict[str, Newest] = field(default_factory=dict)
    owed: dict[tuple[str, int], int] = field(default_factory=dict)
    """By enrolment and sequence: what was owed then."""
    took_part: set[tuple[str, str]] = field(default_factory=set)
    """Who was accepted at some moment: edition and person."""
    repeated: Counter[str] = field(default_factory=Counter)
    """How many records each service told again."""

    def hear(self, entry: Entry) -> None:
        """The next record of any topic. An event that no service told is a stranger's."""
        headers = {name: (raw or b"").decode("utf-8", "replace") for name, raw in entry.headers}
        sequence = int(headers.get("ce_sequence", "0") or 0)
        if entry.topic.endswith(".commands"):
            if headers.get("ce_id"):
                self.commands.setdefault(headers["ce_id"], entry)
        elif sequence and headers.get("ce_source", "").startswith("/spn/"):
            self._event(entry, headers, sequence)

    def _event(self, entry: Entry, headers: dict[str, str], sequence: int) -> None:
        place, id_ = (entry.topic, entry.key), headers["ce_id"]
        content = (entry.topic.encode(), entry.key, entry.value, headers["ce_type"].encode(), str(sequence).encode())
        last = self.sequences.get(place, 0)
        if sequence <= last:
            self.repeated[headers["ce_source"].removeprefix("/spn/")] += 1
            if self.first_seen.get(id_) != content:
                self._break(f"{headers['ce_type']} {sequence} of {place} was told again with other bytes")
            return
        if sequence != last + 1:
            self._break(f"{place}: sequence {sequence} follows {last}")
        self.sequences[place], self.first_seen[id_] = sequence, content
        self._learn(headers, entry, sequence)

    def _learn(self, headers: dict[str, str], entry: Entry, sequence: int) -> None:
        kind = headers["ce_type"]
        if kind.startswith("billing.document.") or ".dead-lettered." in kind:
            return
        data: Data = json.loads(entry.value or b"null")
        if kind == "command.answered.v1":
            self._answer(data, headers["ce_id"])
        elif kind.startswith("enrolment."):
            self._enrolment(kind, Newest(sequence, data))
        elif kind.startswith("edition."):
            self.editions[data["edition_id"]] = Newest(sequence, data)
        elif kind.startswith("person."):
            self.people[data["person_id"]] = Newest(sequence, data)
        elif kind.startswith("scheduling."):
            self._session(Newest(sequence, data))
        elif kind.startswith("billing."):
            self.accounts[data["enrolment_id"]] = Newest(sequence, data)

    def _answer(self, data: Data, event: str) -> None:
        before = self.answers.setdefault(data["command_id"], event)
        self.said.setdefault(data["command_id"], data)
        if before != event:
            self._break(f"command {data['command_type']} {data['command_id']} was answered twice")

    def _enrolment(self, kind: str, told: Newest) -> None:
        data = told.data
        others = [e.data for i, e in self.enrolments.items() if i != data["enrolment_id"]]
        others = [e for e in others if e["edition_id"] == data["edition_id"]]
        waiting = [e["number"] for e in others if e["status"] == "waiting"]
        before = self.enrolments.get(data["enrolment_id"])
        if kind == "enrolment.seat-offered.v1" and any(number < data["number"] for number in waiting):
            self._break(f"number {data['number']} was offered a seat before {min(waiting)} of {data['edition_id']}")
        if before is None and data["status"] == "accepted" and waiting:
            self._break(f"number {data['number']} got a seat at once while {waiting} waited")
        if before is None and any(e["number"] == data["number"] for e in others):
            self._break(f"number {data['number']} of {data['edition_id']} was given twice")
        self.enrolments[data["enrolment_id"]] = told
        self.owed[data["enrolment_id"], told.sequence] = owed_of(data)
        if data["status"] == "accepted":
            self.took_part.add((data["edition_id"], data["participant_id"]))
        taken = sum(e["status"] in SEATED for e in (*others, data))
        seats = self.editions[data["edition_id"]].data["seats"] if data["edition_id"] in self.editions else taken
        if taken > seats:
            self._break(f"{taken} of {seats} seats of {data['edition_id']} are taken")

    def _session(self, told: Newest) -> None:
        data = told.data
        before = self.sessions.get(data["session_id"])
        if before and data["sequence"] != before.data["sequence"] + 1:
            self._break(f"SEQUENCE of {data['session_id']} went from {before.data['sequence']} to {data['sequence']}")
        self.sessions[data["session_id"]] = told

    def _break(self, what: str) -> None:
        self.broken.append(what)

    def members(self, edition_id: str) -> set[str]:
        """Who takes part now."""
        told = [e.data for e in self.enrolments.values() if e.data["edition_id"] == edition_id]
        return {e["participant_id"] for e in told if e["status"] == "accepted"}


def owed_of(enrolment: Data) -> int:
    """What its payers owe, in cents."""
    return sum(line["owed_cents"] for payer in enrolment["payers"] for line in payer["lines"])


def by_edition(newest: dict[str, Newest]) -> dict[str, list[Data]]:
    """The newest states, by edition."""
    found: defaultdict[str, list[Data]] = defaultdict(list)
    for one in newest.values():
        found[one.data["edition_id"]].append(one.data)
    return found
