"""Commands: what is asked of the services, by people, by the platform or by a service of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from spn_demo.journal import Told
from spn_demo.names import Names, named_by
from spn_demo.story.lines import Name, Piece, Sentence, Tone, alone
from spn_demo.story.words import counted, short_day, span
from spn_demo.ways import actor_of, way_of


def asked(told: Told, names: Names) -> Iterable[Piece]:
    """The piece of a command."""
    render = ASKED.get(told.type, _anything)
    together = told.type == "enrolment.request.v1"
    tone: Tone = "plain" if way_of(told) else "quiet"
    # Who it is about now: after a substitution it is somebody else.
    about = told.data.get("enrolment_id") if isinstance(told.data, dict) else None
    note = names.participant(about) if about else ""
    yield Piece(
        told, render, ("requests", actor_of(told)) if together else alone(told), tuple(named_by(told)), tone, note
    )


def _requests(pieces: Sequence[Piece], _names: Names) -> Sentence:
    people = {piece.told.data["participant"]["email"]: piece.told for piece in pieces}
    if len(people) == 1:
        data = pieces[0].told.data
        again = f", in {len(pieces)} messages" if len(pieces) > 1 else ""
        library = data["library"]["legal_name"].removeprefix("Stichting ")
        return Name(data["participant"]["name"]), f" of {library} asks for a seat{again}"
    messages = Counter(piece.told.id for piece in pieces)
    seconds = (pieces[-1].told.appended - pieces[0].told.appended).total_seconds()
    twice, anew = sum(messages.values()) - len(messages), len(messages) - len(people)
    extra = [
        f"{counted(twice, 'message')} came twice" if twice else "",
        f"{counted(anew, 'person', 'people')} asked twice" if anew else "",
    ]
    doubles = f" ({', '.join(filter(None, extra))})" if twice or anew else ""
    return Name(counted(len(people), "director")), (
        f" have asked for a seat within {seconds:.1f} s, in {len(pieces)} messages{doubles}"
    )


def _publish(pieces: Sequence[Piece], _names: Names) -> Sentence:
    return "asks to publish the edition ", Name(pieces[0].told.data["title_nl"])


def _plan(pieces: Sequence[Piece], _names: Names) -> Sentence:
    return (f"gives the timetable: {counted(len(pieces[0].told.data['sessions']), 'session')}",)


def _move(pieces: Sequence[Piece], names: Names) -> Sentence:
    data = pieces[0].told.data
    where = f"{span(data['starts_at'], data['ends_at'])} at {data['venue']}"
    return "asks to move ", Name(names.session(data["session_id"])), f" to {where}: “{data['reason']}”"


def _cancel(pieces: Sequence[Piece], names: Names) -> Sentence:
    data = pieces[0].told.data
    return "asks to cancel ", Name(names.session(data["session_id"])), f": “{data['reason']}”"


def _of_enrolment(before: str, after: str = "") -> Callable[[Sequence[Piece], Names], Sentence]:
    def render(pieces: Sequence[Piece], _names: Names) -> Sentence:
        return before, Name(pieces[0].note), after

    return render


def _substitute(pieces: Sequence[Piece], _names: Names) -> Sentence:
    colleague = pieces[0].told.data["participant"]["name"]
    return "asks that ", Name(colleague), " takes the place of ", Name(pieces[0].note)


def _wakes(what: str) -> Callable[[Sequence[Piece], Names], Sentence]:
    return lambda _pieces, _names: (what,)


def _because(what: str) -> Callable[[Sequence[Piece], Names], Sentence]:
    def render(pieces: Sequence[Piece], _names: Names) -> Sentence:
        data = pieces[0].told.data
        return what, Name(data["edition_id"]), f": “{data['reason']}”"

    return render


def _by_hand(before: str, after: str = "") -> Callable[[Sequence[Piece], Names], Sentence]:
    def render(pieces: Sequence[Piece], _names: Names) -> Sentence:
        return before, Name(pieces[0].note), f"{after}: “{pieces[0].told.data['reason']}”"

    return render


def _milestone(pieces: Sequence[Piece], _names: Names) -> Sentence:
    said = {
        "start": "the edition starts",
        "end": "the last day is over",
        "second-year": "the second year begins",
        "commitment-end": "the two years are over",
    }
    return (f"wakes itself up: {said[pieces[0].told.data['milestone']]}",)


def _invite(pieces: Sequence[Piece], _names: Names) -> Sentence:
    data = pieces[0].told.data
    return "asks to invite ", Name(data["guest"]["name"]), f" as a guest to the theme {data['theme_id']}"


def _anything(pieces: Sequence[Piece], _names: Names) -> Sentence:
    told = pieces[0].told
    return f"asks {told.type} of {told.topic.split('.')[1]} on {short_day(told.time.date())}", ""


ASKED: Mapping[str, Callable[[Sequence[Piece], Names], Sentence | None]] = {
    "enrolment.request.v1": _requests,
    "edition.publish.v1": _publish,
    "timetable.plan.v1": _plan,
    "session.move.v1": _move,
    "session.cancel.v1": _cancel,
    "enrolment.withdraw.v1": _of_enrolment("asks to withdraw the enrolment of "),
    "enrolment.accept-offer.v1": _of_enrolment("says that ", " wants the offered seat"),
    "enrolment.decline-offer.v1": _of_enrolment("says that ", " does not want the offered seat"),
    "enrolment.leave-list.v1": _of_enrolment("asks to take ", " off the waiting list"),
    "enrolment.substitute.v1": _substitute,
    "edition.open.v1": _wakes("wakes itself up: the opening instant has come"),
    "edition.close.v1": _wakes("wakes itself up: the closing instant has come"),
    "offer.lapse.v1": _of_enrolment("wakes itself up: the offer to ", " is over"),
    "offer.extend.v1": _of_enrolment("gives ", " longer to answer the offer, after an outage"),
    "guest.lapse.v1": _wakes("wakes itself up: an invitation is over"),
    "edition.milestone.v1": _milestone,
    "edition.amend.v1": _because("asks to amend the edition "),
    "edition.cancel.v1": _because("asks to cancel the edition "),
    "enrolment.approve.v1": _by_hand("chooses the request of "),
    "enrolment.reject.v1": _by_hand("does not choose the request of "),
    "enrolment.reorder.v1": _by_hand("moves ", " in the waiting list"),
    "enrolment.offer-seat.v1": _by_hand("offers ", " a free seat by hand"),
    "enrolment.correct.v1": _by_hand("corrects the enrolment of "),
    "enrolment.leave-network.v1": _of_enrolment("says that ", " leaves the network"),
    "enrolment.send-link.v1": _of_enrolment("asks for a fresh link for "),
    "enrolment.end.v1": _of_enrolment("ends the enrolment of ", ", who is to be erased"),
    "enrolment.invite-guest.v1": _invite,
    "enrolment.confirm-guest.v1": _wakes("says that a guest comes"),
    "enrolment.decline-guest.v1": _wakes("says that a guest does not come"),
    "person.erase.v1": _wakes("asks to erase a person"),
}
