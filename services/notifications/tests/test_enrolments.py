"""What participants are told of their enrolment."""

from __future__ import annotations

import pytest

from notifications.domain import Contact, message_id
from notifications.events_in import Enrolment
from services.notifications.tests.fold import Memory, Told
from services.notifications.tests.season import DAY, NOW, enrolment, enrolment_id, person, person_id, sent


@pytest.mark.parametrize(
    ("status", "purpose"),
    [
        ("accepted", "accepted"),
        ("waiting", "waitlisted"),
        ("offered", "seat-offered"),
        ("declined", "offer-declined"),
        ("lapsed", "offer-lapsed"),
        ("left", "left"),
        ("withdrawn", "withdrawn"),
        ("requested", "requested"),
        ("rejected", "rejected"),
        ("closed", "closed"),
    ],
)
def test_each_status_is_told_once_to_the_participant(status: str, purpose: str) -> None:
    memory = Memory().hear(Told(1, enrolment(1, status)), Told(2, enrolment(1, status)))
    assert memory.waiting(1) == [purpose]


def test_a_status_that_is_not_known_here_is_told_to_nobody_and_stops_what_was_to_be_told() -> None:
    memory = Memory().hear(Told(1, enrolment(1, "waiting")), Told(2, enrolment(1, "suspended")))
    assert memory.messages(1) == []


def test_a_mail_that_newer_state_contradicts_is_superseded() -> None:
    memory = Memory().hear(Told(1, enrolment(1, "waiting")), Told(2, enrolment(1, "offered")))
    assert memory.waiting(1) == ["seat-offered"]
    memory.hear(Told(3, enrolment(1, "accepted")))
    assert memory.waiting(1) == ["accepted"]


def test_what_was_sent_stays_sent_and_what_is_new_is_told_beside_it() -> None:
    memory = Memory().hear(Told(1, enrolment(1, "waiting")))
    memory.mark(1, "sent")
    memory.hear(Told(2, enrolment(1, "offered")))
    assert {m.purpose: m.state for m in memory.messages(1)} == {"waitlisted": "sent", "seat-offered": "waiting"}


def offered(days: int) -> Enrolment:
    return enrolment(1, "offered", offer_expires_at=NOW + days * DAY)


def test_whoever_was_offered_a_seat_hears_that_there_is_more_time() -> None:
    memory = Memory().hear(Told(1, offered(days=1)))
    memory.mark(1, "sent")
    assert memory.hear(Told(2, offered(days=2))).waiting(1) == ["offer-extended"]
    memory.mark(1, "sent")
    assert memory.hear(Told(3, offered(days=2))).waiting(1) == []
    memory.hear(Told(4, offered(days=3)))
    assert [(m.purpose, m.version) for m in memory.messages(1)] == [
        ("seat-offered", 1),
        ("offer-extended", 2),
        ("offer-extended", 4),
    ]


def test_an_offer_that_was_not_told_yet_is_told_with_the_newest_deadline() -> None:
    memory = Memory().hear(Told(1, offered(days=1)), Told(2, offered(days=2)))
    (message,) = memory.messages(1)
    assert (message.purpose, message.details["deadline"]) == ("seat-offered", (NOW + 2 * DAY).isoformat())


def test_an_offer_of_which_only_the_sending_is_known_is_not_told_again() -> None:
    memory = Memory().hear(Told(1, sent(1, "seat-offered", enrolment_id(1))))
    assert memory.hear(Told(2, offered(days=2))).waiting(1) == []


def test_an_older_state_changes_nothing() -> None:
    memory = Memory().hear(Told(5, enrolment(1, "accepted")))
    before = memory.contact(1)
    assert memory.hear(Told(4, enrolment(1, "waiting"))).contact(1) is before


def test_a_waiting_mail_says_the_newest_position() -> None:
    memory = Memory().hear(Told(1, enrolment(1, "waiting")), Told(2, enrolment(1, "waiting", position=2)))
    (message,) = memory.messages(1)
    assert message.details["position"] == 2


def test_who_waits_gets_the_beginning_of_the_seal_that_proves_the_place_in_line() -> None:
    told = enrolment(1, "waiting", journal_entry=17, journal_seal="b2a5d19f3f6f0f2b" * 4)
    (message,) = Memory().hear(Told(1, told)).messages(1)
    assert message.details["proof"] == "17:b2a5d19f3f6f0f2b"


def test_a_withdrawal_says_what_is_owed_of_what_price() -> None:
    (message,) = Memory().hear(Told(1, enrolment(1, "withdrawn"))).messages(1)
    assert (message.details["owed_cents"], message.details["price_cents"]) == (125_000, 500_000)


def test_a_substitution_is_told_to_who_comes_and_to_who_goes() -> None:
    memory = Memory().hear(Told(1, enrolment(1)))
    memory.mark(1, "sent")
    memory.hear(Told(2, enrolment(1, participant_id=person_id(2), former_participant_ids=[person_id(1)])))
    assert memory.waiting(1) == ["substituted-out"]
    assert memory.waiting(2) == ["substituted-in"]


def test_who_was_substituted_before_hearing_of_the_place_hears_of_the_substitution_only() -> None:
    changed = enrolment(1, participant_id=person_id(2), former_participant_ids=[person_id(1)])
    assert Memory().hear(Told(1, enrolment(1)), Told(2, changed)).waiting(1) == ["substituted-out"]


