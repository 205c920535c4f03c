"""Reading what an event says from its JSON: tolerant of what is new, strict in what its contract promises."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any, Final

from spn_audit import programme
from spn_audit.states import Account, Answer, Document, Edition, Enrolment, Guest, Owed, Partnered, Seal, Session, State


def owed_of(payers: Any) -> Owed:
    """What each payer owes for each line, of a list of payers as enrolment keeps and tells it."""
    return _cents_of(payers, lambda line: (line["line_id"], line["owed_cents"]))


def price_of(payers: Any) -> Owed:
    """What each payer would owe for each line with a seat, of the same list."""
    return _cents_of(payers, lambda line: (line["line_id"], line["unit_price_cents"]))


def agreed_of(payers: Any) -> Owed:
    """What each payer owes for each line, of a list of payers as billing keeps it."""
    return _cents_of(payers, lambda line: (line["item"]["line_id"], line["owed_cents"]))


def _cents_of(payers: Any, of_line: Callable[[Any], tuple[str, int]]) -> Owed:
    """A payer or a line that is named twice counts twice."""
    found: dict[tuple[str, str], int] = {}
    for payer in payers:
        for name, cents in map(of_line, payer["lines"]):
            place = payer["organisation_id"], name
            found[place] = found.get(place, 0) + cents
    return {place: cents for place, cents in found.items() if cents}


UNREADABLE: Final = (ValueError, LookupError, TypeError)
"""What ``state_of`` raises for an event that is not what its contract promises."""


def state_of(topic: str, type_: str, value: bytes) -> State:
    """What this event says.

    :raises UNREADABLE: it is not what its contract promises.
    """
    if type_ == programme.ANSWERED:
        data = json.loads(value)
        return Answer(data["command_id"], data["outcome"], data["code"])
    if type_.startswith(programme.OF_A_GUEST) and topic == programme.ENROLMENTS:
        return _guest(json.loads(value))
    reader = _READERS.get(topic)
    return reader(json.loads(value)) if reader else None


def digest(headers: Mapping[str, str], value: bytes) -> int:
    """A fingerprint of everything an event consists of."""
    said = json.dumps(sorted(headers.items()), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(said + b"\0" + value, digest_size=8).digest())


def _enrolment(data: Any) -> State:
    return Enrolment(
        edition=data["edition_id"],
        number=int(data["number"]),
        status=data["status"],
        participant=data["participant_id"],
        former=tuple(data["former_participant_ids"]),
        position=data.get("position"),
        owed=owed_of(data["payers"]),
        price=price_of(data["payers"]),
        sealed=_seal(data),
        linked=data.get("link_nl") is not None,
        requester=data.get("requester_id"),
    )


def _seal(data: Any) -> Seal | None:
    """None: told by release 0.1, which kept no journal."""
    entry, seal = data.get("journal_entry"), data.get("journal_seal")
    return None if entry is None else Seal(int(entry), str(seal))


def _guest(data: Any) -> State:
    return Guest(
        edition=data["edition_id"],
        enrolment=data["enrolment_id"],
        organisation=data["organisation_id"],
        theme=data["theme_id"],
        person=data["person_id"],
        status=data["status"],
        expires_at=data["expires_at"],
    )


def edition_of(state: str, terms: Any) -> Edition:
    """An edition in this state under these terms, as its event or its row gives them."""
    quotas = {theme["theme_id"]: theme.get("guests_per_library", 0) for theme in terms.get("themes", ())}
    return Edition(state, terms["seats"], quotas)


def _partnered(data: Any) -> State:
    sealed = _seal(data)
    return Partnered(data["edition_id"], sealed) if sealed else None


def _account(data: Any) -> State:
    return Account(
        owed_cents=data["owed_cents"],
        invoiced_cents=data["invoiced_cents"],
        credited_cents=data["credited_cents"],
        documents=tuple(
            Document(d["number"], d["kind"], d["sha256"], d["contact_id"], d["total_excl_cents"])
            for d in data["documents"]
        ),
    )


def _session(data: Any) -> State:
    attendees = {a["person_id"]: a["status"] for a in data["attendees"]}
    return Session(data["edition_id"], data["status"], data["sequence"], attendees)


_READERS: dict[str, Callable[[Any], State]] = {
    programme.EDITIONS: lambda data: edition_of(data["state"], data),
    programme.ENROLMENTS: _enrolment,
    programme.PARTNERS: _partnered,
    programme.ACCOUNTS: _account,
    programme.SESSIONS: _session,
}
