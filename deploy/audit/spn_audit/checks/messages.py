"""What people were told, against what is so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from spn_audit import programme
from spn_audit.evidence import Evidence
from spn_audit.reading.notifications import MessageRow, ThreadRow
from spn_audit.result import Check, Findings
from spn_audit.states import Account, Enrolment, Guest, Session

NOTHING = ThreadRow(0, None, 0, None)
DONE = frozenset({"sent", "unknown", "failed", "outdated"})
THREAD = "database of notifications, tables threads and messages, person_id {}, about {}"


def everybody_told(seen: Evidence) -> Check:
    """The newest state of everything is what its people are told, with a message where one is needed."""
    found, examined = Findings(), 0
    for person, about, purposes in _wanted(seen):
        thread = seen.notifications.threads.get((person, about), NOTHING)
        examined += 1
        messages = seen.notifications.messages.get((person, about), [])
        for what in _wrong(thread, messages, purposes):
            found.add(
                f"person {person} about {about}: {what}",
                THREAD.format(person, about),
                key=f"{person} {about} {thread.sequence} {what}",
            )
    sentence = "Everybody is told what the newest state means for them: one message each, and none is missing."
    return Check("everybody-told", sentence, {"people and subjects": examined}, found.all(), examined)


def _wanted(seen: Evidence) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Person, subject, and the purposes of which one must be wanted; of what both sides know the newest of.

    An empty purpose stands for nothing: then what was told before may stay the last.
    """
    for person, about, sequence, purpose in (*_of_enrolments(seen), *_of_guests(seen)):
        thread = seen.notifications.threads.get((person, about))
        if thread and thread.sequence == sequence:
            yield person, about, frozenset({purpose})
    for told in seen.told(programme.ACCOUNTS).values():
        for document in told.state.documents if isinstance(told.state, Account) else ():
            yield document.contact, document.number, frozenset({document.kind})
    for id_, told in seen.told(programme.SESSIONS).items():
        if isinstance(told.state, Session) and seen.notifications.sessions.get(id_) == told.state.sequence:
            for person, place in told.state.attendees.items():
                yield person, id_, _of_place(told.state.status, place)


def _of_enrolments(seen: Evidence) -> Iterator[tuple[str, str, int, str]]:
    """Person, subject, number and purpose. What an enrolment is told of stands, when a fresh link comes after it."""
    for id_, told in seen.told_enrolments().items():
        state = told.state
        if not isinstance(state, Enrolment):
            continue
        if told.type != programme.LINK_SENT:
            yield from ((person, id_, told.sequence, _purpose(state, person)) for person in state.people)
        elif state.sealed:
            about = programme.about_link(id_, state.sealed.entry)
            yield state.participant, about, told.sequence, programme.PERSONAL_LINK


def _purpose(state: Enrolment, person: str) -> str:
    if person != state.participant:
        return "substituted-out" if person in state.former else "requested-for-other"
    purpose = programme.PURPOSE_OF_STATUS.get(state.status, "")
    return "substituted-in" if purpose == "accepted" and state.former else purpose


def _of_guests(seen: Evidence) -> Iterator[tuple[str, str, int, str]]:
    for id_, told in seen.told_guests().items():
        if isinstance(told.state, Guest):
            yield told.state.person, id_, told.sequence, programme.PURPOSE_OF_GUEST.get(told.state.status, "")


def _of_place(status: str, place: str) -> frozenset[str]:
    if place != "confirmed":
        return frozenset({"session-withdrawn"})
    return frozenset({"session-invited" if status == "planned" else "session-cancelled"})


def _wrong(thread: ThreadRow, messages: Sequence[MessageRow], purposes: frozenset[str]) -> Iterator[str]:
    if (thread.purpose or "") not in purposes:
        should = ", ".join(sorted(purposes))
        yield f"what is to be told is '{thread.purpose or 'nothing'}', and should be '{should or 'nothing'}'"
        return
    if thread.purpose is None:
        return
    last = messages[-1] if messages else None
    if thread.says is None:
        if last is None or not _same(last.purpose, thread.purpose or ""):
            yield f"'{thread.purpose}' is to be told, and the last message is '{last.purpose if last else 'none'}'"
    elif (last.says if last and last.says is not None else "") != thread.says:
        # An entry that never was in the calendar need not be taken away: then there is no message at all.
        yield f"the calendar is to be told '{thread.purpose}', the last message is '{last.purpose if last else 'none'}'"


def _same(one: str, other: str) -> bool:
    return one == other or {one, other} in (programme.SAYS_THERE_IS_A_SEAT, programme.SAYS_THERE_IS_AN_OFFER)


def _said_again(earlier: MessageRow, later: MessageRow, about: str, seen: Evidence) -> bool:
    """Whether the later one says nothing that the earlier one did not."""
    if later.says is not None:
        return earlier.says == later.says
    if later.purpose == programme.ADDRESS_CHANGED:
        return earlier.version == later.version
    if later.purpose != programme.MORE_TIME:
        return _same(earlier.purpose, later.purpose)
    if seen.log is None or seen.log.cut(programme.ENROLMENTS):
        return False  # nobody can say any more
    extended = seen.log.extended.get(about, ())
    return not any(earlier.version < number <= later.version for number in extended)


def told_once(seen: Evidence) -> Check:
    """No person is told the same twice, and each message has the one id that it can have."""
    found, examined = Findings(), 0
    for (person, about), messages in seen.notifications.messages.items():
        examined += len(messages)
        for message in messages:
            if message.id != programme.message_id(person, message.purpose, about, message.version):
                found.add(
                    f"message {message.id} has not the id that follows from what it is", THREAD.format(person, about)
                )
        for earlier, later in pairwise(m for m in messages if m.state in DONE):
            if _said_again(earlier, later, about, seen):
                what = f"person {person} was told '{later.purpose}' about {about} twice in a row"
                found.add(f"{what} (versions {earlier.version} and {later.version})", THREAD.format(person, about))
    sentence = "Nobody was told the same thing twice in a row."
    return Check("told-once", sentence, {"messages": examined}, found.all(), examined)
