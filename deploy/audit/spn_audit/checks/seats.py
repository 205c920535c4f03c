"""Enrolment's rules: seats, the line, one live enrolment a person; now, and at every moment of the log."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from spn_audit import programme
from spn_audit.evidence import NO_TOPICS, Evidence
from spn_audit.log.editions import Moment, Play
from spn_audit.reading.enrolment import EditionRow
from spn_audit.result import Check, Findings, skipped
from spn_audit.states import Edition

TABLE = "database of enrolment, table enrolments, edition_id {}"
TAIL = "spn tail spn.enrolment.events --from-beginning --no-follow"


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
    wrong = []
    if taken > row.seats:
        wrong.append(f"{taken} people are accepted or offered a seat, there are {row.seats} seats")
    if taken != row.seats_taken:
        wrong.append(f"{taken} people are accepted or offered a seat, the counter says {row.seats_taken}")
    if states["waiting"] != row.waiting:
        wrong.append(f"{states['waiting']} people wait, the counter says {row.waiting}")
    if row.state == "open" and states["waiting"] and taken < row.seats:
        wrong.append(f"{states['waiting']} people wait while {row.seats - taken} seats are free")
    if numbers != list(range(1, row.last_number + 1)):
        gone = sorted(set(range(1, row.last_number + 1)) - set(numbers))[:5]
        wrong.append(
            f"the journal has {len(numbers)} entries, {row.last_number} numbers were given (not there: {gone})"
        )
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
    for edition, play in seen.log.plays.items():
        row = seen.enrolment.editions.get(edition)
        if row is None or not _whole(seen, edition):
            continue
        examined += play.events
        most = max(most, play.most.taken if play.most else 0)
        if play.most and play.most.taken > row.seats:
            what = (
                f"edition {edition}: {play.most.taken} people were accepted or offered at once, with {row.seats} seats"
            )
            found.add(what, _at(play.most), TAIL)
        for moment in _lean(seen, edition, play, row.seats):
            what = f"edition {edition}: {moment.waiting} people waited while {row.seats - moment.taken} seats were free"
            found.add(what, _at(moment), TAIL)
    return Check(name, sentence, {"moments": examined, "most seats taken": most}, found.all(), examined)


def _lean(seen: Evidence, edition: str, play: Play, seats: int) -> list[Moment]:
    """Moments at which a seat was free and somebody waited, before the edition closed."""
    told = seen.told(programme.EDITIONS).get(edition)
    state = told.state if told else None
    closed_at = datetime.fromisoformat(state.time) if isinstance(state, Edition) and state.state == "closed" else None
    lean = [moment for moment in play.leanest if moment.taken < seats]
    return [one for one in lean if closed_at is None or datetime.fromisoformat(one.time) < closed_at][:5]


def first_in_line(seen: Evidence) -> Check:
    """Offers go by the journal."""
    name, sentence = "first-in-line", "A seat that came free was offered to who had waited longest."
    if seen.log is None:
        return skipped(name, sentence, NO_TOPICS)
    found, offers, examined = Findings(), 0, 0
    for edition, play in seen.log.plays.items():
        if not _whole(seen, edition):
            continue
        examined += play.events
        offers += play.offers
        for sentence_ in (*play.out_of_turn, *play.positions):
            found.add(f"edition {edition}: {sentence_}", TABLE.format(edition), TAIL)
    return Check(name, sentence, {"offers": offers}, found.all(), examined)


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


def _whole(seen: Evidence, edition: str) -> bool:
    """Whether the log tells the whole story of this edition: from its first number on, without a hole."""
    chain = seen.log.chains.get((programme.ENROLMENTS, edition)) if seen.log else None
    return chain is not None and chain.first == 1 and not chain.missing and not chain.leaps


def _at(moment: Moment) -> str:
    return f"{programme.ENROLMENTS}, partition {moment.partition}, offset {moment.offset} ({moment.time})"
