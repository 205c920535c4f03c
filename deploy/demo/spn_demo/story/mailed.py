"""What notifications tells: which mails have gone out, to whom and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from spn_demo.journal import Told
from spn_demo.names import Names
from spn_demo.story.lines import Name, Piece, Sentence
from spn_demo.story.words import counted, listed

# What one mail of a purpose is, and what several are.
PURPOSES: Mapping[str, tuple[str, str]] = {
    "accepted": ("the confirmation of the seat", "the confirmation of their seats"),
    "waitlisted": ("the place on the waiting list", "their place on the waiting list"),
    "seat-offered": ("the offer of a seat", "the offer of a seat"),
    "offer-extended": ("that the offer holds for longer", "that the offer holds for longer"),
    "offer-declined": ("that the offer was declined", "that the offer was declined"),
    "offer-lapsed": ("that the offer has lapsed", "that the offer has lapsed"),
    "left": ("that the place in line is given up", "that the place in line is given up"),
    "withdrawn": ("the confirmation of the withdrawal", "the confirmation of the withdrawal"),
    "substituted-in": ("the place taken over", "the place taken over"),
    "substituted-out": ("the place handed over", "the place handed over"),
    "requested": ("that the request has come in", "that their requests have come in"),
    "requested-for-other": ("that somebody was enrolled by them", "that somebody was enrolled by them"),
    "rejected": ("that the request was rejected", "that their requests were rejected"),
    "closed": ("that the edition closed without a seat", "that the edition closed without a seat"),
    "personal-link": ("a fresh personal link", "{} fresh personal links"),
    "address-changed": ("to the old address, that it changed", "to their old addresses, that they changed"),
    "guest-invited": ("the invitation as a guest", "the invitation as a guest"),
    "guest-confirmed": ("the confirmation as a guest", "the confirmation as a guest"),
    "guest-ended": ("that the invitation is over", "that the invitation is over"),
    "invoice": ("an invoice", "{} invoices"),
    "credit-note": ("a credit note", "{} credit notes"),
    "session-invited": ("a calendar entry", "{} calendar entries"),
    "session-moved": ("a calendar entry that moves", "{} calendar entries that move"),
    "session-withdrawn": ("a calendar entry taken back", "{} calendar entries taken back"),
    "session-cancelled": ("a calendar entry cancelled", "{} calendar entries cancelled"),
}
# The same news for many people is one line; everything else is a line per person.
FOR_MANY = ("accepted", "waitlisted", "invoice", "credit-note", "session-moved", "session-cancelled")


def mailed(told: Told, _names: Names) -> Iterable[Piece]:
    """The piece of an event of notifications."""
    purpose, person = told.data["purpose"], told.data["person_id"]
    concerns = (person, told.data["about"])
    if told.type == "notifications.message-sent.v1":
        yield Piece(told, _sent, (purpose,) if purpose in FOR_MANY else (person,), concerns, note=purpose)
    elif told.type == "notifications.message-failed.v1":
        yield Piece(told, _failed, (person, purpose), concerns, "bad", purpose)


def _sent(pieces: Sequence[Piece], names: Names) -> Sentence:
    people = list(dict.fromkeys(piece.told.data["person_id"] for piece in pieces))
    said = listed([_said(purpose, count) for purpose, count in Counter(piece.note for piece in pieces).items()])
    if len(people) > 1:
        return "mails ", Name(counted(len(people), "person", "people")), f": {said}"
    return "mails ", Name(names.person(people[0])), f": {said}"


def _failed(pieces: Sequence[Piece], names: Names) -> Sentence:
    said = _said(pieces[0].note, len(pieces))
    return "could not mail ", Name(names.person(pieces[0].told.data["person_id"])), f": {said}"


def _said(purpose: str, count: int) -> str:
    one, many = PURPOSES.get(purpose, (purpose, purpose + " ({})"))
    return one if count == 1 else many.format(count)
