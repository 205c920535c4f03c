"""What an event says of its aggregate, as far as a check asks for it. Read from JSON, tolerant of what is new."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeAlias

from spn_audit import programme

Owed: TypeAlias = Mapping[tuple[str, str], int]
"""Cents by (organisation, line), lines of 0 left out."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An enrolment after a fact."""

    edition: str
    number: int
    status: str
    participant: str
    former: tuple[str, ...]
    position: int | None
    owed: Owed

    @property
    def people(self) -> tuple[str, ...]:
        return (self.participant, *self.former)


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition, and the business time of its last fact."""

    state: str
    seats: int
    time: str


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or credit note as an account tells it."""

    number: str
    kind: str
    sha256: str
    contact: str
    net_cents: int


@dataclass(frozen=True, slots=True)
class Account:
    """All documents of an enrolment."""

    owed_cents: int
    invoiced_cents: int
    credited_cents: int
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """A session, and who has a place in it."""

    edition: str
    status: str
    sequence: int
    attendees: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a command."""

    command: str
    outcome: str
    code: str


State: TypeAlias = Enrolment | Edition | Account | Session | Answer | None


def owed_of(payers: Any) -> Owed:
    """What each payer owes for each line, of a list of payers as enrolment keeps and tells it."""
    return {
        (payer["organisation_id"], line["line_id"]): line["owed_cents"]
        for payer in payers
        for line in payer["lines"]
        if line["owed_cents"]
    }


def _enrolment(data: Any, _: str) -> State:
    return Enrolment(
        edition=data["edition_id"],
        number=int(data["number"]),
        status=data["status"],
        participant=data["participant_id"],
        former=tuple(data["former_participant_ids"]),
        position=data.get("position"),
        owed=owed_of(data["payers"]),
    )


def _account(data: Any, _: str) -> State:
    return Account(
        owed_cents=data["owed_cents"],
        invoiced_cents=data["invoiced_cents"],
        credited_cents=data["credited_cents"],
        documents=tuple(
            Document(d["number"], d["kind"], d["sha256"], d["contact_id"], d["total_excl_cents"])
            for d in data["documents"]
        ),
    )


def _session(data: Any, _: str) -> State:
    attendees = {a["person_id"]: a["status"] for a in data["attendees"]}
    return Session(data["edition_id"], data["status"], data["sequence"], attendees)


_READERS: dict[str, Callable[[Any, str], State]] = {
    programme.EDITIONS: lambda data, time: Edition(data["state"], data["seats"], time),
    programme.ENROLMENTS: _enrolment,
    programme.ACCOUNTS: _account,
    programme.SESSIONS: _session,
}


def state_of(topic: str, type_: str, time: str, value: bytes) -> State:
    """What this event says.

    :raises ValueError, LookupError, TypeError: it is not what its contract promises.
    """
    if type_ == programme.ANSWERED:
        data = json.loads(value)
        return Answer(data["command_id"], data["outcome"], data["code"])
    reader = _READERS.get(topic)
    return reader(json.loads(value), time) if reader else None


def digest(headers: Mapping[str, str], value: bytes) -> int:
    """A fingerprint of everything an event consists of."""
    said = json.dumps(sorted(headers.items()), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(said + b"\0" + value, digest_size=8).digest())
