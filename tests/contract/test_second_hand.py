"""What the auditor writes a second time comes to the same as what enrolment does: seals, the line, money."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from enrolment.domain import journal as ours
from enrolment.domain.enrolment import LIVE, PENDING, SEATED, Enrolment
from enrolment.domain.guest import COMING
from enrolment.domain.line import moved
from enrolment.domain.terms import part_of
from enrolment.proof.line import BECOMES
from notifications.domain.enrolments import PURPOSE_OF_STATUS
from notifications.domain.guests import PURPOSE_OF_GUEST
from scheduling.domain.places import TAKING_PART
from spn_audit import programme
from spn_audit.journal import Entry
from spn_audit.line import Line

WORDS = st.none() | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)
NUMBERS = st.integers(0, 2**53)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - naive by contract


def test_the_auditor_knows_the_states_that_there_are() -> None:
    assert programme.LIVE == LIVE
    assert programme.SEATED == SEATED
    assert programme.COMING == COMING
    assert programme.TAKING_PART == TAKING_PART
    assert programme.PURPOSE_OF_STATUS == PURPOSE_OF_STATUS
    assert programme.PURPOSE_OF_GUEST == PURPOSE_OF_GUEST
    assert programme.STATUS_AFTER == BECOMES
    assert PENDING < LIVE


ROWS = st.tuples(
    *(st.integers(1, 2**53), st.sampled_from(sorted(BECOMES)), st.uuids(), NUMBERS, st.none() | NUMBERS, MOMENTS),
    *(st.none() | NUMBERS, st.none() | NUMBERS, st.none() | st.uuids(), WORDS, WORDS),
)
EDITIONS = st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=20)


@given(ROWS, EDITIONS, st.sampled_from(["", "ab" * 32]))
def test_the_auditors_seals_are_the_ones_that_enrolment_makes(row: tuple[Any, ...], edition: str, before: str) -> None:
    number, what, enrolment, *rest, command, who, reason = row
    said = ours.said(uuid5(command, "said"), who, reason) if command else ""
    sealed = ours.Entry(*(*row, said)).sealed(edition, before)
    read = Entry(*(number, what, str(enrolment), *rest, command, who, reason, said, sealed.seal))

    assert read.sealed(edition, before) == sealed.seal
    if command:
        assert programme.said_of(command, who, reason) == said


@given(st.data())
def test_a_line_that_is_changed_by_hand_is_the_same_in_both_hands(data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(1, 99), min_size=1, max_size=9, unique=True).map(sorted))
    theirs = [_waiting(place) for place in places]
    line = Line()
    for one in theirs:
        line.join(str(one.enrolment_id), one.place)

    for _ in range(data.draw(st.integers(1, 5))):
        who = data.draw(st.sampled_from(theirs)).enrolment_id
        position = data.draw(st.integers(1, len(theirs)))
        theirs = moved(theirs, who, position)
        assert line.move(str(who), position)

    for rank, one in enumerate(theirs, 1):
        assert (line.place(str(one.enrolment_id)), line.rank(str(one.enrolment_id))) == (one.place, rank)


@given(st.integers(0, 10_000_000), st.integers(0, 100))
def test_a_part_of_a_price_is_rounded_the_same(cents: int, percent: int) -> None:
    assert programme.part_of(cents, percent) == part_of(cents, percent)


def _waiting(place: int) -> Enrolment:
    return Enrolment(
        enrolment_id=UUID(int=place),
        edition_id="ed-1",
        number=place,
        status="waiting",
        participant_id=UUID(int=1),
        organisation_id="kvk-1",
        requested_at=datetime(2027, 1, 14, tzinfo=UTC),
        payers=(),
        place=place,
    )
