"""What enrolment tells: editions, seats, the line, and who people are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from spn_demo.journal import Told
from spn_demo.names import Names
from spn_demo.story.guests import GUEST
from spn_demo.story.lines import Name, Piece, Render, Sentence, Tone, alone
from spn_demo.story.words import counted, euros, listed, moment, short_day


def enrolled(told: Told, names: Names) -> Iterable[Piece]:
    """The pieces of an event of enrolment."""
    kind = told.type.partition(".")[0]
    if told.type in PERSON:
        yield Piece(told, PERSON[told.type], alone(told), (told.subject,), "quiet")
    elif kind in ("person", "organisation"):
        yield Piece(told, _registry, ("registry",), (told.subject,) if kind == "person" else (), "quiet", told.type)
    elif kind == "partner":
        yield Piece(told, _partners, ("partners",), (told.subject,), "quiet", told.type)
    elif kind == "edition":
        yield Piece(told, EDITION[told.type], alone(told), tone="good")
    elif told.type in GUEST:
        render, tone = GUEST[told.type]
        yield Piece(told, render, alone(told), (told.data["person_id"],), tone)
    elif told.type in ENROLMENT:
        render, tone = ENROLMENT[told.type]
        before = names.enrolments.get(told.subject, {}).get("status", "")
        people = (told.data["participant_id"], *told.data["former_participant_ids"])
        yield Piece(told, render, alone(told), people, tone, before)


def _registry(pieces: Sequence[Piece], names: Names) -> Sentence:
    if len(pieces) == 1 and pieces[0].concerns:
        return "gets to know ", Name(names.person(pieces[0].told.subject))
    subjects = {
        kind: {p.told.subject for p in pieces if p.note.startswith(kind)} for kind in ("person", "organisation")
    }
    parts = [
        counted(len(subjects["person"]), "person", "people") if subjects["person"] else "",
        counted(len(subjects["organisation"]), "organisation") if subjects["organisation"] else "",
    ]
    return (f"gets to know {listed([part for part in parts if part])}",)


def _partners(pieces: Sequence[Piece], _names: Names) -> Sentence:
    words = {
        "partner.edition-published.v1": ("a new edition", "new editions"),
        "partner.edition-amended.v1": ("an edition amended", "editions amended"),
        "partner.edition-cancelled.v1": ("an edition cancelled", "editions cancelled"),
        "partner.enrolment-confirmed.v1": ("a seat confirmed", "seats confirmed"),
        "partner.enrolment-ended.v1": ("a seat given up", "seats given up"),
    }
    counts = Counter(piece.note for piece in pieces)
    said = []
    for kind, count in counts.items():
        one, many = words.get(kind, (kind, kind))
        said.append(one if count == 1 else f"{count} {many}")
    return (f"tells partners, without names: {listed(said)}",)


def _published(pieces: Sequence[Piece], _names: Names) -> Sentence:
    data = pieces[0].told.data
    price = sum(line["unit_price_cents"] for line in data["lines"])
    seats = f"{counted(data['seats'], 'seat')} at {euros(price)}"
    return Name(data["title_nl"]), f" is published: {seats}; enrolment opens on {moment(data['opens_at'])}"


def _opened(pieces: Sequence[Piece], _names: Names) -> Sentence:
    return "enrolment for ", Name(pieces[0].told.data["title_nl"]), " is open"


def _closed(pieces: Sequence[Piece], _names: Names) -> Sentence:
    return "enrolment for ", Name(pieces[0].told.data["title_nl"]), " is closed"


def _amended(pieces: Sequence[Piece], _names: Names) -> Sentence:
    data = pieces[0].told.data
    return Name(data["title_nl"]), f" is amended: {counted(data['seats'], 'seat')}; what was agreed before stands"


def _cancelled(pieces: Sequence[Piece], _names: Names) -> Sentence:
    return Name(pieces[0].told.data["title_nl"]), " will not take place; nobody owes anything"


def _receipt(pieces: Sequence[Piece], _names: Names) -> Sentence:
    data = pieces[0].told.data
    kept = listed([one["what"].replace("-", " ") for one in data["kept"]])
    return (f"gives a receipt of the erasure: kept are {kept}; topics let go by {short_day(data['topics_until'])}",)


def _who(data: Mapping[str, object], names: Names) -> Sentence:
    return Name(names.person(str(data["participant_id"]))), f" of {names.organisation(str(data['organisation_id']))}"


def _accepted(pieces: Sequence[Piece], names: Names) -> Sentence:
    told = pieces[0].told
    if pieces[0].note == "offered":
        return Name(names.person(told.data["participant_id"])), " takes the offered seat and takes part"
    return *_who(told.data, names), f" has a seat (request no. {told.data['number']})"


def _waitlisted(pieces: Sequence[Piece], names: Names) -> Sentence:
    data = pieces[0].told.data
    return *_who(data, names), f" is on the waiting list, position {data['position']}"


def _offered(pieces: Sequence[Piece], names: Names) -> Sentence:
    data = pieces[0].told.data
    return *_who(data, names), f" is next in line: a seat is offered until {moment(data['offer_expires_at'])}"


def _moved(pieces: Sequence[Piece], names: Names) -> Sentence:
    data = pieces[0].told.data
    return *_who(data, names), f" is moved by hand to position {data['position']} of the waiting list"


def _extended(pieces: Sequence[Piece], names: Names) -> Sentence:
    data = pieces[0].told.data
    return *_who(data, names), f" has longer to answer, after an outage: until {moment(data['offer_expires_at'])}"


def _committed(pieces: Sequence[Piece], names: Names) -> Sentence:
    data = pieces[0].told.data
    over = "has been in the network for two years" if data["commitment"] == "fulfilled" else "leaves the network early"
    return *_who(data, names), f" {over}"


def _withdrawn(pieces: Sequence[Piece], names: Names) -> Sentence:
    lines = [line for payer in pieces[0].told.data["payers"] for line in payer["lines"]]
    owed, price = sum(line["owed_cents"] for line in lines), sum(line["unit_price_cents"] for line in lines)
    rest = f"{owed * 100 / price:.0f} % of the price remains owed, {euros(owed)}" if owed else "nothing remains owed"
    return *_who(pieces[0].told.data, names), f" has withdrawn; {rest}"


def _substituted(pieces: Sequence[Piece], names: Names) -> Sentence:
    data = pieces[0].told.data
    former = Name(names.person(data["former_participant_ids"][-1]))
    return *_who(data, names), " takes over the place of ", former, f"; the enrolment stays no. {data['number']}"


def _ended(what: str) -> Callable[[Sequence[Piece], Names], Sentence]:
    def render(pieces: Sequence[Piece], names: Names) -> Sentence:
        data = pieces[0].told.data
        return *_who(data, names), f" {what} (no. {data['number']}, asked on {short_day(data['requested_at'][:10])})"

    return render


EDITION: Mapping[str, Render] = {
    "edition.published.v1": _published,
    "edition.opened.v1": _opened,
    "edition.closed.v1": _closed,
    "edition.amended.v1": _amended,
    "edition.cancelled.v1": _cancelled,
}
PERSON: Mapping[str, Render] = {
    "person.erased.v1": lambda _pieces, _names: ("has erased a person: no name, address or word is left",),
    "person.erasure-receipt.v1": _receipt,
}
ENROLMENT: Mapping[str, tuple[Render, Tone]] = {
    "enrolment.accepted.v1": (_accepted, "good"),
    "enrolment.waitlisted.v1": (_waitlisted, "plain"),
    "enrolment.seat-offered.v1": (_offered, "good"),
    "enrolment.offer-declined.v1": (_ended("does not want the offered seat"), "plain"),
    "enrolment.offer-lapsed.v1": (_ended("did not answer in time: the offer has lapsed"), "plain"),
    "enrolment.left.v1": (_ended("left the waiting list"), "plain"),
    "enrolment.withdrawn.v1": (_withdrawn, "plain"),
    "enrolment.substituted.v1": (_substituted, "good"),
    "enrolment.requested.v1": (_ended("waits for the organisers' choice"), "plain"),
    "enrolment.rejected.v1": (_ended("was not chosen"), "plain"),
    "enrolment.reordered.v1": (_moved, "plain"),
    "enrolment.offer-extended.v1": (_extended, "plain"),
    "enrolment.closed.v1": (_ended("is closed: no seat came free"), "plain"),
    "enrolment.corrected.v1": (_ended("has other payers or another library now"), "plain"),
    "enrolment.completed.v1": (_ended("has completed the edition"), "good"),
    "enrolment.second-year-started.v1": (_ended("begins the second year in the network"), "plain"),
    "enrolment.commitment-ended.v1": (_committed, "plain"),
    "enrolment.link-sent.v1": (_ended("gets a fresh personal link"), "quiet"),
}
