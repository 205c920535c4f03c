"""What calendars are told of a session."""

from __future__ import annotations

from typing import Any

from services.notifications.tests.fold import Memory, Told
from services.notifications.tests.season import DAY, NOW, sent, session

MOVED: dict[str, Any] = {"starts_at": NOW + 35 * DAY}


def invited(*others: int) -> Memory:
    """Person 1 has the entry of the first day in the calendar."""
    memory = Memory().hear(Told(1, session(3, [1, *others])))
    memory.mark(1, "sent")
    return memory


def entries(memory: Memory, number: int) -> list[tuple[str, int]]:
    """The calendar mails that wait: purpose and SEQUENCE."""
    return [(m.purpose, m.entry.sequence) for m in memory.messages(number, "waiting") if m.entry]


def test_a_place_brings_an_invitation_with_the_sequence_of_the_session() -> None:
    assert entries(Memory().hear(Told(1, session(3, [1]))), 1) == [("session-invited", 3)]


def test_a_sequence_that_rose_for_others_brings_no_mail() -> None:
    memory = invited().hear(Told(2, session(4, [1, 2])), Told(3, session(5, [1, 2, 3])))
    assert entries(memory, 1) == []
    assert entries(memory, 3) == [("session-invited", 5)]


def test_an_invitation_not_yet_sent_stays_as_it_is_when_the_sequence_rose_for_others() -> None:
    memory = Memory().hear(Told(1, session(3, [1])))
    before = memory.messages(1)
    assert memory.hear(Told(2, session(4, [1, 2]))).messages(1) == before
    assert entries(memory, 2) == [("session-invited", 4)]


def test_a_cancellation_not_yet_sent_stays_as_it_is_when_the_sequence_rose_for_others() -> None:
    memory = invited(2).hear(Told(2, session(4, [2], [1])))
    before = memory.messages(1)
    assert memory.hear(Told(3, session(5, [2, 3], [1]))).messages(1) == before


def test_an_invitation_not_yet_sent_to_a_session_that_moves_is_made_anew_with_its_sequence() -> None:
    memory = Memory().hear(Told(1, session(3, [1])), Told(2, session(4, [1, 2])), Told(3, session(5, [1, 2], **MOVED)))
    assert entries(memory, 1) == [("session-invited", 5)]
    assert memory.messages(1)[0].details["starts_at"] == MOVED["starts_at"].isoformat()


def test_a_moved_session_updates_the_entry_and_says_where_it_was() -> None:
    memory = invited().hear(Told(2, session(4, [1], **MOVED)))
    assert entries(memory, 1) == [("session-moved", 4)]
    (message,) = memory.messages(1, "waiting")
    assert message.details["before"]["starts_at"] == (NOW + 28 * DAY).isoformat()


def test_a_session_moved_there_and_back_before_a_mail_left_brings_none() -> None:
    memory = invited().hear(Told(2, session(4, [1], **MOVED)), Told(3, session(5, [1])))
    assert entries(memory, 1) == []


def test_a_session_moved_there_and_back_with_a_mail_each_brings_both() -> None:
    memory = invited().hear(Told(2, session(4, [1], **MOVED)))
    memory.mark(1, "sent")
    assert entries(memory.hear(Told(3, session(5, [1]))), 1) == [("session-moved", 5)]


def test_who_loses_the_place_gets_a_cancellation_of_its_own() -> None:
    memory = invited(2)
    memory.mark(2, "sent")
    memory.hear(Told(2, session(4, [2], [1])))
    assert entries(memory, 1) == [("session-withdrawn", 4)]
    assert entries(memory, 2) == []


def test_who_loses_the_place_before_the_invitation_left_hears_nothing() -> None:
    memory = Memory().hear(Told(1, session(3, [1])), Told(2, session(4, [], [1])))
    assert memory.messages(1) == []


def test_who_never_had_the_entry_gets_no_cancellation() -> None:
    assert Memory().hear(Told(1, session(3, [], [1]))).messages(1) == []


