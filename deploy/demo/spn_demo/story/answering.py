"""Answers: what became of each command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from spn_demo.journal import Told
from spn_demo.names import Names, named_by
from spn_demo.story.lines import Name, Piece, Sentence, Tone, alone
from spn_demo.story.words import listed

ANSWERED = "command.answered.v1"


def answered(told: Told, _names: Names) -> Iterable[Piece]:
    """The piece of an answer. Its subject is the command."""
    if told.data["outcome"] == "done":
        yield Piece(told, _done, ("answers", told.source), (told.subject,), "quiet")
        return
    tone: Tone = "bad" if told.data["outcome"] == "refused" else "quiet"
    yield Piece(told, _not_done, alone(told), (told.subject,), tone)


def _done(pieces: Sequence[Piece], _names: Names) -> Sentence | None:
    """That a command was done shows in what follows: worth a line only when there were many."""
    if len(pieces) == 1:
        return None
    codes = Counter(piece.told.data["code"].replace("-", " ") for piece in pieces)
    return (f"answers {len(pieces)} commands: {listed([f'{count} {code}' for code, count in codes.items()])}",)


def _not_done(pieces: Sequence[Piece], names: Names) -> Sentence:
    answer, command = pieces[0].told.data, names.commands.get(pieces[0].told.subject)
    verb = "refuses" if answer["outcome"] == "refused" else "has nothing to change for"
    return f"{verb} ", Name(_whose(command, names)), f": {answer['sentence_en']}"


def _whose(command: Told | None, names: Names) -> str:
    if command is None:
        return "a command"
    named = command.data.get("participant") if isinstance(command.data, dict) else None
    if named and "name" in named:
        return str(named["name"])
    people = sorted(names.whom(named_by(command)))
    return names.person(people[0]) if people else command.type
