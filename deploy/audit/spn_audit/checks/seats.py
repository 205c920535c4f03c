"""Enrolment's rules: seats, the line, one live enrolment a person; now, and at every moment of the log."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from spn_audit import programme
from spn_audit.evidence import NO_TOPICS, Evidence
from spn_audit.log.editions import Moment, Play
from spn_audit.log.terms import Placed
from spn_audit.reading.enrolment import EditionRow
from spn_audit.result import Check, Findings, skipped

TABLE = "database of enrolment, table enrolments, edition_id {}"
TAIL = "spn tail spn.enrolment.events --from-beginning --no-follow"
NAMED_MAX = 5


def seats_now(seen: Evidence) -> Check:
    """The table by itself: seats, counters, numbers, who waits."""
    found = Findings()
    states: dict[str, Counter[str]] = defaultdict(Counter)
    numbers: dict[str, list[int]] = defaultdict(list)
    for one in seen.enrolment.enrolments.values():
        states[one.edition][one.status] += 1
        numbers[one.edition].append(one.number)
    for edition, row in seen.enrolment.editions.items():
        for sentence in _wrong_now(row, states[edition], sorted(numbers[edition])):
            found.add(f"edition {edition}: {sentence}", TABLE.format(edition))
    taken = sum(some[status] for some in states.values() for status in programme.SEATED)
    counted = {
        "editions": len(seen.enrolment.editions),
        "seats": sum(row.seats for row in seen.enrolment.editions.values()),
        "taken": taken,
        "waiting": sum(some["waiting"] for some in states.values()),
    }
    sentence = "There are never more people than seats, and nobody waits while a seat is free."
    return Check("seats-now", sentence, counted, found.all(), len(seen.enrolment.enrolments))


def _wrong_now(row: EditionRow, states: Counter[str], numbers: list[int]) -> list[str]:
    taken = sum(states[status] for status in programme.SEATED)
    seats = row.terms.seats
    wrong = []
    if row.seats != seats:
        wrong.append(f"its terms say {seats} seats, the column says {row.seats}")
    if taken > seats:
        wrong.append(f"{taken} people are accepted or offered a seat, there are {seats} seats")
    if taken != row.seats_taken:
        wrong.append(f"{taken} people are accepted or offered a seat, the counter says {row.seats_taken}")
    if states["waiting"] != row.waiting:
        wrong.append(f"{states['waiting']} people wait, the counter says {row.waiting}")
    if row.state == "open" and states["waiting"] and taken < seats:
        wrong.append(f"{states['waiting']} people wait while {seats - taken} seats are free")
    if row.state == "cancelled" and (live := sum(states[status] for status in programme.LIVE)):
        wrong.append(f"it is cancelled, and {live} enrolments live")
    if numbers != list(range(1, row.last_number + 1)):
        gone = sorted(set(range(1, row.last_number + 1)) - set(numbers))[:5]
        wrong.append(f"there are {len(numbers)} requests, {row.last_number} numbers were given (not there: {gone})")
    return wrong


def seats_always(seen: Evidence) -> Check:
    """The log, moment by moment."""
    name = "seats-always"
    sentence = (
        "At no moment were more people accepted or offered than there are seats, or did one wait beside a free seat."
    )
    if seen.log is None:
        return skipped(name, sentence, NO_TOPICS)
    found, examined, most = Findings(), 0, 0
    for edition, play in whole_plays(seen):
        examined += play.events
        most = max(most, max((moment.most for moment in play.moments), default=0))
        for what, moment in _wrong_then(play, placed(seen, edition)):
            where = f"{programme.ENROLMENTS}, partition {play.partition}, offset {moment.offset} ({moment.time})"
            found.add(f"edition {edition}: {what}", where, TAIL)
    return Check(name, sentence, {"moments": examined, "most seats taken": most}, found.all(), examined)


def _wrong_then(play: Play, terms: Placed) -> Iterator[tuple[str, Moment]]:
    """The worst moment with too many people, and the first ones with a free seat and somebody waiting.

    By the terms of each decision. Where it is not sure which those were, the most seats count for the one, the fewest
    for the other.
    """
    known = [(moment, some) for moment in play.moments if (some := terms.at(moment.number))]
    room = [(max(e.seats for e in some) - moment.most, moment) for moment, some in known]
    left, worst = min(room, key=lambda pair: pair[0], default=(0, None))
    if worst and left < 0:
        yield f"{worst.most} people were accepted or offered at once, with {worst.most + left} seats", worst
    lean = 0
    for moment, some in known:
        free = min(e.seats for e in some) - moment.taken
        if moment.waiting and free > 0 and all(e.state == "open" for e in some) and (lean := lean + 1) <= NAMED_MAX:
            yield f"{moment.waiting} people waited while {free} seats were free", moment


def first_in_line(seen: Evidence) -> Check:
    """Offers go by the line, which a person may change; after the closing a person may offer to anybody in it."""
    name, sentence = "first-in-line", "A seat that came free was offered to the first in line, unless by hand."
    if seen.log is None:
        return skipped(name, sentence, NO_TOPICS)
    found, counted = Findings(), Counter({"offers": 0, "by hand": 0, "moved by hand": 0})
    examined = 0
    for edition, play in whole_plays(seen):
        examined += play.events
        counted["offers"] += play.offers
        counted["moved by hand"] += play.reorderings
        terms = placed(seen, edition)
        wrong = list(play.wrong)
        for passing in play.passings:
            number = play.number_of(passing.decision)
            by_hand = number is not None and any(one.state == "closed" for one in terms.at(number))
            counted["by hand"] += by_hand
            wrong += [] if by_hand else [passing.sentence]
        for what in wrong:
            found.add(f"edition {edition}: {what}", TABLE.format(edition), TAIL)
    return Check(name, sentence, dict(counted), found.all(), examined)


def one_live_enrolment(seen: Evidence) -> Check:
    """A person takes part, waits, or is offered a seat once in an edition."""
    found = Findings()
    live: dict[tuple[str, str], list[str]] = defaultdict(list)
    for id_, row in seen.enrolment.enrolments.items():
        if row.status in programme.LIVE:
            live[row.edition, row.participant].append(id_)
    for (edition, person), some in live.items():
        if len(some) > 1:
            found.add(f"person {person} has {len(some)} live enrolments in {edition}", TABLE.format(edition))
    sentence = "Nobody has two live enrolments in one edition."
    return Check("one-live-enrolment", sentence, {"live enrolments": len(live)}, found.all(), len(live))


def whole_plays(seen: Evidence) -> Iterator[tuple[str, Play]]:
    """The editions of which the log tells the whole story: from its first number on, without a hole."""
    for edition, play in seen.log.plays.items() if seen.log else ():
        chain = seen.log.chains.get((programme.ENROLMENTS, edition)) if seen.log else None
        if chain is not None and chain.first == 1 and not chain.missing and not chain.leaps:
            yield edition, play


def placed(seen: Evidence, edition: str) -> Placed:
    """The terms of an edition at each of its decisions; as its row has them, where its topic tells nothing of it."""
    terms = seen.log.terms.get(edition) if seen.log else None
    if seen.log and terms:
        return Placed.of(terms, programme.ENROLMENTS, edition, seen.log.answers)
    row = seen.enrolment.editions.get(edition)
    return Placed([(0, row.terms)] if row else [])
