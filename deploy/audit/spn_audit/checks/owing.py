"""Money and seats are tied: what is owed follows from what became of the seat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from spn_audit import programme
from spn_audit.checks.seats import TAIL, placed, whole_plays
from spn_audit.evidence import Evidence
from spn_audit.reading.enrolment import EnrolmentRow
from spn_audit.result import Check, Findings

TABLE = "database of enrolment, table enrolments, enrolment_id {}"
ANY_PERCENT = frozenset(range(101))
NOTHING, EVERYTHING = 0, 100
"""What is owed after a cancellation, and where none of the rules is met."""


def owed_by_seat(seen: Evidence) -> Check:
    """The table by itself; and the log: nobody owes for a cancelled edition, and a correction changes no price."""
    found, owing = Findings(), Counter({"owe the whole price": 0, "owe a part": 0, "owe nothing": 0})
    for id_, row in seen.enrolment.enrolments.items():
        owing["owe nothing" if not row.owed else "owe the whole price" if row.owed == row.price else "owe a part"] += 1
        for what in _wrong(row):
            found.add(f"enrolment {id_} is {row.status}: {what}", TABLE.format(id_))
    for edition, play in whole_plays(seen):
        terms = placed(seen, edition)
        for what in play.repriced:
            found.add(f"edition {edition}: {what}", f"topic {programme.ENROLMENTS}", TAIL)
        for one in play.owing:
            number = play.number_of(one.decision)
            if number is not None and terms.cancelled_at(number):
                what = f"edition {edition} was cancelled, and {one.enrolment} owed something after that"
                found.add(what, TABLE.format(one.enrolment), TAIL)
    sentence = "Who has a seat owes its price, who gave it up what was agreed for that, and nobody else owes anything."
    examined = len(seen.enrolment.enrolments)
    return Check("owed-by-seat", sentence, dict(owing), found.all(), examined)


def _wrong(row: EnrolmentRow) -> Iterator[str]:
    owed, price = sum(row.owed.values()), sum(row.price.values())
    if row.status in programme.TAKING_PART:
        if row.owed != row.price:
            yield f"its payers owe {owed} cents of {price}, or not each its own part"
    elif row.status == "withdrawn":
        if not any(_is_part(row, percent) for percent in _percents(row)):
            yield f"{owed} cents of {price} are owed, which is none of the parts that were agreed"
    elif row.owed:
        yield f"{owed} cents are owed"


def _percents(row: EnrolmentRow) -> frozenset[int]:
    """Which of the rules it was depends on the day; that one of them was used shows."""
    return ANY_PERCENT if row.percents is None else row.percents | {NOTHING, EVERYTHING}


def _is_part(row: EnrolmentRow, percent: int) -> bool:
    """Of each line of each payer, rounded by itself."""
    parts = {place: programme.part_of(cents, percent) for place, cents in row.price.items()}
    return dict(row.owed) == {place: cents for place, cents in parts.items() if cents}
