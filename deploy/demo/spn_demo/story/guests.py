"""Guests of a theme, and whatever else enrolment tells that no season plays every day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from spn_demo.names import Names
from spn_demo.story.lines import Name, Piece, Render, Sentence, Tone
from spn_demo.story.words import moment


def _guest(pieces: Sequence[Piece], names: Names) -> tuple[Name, Mapping[str, object]]:
    data = pieces[0].told.data
    return Name(names.person(str(data["person_id"]))), data


def _invited(pieces: Sequence[Piece], names: Names) -> Sentence:
    who, data = _guest(pieces, names)
    return (
        who,
        f" is invited to {data['theme_title_nl']} as a guest, and answers before {moment(str(data['expires_at']))}",
    )


def _says(what: str) -> Callable[[Sequence[Piece], Names], Sentence]:
    def render(pieces: Sequence[Piece], names: Names) -> Sentence:
        who, data = _guest(pieces, names)
        return who, f" {what} {data['theme_title_nl']}"

    return render


GUEST: Mapping[str, tuple[Render, Tone]] = {
    "enrolment.guest-invited.v1": (_invited, "plain"),
    "enrolment.guest-confirmed.v1": (_says("comes as a guest to"), "good"),
    "enrolment.guest-declined.v1": (_says("does not come to"), "plain"),
    "enrolment.guest-ended.v1": (_says("is no longer invited to"), "plain"),
}
