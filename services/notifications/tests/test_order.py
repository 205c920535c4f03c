"""Whatever the order, however often, and whatever is late: the same state, and no mail twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from notifications.domain import Contact, Message, Thread
from notifications.events_in import Enrolment, SentMessage, Session
from services.notifications.tests.fold import Memory, Told
from services.notifications.tests.season import (
    DAY,
    NOW,
    account,
    document,
    edition,
    enrolment,
    pdf,
    person,
    person_id,
    sent,
    session,
)

PEOPLE = (1, 2, 3)
NEXT = {
    "waiting": ("waiting", "offered", "left"),
    "offered": ("accepted", "declined", "lapsed"),
    "accepted": ("accepted", "withdrawn"),
    "withdrawn": (),
    "declined": (),
    "lapsed": (),
    "left": (),
}
people = st.sampled_from(PEOPLE)
BOOLEANS: st.SearchStrategy[Any] = st.booleans()


@st.composite
def enrolments(draw: st.DrawFn, number: int) -> list[Enrolment]:
    """The life of an enrolment; in any status the participant may be replaced, and come back."""
    status, participant, former = draw(st.sampled_from(("waiting", "accepted"))), draw(people), list[int]()
    life = []
    for _ in range(draw(st.integers(1, 6))):
        ids = [person_id(n) for n in former]
        life.append(enrolment(number, status, participant_id=person_id(participant), former_participant_ids=ids))
        if draw(st.booleans()) and NEXT[status]:
            status = draw(st.sampled_from(NEXT[status]))
        elif (substitute := draw(people)) != participant:
            former = [n for n in (*former, participant) if n != substitute]
            participant = substitute
    return life


@st.composite
def sessions(draw: st.DrawFn) -> list[Session]:
    """The life of a session: places given and taken, moves, perhaps the end. Each change raises the SEQUENCE."""
    confirmed, gone, weeks, status, life = list[int](), list[int](), 4, "planned", []
    for sequence in range(1, draw(st.integers(2, 9))):
        life.append(session(sequence, confirmed, gone, starts_at=NOW + 7 * weeks * DAY, status=status))
        change = draw(st.sampled_from(("place", "place", "move", "end", "nothing")))
        if change == "place":
            who = draw(people)
            gone = [n for n in gone if n != who] + ([who] if who in confirmed else [])
            confirmed = [n for n in (*confirmed, who) if n not in gone]
        elif change == "move":
            weeks = draw(st.integers(4, 6))
        elif change == "end":
            status = draw(st.sampled_from(("planned", "cancelled")))
    return life


@st.composite
def histories(draw: st.DrawFn) -> list[Told]:
    """A season as it is told, each topic in the order of its sequences."""
    # One sequence for both enrolments: they have one edition, and so one key.
    lives = [draw(enrolments(n)) for n in (1, 2)]
    mixed = sorted((e for life in lives for e in enumerate(life)), key=lambda e: e[0])
    corrections = [person(n, name=f"{m}") for m in range(draw(st.integers(1, 2))) for n in PEOPLE]
    papers = [document(draw(people), f"LN-{n}") for n in range(draw(st.integers(0, 3)))]
    return [
        *(Told(n, e) for n, (_, e) in enumerate(mixed, start=1)),
        *(Told(n, s) for n, s in enumerate(draw(sessions()), start=1)),
        *(Told(n, p) for n, p in enumerate(corrections, start=1)),
        *(Told(n, account(*papers[:n])) for n in range(1, len(papers) + 1)),
        Told(1, edition()),
        Told(1, pdf()),
    ]


@st.composite
def deliveries(draw: st.DrawFn, history: Sequence[Told]) -> list[Told]:
    """The same events in any order, some twice, some missing and delivered at last."""
    healed = draw(st.lists(st.sampled_from(history), max_size=4))
    doubled = draw(st.lists(st.sampled_from(history), max_size=6))
    first = draw(st.permutations([e for e in (*history, *doubled) if not any(e is h for h in healed)]))
    return [*first, *healed]


def but_for_the_sequence_of_what_waits(memory: Memory) -> Mapping[tuple[str, str], Any]:
    """Every state, the calendar mails that wait all with the SEQUENCE of the newest state of their session.

    A mail that waits keeps its SEQUENCE while it rises for others, so that one depends on what was heard in between.
    """
    states = dict(memory.states)
    for place, state in states.items():
        if isinstance(state, Contact):
            states[place] = replace(state, threads={about: _newest(t) for about, t in state.threads.items()})
    return states


def _newest(thread: Thread) -> Thread:
    wanted = thread.wanted
    if wanted is None or wanted.entry is None:
        return thread
    sequence, version = wanted.entry.sequence, wanted.version
    return thread.with_messages(
        replace(m, id=UUID(int=0), version=version, entry=replace(m.entry, sequence=sequence)) if m.entry else m
        for m in thread.messages
    )


@given(st.data())
def test_any_order_ends_in_the_same_state(data: st.DataObject) -> None:
    history = data.draw(histories())
    heard = Memory().hear(*data.draw(deliveries(history)))
    assert but_for_the_sequence_of_what_waits(heard) == but_for_the_sequence_of_what_waits(Memory().hear(*history))


@dataclass
class Post:
    """A mailer that sends what waits, and the calendars of those who get it."""

    sent: list[tuple[int, Message]] = field(default_factory=list)
    calendars: dict[int, str] = field(default_factory=dict)

    def collect(self, memory: Memory) -> None:
        for number in PEOPLE:
            memory.mark(number, "sending")
            for message in memory.mark(number, "sent", "sending"):
                self.sent.append((number, message))
                if message.entry:
                    self.calendars[number] = message.entry.says

    def echo(self) -> list[Told]:
        """What our own topic tells of what was sent."""
        return [Told(n, _echo(number, message)) for n, (number, message) in enumerate(self.sent, start=1)]


def _echo(number: int, message: Message) -> SentMessage:
    entry = message.entry
    calendar: dict[str, Any] = {"uid": entry.uid, "sequence": entry.sequence, "says": entry.says} if entry else {}
    return sent(number, message.purpose, message.about, message.version, **calendar)


def check(post: Post, history: Sequence[Told]) -> None:
    """What must hold of all mails that ever left, in the order in which they left."""
    ids: list[UUID] = [message.id for _, message in post.sent]
    assert len(set(ids)) == len(ids), "a mail left twice"
    for number in PEOPLE:
        sequences = [m.entry.sequence for n, m in post.sent if n == number and m.entry]
        assert all(a < b for a, b in pairwise(sequences)), "calendar mails left out of order"
    last = [e.data for e in history if isinstance(e.data, Session)][-1]
    here = {a.person_id for a in last.attendees if a.status == "confirmed" and last.status == "planned"}
    for number in PEOPLE:
        truth = [m.entry.says for m in Memory().hear(Told(1, last)).messages(number) if m.entry]
        says = truth[0] if str(person_id(number)) in here else ""
        assert post.calendars.get(number, "") == says, "a calendar says something else than the session"


@given(st.data())
def test_however_mails_leave_in_between_none_leaves_twice_and_calendars_end_right(data: st.DataObject) -> None:
    history, memory, post = data.draw(histories()), Memory(), Post()
    for event in data.draw(deliveries(history)):
        memory.hear(event)
        if data.draw(BOOLEANS):
            post.collect(memory)
        if post.sent and data.draw(BOOLEANS):
            memory.hear(data.draw(st.sampled_from(post.echo())))
    post.collect(memory)
    check(post, history)


@given(st.data())
def test_an_emptied_database_sends_nothing_again_once_it_has_read_what_was_sent(data: st.DataObject) -> None:
    history, memory, post = data.draw(histories()), Memory(), Post()
    until = data.draw(st.integers(0, len(history)))
    for event in history[:until]:
        memory.hear(event)
        if data.draw(BOOLEANS):
            post.collect(memory)
    emptied = Memory()
    emptied.hear(*data.draw(st.permutations([*data.draw(deliveries(history)), *post.echo()])))
    post.collect(emptied)
    check(post, history)


@given(st.data())
def test_the_last_mail_about_an_enrolment_says_how_things_stand(data: st.DataObject) -> None:
    history, memory, post = data.draw(histories()), Memory(), Post()
    for event in history:
        memory.hear(event)
        if data.draw(BOOLEANS):
            post.collect(memory)
    post.collect(memory)
    ends = {e.data.enrolment_id: (e.data, e) for e in history if isinstance(e.data, Enrolment)}
    for last, event in ends.values():
        for number in PEOPLE:
            told = [m for n, m in post.sent if n == number and m.about == str(last.enrolment_id)]
            truth = Memory().hear(event).waiting(number)
            if truth and told:
                has_the_place = {*truth, told[-1].purpose} <= {"accepted", "substituted-in"}
                assert [told[-1].purpose] == truth or has_the_place
