"""What scheduling tells: sessions, and who has a place in them.

Each event holds a whole session; the news is the difference with the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spn_demo.journal import Told
from spn_demo.names import Names
from spn_demo.story.lines import Name, Piece, Sentence, alone
from spn_demo.story.words import counted, span


def scheduled(told: Told, names: Names) -> Iterable[Piece]:
    """The pieces of an event of scheduling: what became of the session, and of each person's place in it."""
    before: Mapping[str, Any] = names.sessions.get(told.subject, {})
    if told.type == "scheduling.session-planned.v1":
        yield Piece(told, _planned, alone(told), tone="good", order=told.data["starts_at"])
    elif told.type == "scheduling.session-moved.v1":
        was = f"{span(before['starts_at'], before['ends_at'])} at {before['venue']}" if before else "another time"
        yield Piece(told, _moved, alone(told), tuple(_confirmed(told.data)), "good", was)
    elif told.type == "scheduling.session-cancelled.v1":
        yield Piece(told, _cancelled, alone(told), tuple(_confirmed(before)), "bad")
    had, has = _confirmed(before), _confirmed(told.data)
    for person in sorted(has - had):
        yield Piece(told, _given, (person,), (person,), note=person)
    for person in sorted(had - has):
        yield Piece(told, _taken, (person,), (person,), note=person)


def _confirmed(session: Mapping[str, Any]) -> set[str]:
    if session.get("status") == "cancelled":
        return set()
    return {one["person_id"] for one in session.get("attendees", ()) if one["status"] == "confirmed"}


def _planned(pieces: Sequence[Piece], names: Names) -> Sentence:
    data = pieces[0].told.data
    theme = names.theme(data["edition_id"], data["theme_id"])
    when = span(data["starts_at"], data["ends_at"])
    return "plans ", Name(data["title_nl"]), f" for {when}: {theme}, at {data['venue']}"


def _moved(pieces: Sequence[Piece], _names: Names) -> Sentence:
    data = pieces[0].told.data
    now = f"{span(data['starts_at'], data['ends_at'])} at {data['venue']}"
    along = f"; {counted(len(_confirmed(data)), 'person goes', 'people go')} along" if _confirmed(data) else ""
    return "moves ", Name(data["title_nl"]), f" from {pieces[0].note} to {now}{along}"


def _cancelled(pieces: Sequence[Piece], _names: Names) -> Sentence:
    return "cancels ", Name(pieces[0].told.data["title_nl"])


def _given(pieces: Sequence[Piece], names: Names) -> Sentence:
    return "gives ", Name(names.person(pieces[0].note)), f" a place in {_sessions(pieces, names)}"


def _taken(pieces: Sequence[Piece], names: Names) -> Sentence:
    return "takes the place of ", Name(names.person(pieces[0].note)), f" in {_sessions(pieces, names)} back"


def _sessions(pieces: Sequence[Piece], names: Names) -> str:
    mine = {piece.told.subject for piece in pieces}
    if len(mine) == 1:
        return f"“{names.session(next(iter(mine)))}”"
    edition = pieces[0].told.data["edition_id"]
    every = {key for key, one in names.sessions.items() if one["edition_id"] == edition and one["status"] == "planned"}
    return f"all {len(mine)} sessions" if mine == every else f"{len(mine)} sessions"