def test_who_asked_for_somebody_else_is_told_once_whatever_becomes_of_it() -> None:
    memory = Memory().hear(Told(1, enrolment(1, "waiting", requester_id=person_id(2), link_nl="x", link_en="x")))
    assert (memory.waiting(1), memory.waiting(2)) == (["waitlisted"], ["requested-for-other"])
    (message,) = memory.messages(2)
    assert not {"link_nl", "link_en", "position", "proof"} & set(message.details), "that is the participant's"
    for number in (1, 2):
        memory.mark(number, "sent")
    memory.hear(Told(2, enrolment(1, "accepted", requester_id=person_id(2))))
    assert (memory.waiting(1), memory.waiting(2)) == (["accepted"], [])


def test_who_asked_and_takes_the_place_over_is_told_as_its_participant() -> None:
    colleague, director = person_id(2), person_id(1)
    told = enrolment(1, participant_id=colleague, former_participant_ids=[director], requester_id=colleague)
    assert Memory().hear(Told(1, told)).waiting(2) == ["substituted-in"]


def test_a_place_that_goes_to_and_fro_is_told_each_time() -> None:
    first, second = person_id(1), person_id(2)
    memory = Memory()
    for sequence in range(1, 6):
        holder, other = (first, second) if sequence % 2 else (second, first)
        former = [] if sequence == 1 else [other]
        memory.hear(Told(sequence, enrolment(1, participant_id=holder, former_participant_ids=former)))
        for number in (1, 2):
            memory.mark(number, "sent")
    assert [m.version for m in memory.messages(1)] == [1, 2, 3, 4, 5]
    assert [m.purpose for m in memory.messages(1)] == ["accepted"] + ["substituted-out", "substituted-in"] * 2
    assert [m.purpose for m in memory.messages(2)] == ["substituted-in", "substituted-out"] * 2


def test_a_place_that_came_back_before_anyone_heard_of_it_is_told_to_nobody() -> None:
    first, second = person_id(1), person_id(2)
    memory = Memory().hear(Told(1, enrolment(1)))
    memory.mark(1, "sent")
    memory.hear(Told(2, enrolment(1, participant_id=second, former_participant_ids=[first])))
    memory.hear(Told(3, enrolment(1, participant_id=first, former_participant_ids=[second])))
    assert memory.waiting(1) == []


def test_a_state_older_than_what_was_told_before_the_database_was_emptied_is_not_told() -> None:
    memory = Memory().hear(Told(1, sent(1, "accepted", enrolment_id(1), 20)), Told(19, enrolment(1, "offered")))
    assert memory.waiting(1) == []
    assert memory.hear(Told(20, enrolment(1, "accepted"))).waiting(1) == []
    assert memory.hear(Told(21, enrolment(1, "withdrawn"))).waiting(1) == ["withdrawn"]


def test_who_takes_over_a_place_on_the_waiting_list_hears_of_the_list_and_later_of_the_place() -> None:
    taken_over = {"participant_id": person_id(2), "former_participant_ids": [person_id(1)]}
    memory = Memory().hear(Told(1, enrolment(1, "waiting", **taken_over)))
    assert memory.waiting(2) == ["waitlisted"]
    memory.mark(2, "sent")
    assert memory.hear(Told(2, enrolment(1, "accepted", **taken_over))).waiting(2) == ["substituted-in"]


def test_an_old_fact_builds_state_and_sends_no_mail() -> None:
    memory = Memory().hear(Told(1, enrolment(1), told_at=NOW - 8 * DAY))
    assert [m.state for m in memory.messages(1)] == ["outdated"]
    assert memory.hear(Told(2, enrolment(1))).waiting(1) == []
    assert memory.hear(Told(3, enrolment(1, "withdrawn"))).waiting(1) == ["withdrawn"]


def test_a_mail_that_is_with_the_server_is_marked_unwanted_and_not_taken_back() -> None:
    memory = Memory().hear(Told(1, enrolment(1, "waiting")))
    memory.mark(1, "sending")
    memory.hear(Told(2, enrolment(1, "accepted")))
    assert {(m.purpose, m.state, m.unwanted) for m in memory.messages(1)} == {
        ("waitlisted", "sending", True),
        ("accepted", "waiting", False),
    }


def test_the_newest_name_address_and_language_count() -> None:
    memory = Memory().hear(Told(2, person(1, email="new@bieb.example")), Told(1, person(1, email="old@bieb.example")))
    assert memory.contact(1).email == "new@bieb.example"


def test_nothing_that_names_a_person_stands_in_a_message() -> None:
    memory = Memory().hear(Told(1, person(1)), Told(1, enrolment(1)))
    (message,) = memory.messages(1)
    assert "Groot" not in repr(message)
    assert "bieb.example" not in repr(message)


def test_the_id_of_a_message_is_made_from_its_key_alone() -> None:
    (one,) = Memory().hear(Told(1, enrolment(1))).messages(1)
    (other,) = Memory().hear(Told(1, person(1)), Told(1, enrolment(1))).messages(1)
    assert one.id == other.id == message_id(person_id(1), "accepted", str(enrolment_id(1)), 1)


def test_an_empty_contact_has_no_threads() -> None:
    assert Contact(person_id(1)).thread("anything").messages == ()