def test_a_cancelled_session_is_cancelled_for_everyone_who_has_the_entry() -> None:
    memory = invited(2).hear(Told(2, session(4, [1, 2], status="cancelled")))
    assert entries(memory, 1) == [("session-cancelled", 4)]
    assert memory.messages(2) == []


def test_a_cancellation_is_told_once() -> None:
    memory = invited().hear(Told(2, session(4, [], [1])))
    memory.mark(1, "sent")
    memory.hear(Told(3, session(5, [2], [1])), Told(4, session(6, [2], [1], status="cancelled")))
    assert entries(memory, 1) == []


def test_who_comes_back_is_invited_again_with_a_higher_sequence() -> None:
    memory = invited().hear(Told(2, session(4, [], [1])))
    memory.mark(1, "sent")
    assert entries(memory.hear(Told(3, session(5, [1]))), 1) == [("session-invited", 5)]


def test_what_the_server_has_counts_as_told() -> None:
    memory = Memory().hear(Told(1, session(3, [1])))
    memory.mark(1, "sending")
    memory.hear(Told(2, session(4, [1, 2])))
    (message,) = memory.messages(1)
    assert (message.state, message.unwanted) == ("sending", False)
    memory.hear(Told(3, session(5, [2], [1])))
    assert {(m.purpose, m.state, m.unwanted) for m in memory.messages(1)} == {
        ("session-invited", "sending", True),
        ("session-withdrawn", "waiting", False),
    }


def test_what_is_in_doubt_counts_as_told_and_is_cancelled_when_the_place_is_lost() -> None:
    memory = Memory().hear(Told(1, session(3, [1])))
    memory.mark(1, "unknown")
    assert entries(memory.hear(Told(2, session(4, [1, 2]))), 1) == []
    assert entries(memory.hear(Told(3, session(5, [2], [1]))), 1) == [("session-withdrawn", 5)]


def test_what_was_refused_is_not_tried_again_until_there_is_something_else_to_say() -> None:
    memory = Memory().hear(Told(1, session(3, [1])))
    memory.mark(1, "failed")
    assert entries(memory.hear(Told(2, session(4, [1, 2]))), 1) == []
    assert entries(memory.hear(Told(3, session(5, [1, 2], **MOVED))), 1) == [("session-invited", 5)]


def test_a_sequence_that_a_calendar_knows_is_never_sent_again() -> None:
    memory = invited().hear(Told(2, session(3, [1], **MOVED)))
    assert entries(memory, 1) == []


def test_an_old_session_builds_state_and_its_move_is_told() -> None:
    memory = Memory().hear(Told(1, session(3, [1]), told_at=NOW - 8 * DAY))
    assert memory.waiting(1) == []
    assert entries(memory.hear(Told(2, session(4, [1], **MOVED))), 1) == [("session-invited", 4)]


def test_after_an_emptied_database_the_same_entry_is_not_sent_again_but_another_is() -> None:
    (known,) = invited().messages(1)
    assert known.entry is not None
    told = sent(1, "session-invited", "dag-1", 3, uid=known.entry.uid, sequence=3, says=known.entry.says)
    memory = Memory().hear(Told(1, told), Told(9, session(7, [1, 2, 3])))
    assert entries(memory, 1) == []
    assert entries(memory.hear(Told(10, session(8, [1, 2, 3], **MOVED))), 1) == [("session-moved", 8)]


def test_after_an_emptied_database_it_does_not_matter_which_topic_comes_first() -> None:
    (known,) = invited().messages(1)
    assert known.entry is not None
    told = Told(1, sent(1, "session-invited", "dag-1", 3, uid=known.entry.uid, sequence=3, says=known.entry.says))
    for events in ((told, Told(1, session(3, [1]))), (Told(1, session(3, [1])), told)):
        assert entries(Memory().hear(*events), 1) == []
