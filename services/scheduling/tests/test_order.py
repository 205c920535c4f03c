"""Messages in any order, doubled, with one missing and healed by a newer one, end in the same places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.events_in import Enrolment
from services.scheduling.tests.season import DAY, Asked, Season, day, enrolment, expected, move, plan

Told: TypeAlias = tuple[int, Enrolment]

STATUSES = st.sampled_from(["waiting", "offered", "accepted", "accepted", "withdrawn", "left"])


@st.composite
def histories(draw: st.DrawFn) -> list[Told]:
    """What enrolment tells of four enrolments of four people, in its order."""
    steps = draw(st.lists(st.tuples(st.integers(1, 4), STATUSES, st.integers(1, 4)), max_size=14))
    return [(place, enrolment(number, status, of=of)) for place, (number, status, of) in enumerate(steps, start=1)]


@st.composite
def requests(draw: st.DrawFn) -> list[Asked]:
    """What organisers ask, in the order of the log: plans that grow and moves, some of them refused."""
    asked: list[Asked] = []
    for _ in range(draw(st.integers(0, 5))):
        number = draw(st.integers(1, 4))
        shift = draw(st.integers(-3, 3)) * DAY
        at = day(number)
        times = {"starts_at": at["starts_at"] + shift, "ends_at": at["ends_at"] + shift}
        venue = draw(st.sampled_from(["Bibliotheek Neude, Utrecht", "Rozet, Arnhem"]))
        if draw(st.booleans()):
            asked.append(plan(*(day(n) for n in range(1, number)), day(number, venue=venue, **times)))
        else:
            asked.append(move(number, venue=venue, **times))
    return asked


@st.composite
def deliveries(draw: st.DrawFn, told: list[Told], asked: list[Asked]) -> list[Told | Asked]:
    """The events in any order, some twice, all but the newest of each enrolment perhaps missing; commands in theirs."""
    newest = {event.enrolment_id: place for place, event in told}
    arriving = [t for t in told if t[0] == newest[t[1].enrolment_id] or draw(st.booleans())]
    arriving += [t for t in arriving if draw(st.booleans())]
    slots: list[Told | None] = [*draw(st.permutations(arriving))]
    for _ in asked:
        slots.insert(draw(st.integers(0, len(slots))), None)
    commands = iter(asked)
    return [next(commands) if slot is None else slot for slot in slots]


def play(messages: Sequence[Told | Asked]) -> Season:
    season = Season()
    for message in messages:
        if isinstance(message, tuple):
            season.hears_at(*message)
        else:
            season.is_asked(message)
    return season


@settings(max_examples=300)
@given(st.data())
def test_any_order_of_delivery_ends_in_the_same_places(data: st.DataObject) -> None:
    told, asked = data.draw(histories()), data.draw(requests())
    in_order = play([*told, *asked])
    season = play(data.draw(deliveries(told, asked)))

    assert expected(season.state.sessions.values()) == expected(in_order.state.sessions.values())
    assert season.state.members == in_order.state.members
    assert {s.session_id: s.details for s in season.state.sessions.values()} == {
        s.session_id: s.details for s in in_order.state.sessions.values()
    }


@settings(max_examples=300)
@given(st.data())
def test_the_sequence_of_a_session_rises_with_each_event_and_the_last_event_is_the_state(data: st.DataObject) -> None:
    season = play(data.draw(deliveries(data.draw(histories()), data.draw(requests()))))

    told = defaultdict(list)
    for fact in season.facts:
        told[fact.session.session_id].append(fact.session)
    for sessions in told.values():
        sequences = [session.sequence for session in sessions]
        assert sequences == list(range(len(sequences)))
    assert {session_id: sessions[-1] for session_id, sessions in told.items()} == season.state.sessions


@settings(max_examples=200)
@given(st.data())
def test_members_who_take_part_have_a_place_in_all_sessions_to_come_whenever_they_were_heard_of(
    data: st.DataObject,
) -> None:
    season = Season()
    for message in data.draw(deliveries(data.draw(histories()), data.draw(requests()))):
        season.now += DAY * data.draw(st.integers(0, 20))
        if isinstance(message, tuple):
            season.hears_at(*message)
        else:
            season.is_asked(message)

    people = {m.person_id for m in season.state.members.values() if m.accepted}
    for session in season.state.sessions.values():
        if not session.has_begun(season.now):
            assert expected([session])[session.session_id].keys() == people
