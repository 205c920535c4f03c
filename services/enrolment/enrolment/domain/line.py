"""The line of an edition: who waits, by their places. Positions are ranks, worked out when asked and never stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from enrolment.domain.enrolment import Enrolment


def ranked(
    positions: Mapping[UUID, int],
    enrolments: Mapping[UUID, Enrolment],
    waiting: int,
    before: Enrolment | None,
    after: Enrolment,
) -> Mapping[UUID, int]:
    """The positions once ``before`` has become ``after``. ``enrolments`` and ``waiting`` are as they were before."""
    was, now = before is not None and before.is_waiting, after.is_waiting
    if was == now:
        return positions
    if now:
        return _joined(positions, enrolments, waiting, after)
    left = positions.get(after.enrolment_id)
    if left == waiting:
        shorter = dict(positions)  # a copy keeps the hashes of ids; making it anew asks each for its own
        del shorter[after.enrolment_id]
        return shorter
    if left is not None:
        return {e: position - (position > left) for e, position in positions.items() if position != left}
    return {
        enrolment_id: position - (enrolments[enrolment_id].place > after.place)
        for enrolment_id, position in positions.items()
        if enrolment_id != after.enrolment_id
    }


def _joined(
    positions: Mapping[UUID, int], enrolments: Mapping[UUID, Enrolment], waiting: int, new: Enrolment
) -> Mapping[UUID, int]:
    if new.enrolment_id not in enrolments:
        # A new request has the highest number: it is the last in line.
        return {**positions, new.enrolment_id: waiting + 1}
    assert len(positions) == waiting, "the line was not read to its end"
    ahead = sum(enrolments[e].place < new.place for e in positions)
    moved = {e: position + (position > ahead) for e, position in positions.items()}
    return {**moved, new.enrolment_id: ahead + 1}


def moved(line: Sequence[Enrolment], enrolment_id: UUID, position: int) -> list[Enrolment]:
    """The line with one of it at this position (from 1; beyond the end is the end): all others keep their order.

    The places stay the same ones, and go to others: whoever is moved takes the place of who stood there, who takes the
    next one, and so on. So a place is always above those of all who asked before, as long as nobody is moved.
    """
    order = [e for e in line if e.enrolment_id != enrolment_id]
    (one,) = (e for e in line if e.enrolment_id == enrolment_id)
    order.insert(position - 1, one)
    return [e if e.place == slot.place else replace(e, place=slot.place) for e, slot in zip(order, line, strict=True)]
