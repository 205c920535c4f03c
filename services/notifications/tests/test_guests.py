"""What guests are told, and personal links."""

from __future__ import annotations

import pytest

from services.notifications.tests.fold import Memory, Told
from services.notifications.tests.season import URL, enrolment, guest, link_sent


@pytest.mark.parametrize(
    ("status", "purposes"),
    [
        ("invited", ["guest-invited"]),
        ("confirmed", ["guest-confirmed"]),
        ("declined", []),
        ("lapsed", ["guest-ended"]),
        ("ended", ["guest-ended"]),
        ("something-new", []),
    ],
)
def test_each_state_of_an_invitation_is_told_once(status: str, purposes: list[str]) -> None:
    memory = Memory().hear(Told(1, guest(1, status)), Told(2, guest(1, status)))
    assert memory.waiting(1) == purposes


def test_an_invitation_that_was_withdrawn_before_its_mail_left_is_not_sent() -> None:
    memory = Memory().hear(Told(1, guest(1)), Told(2, guest(1, "ended")))
    assert memory.waiting(1) == ["guest-ended"]


def test_an_invitation_brings_the_way_to_answer_it_and_until_when() -> None:
    (message,) = Memory().hear(Told(1, guest(1))).messages(1)
    assert message.details["link_nl"] == f"{URL}/uitnodiging/x"
    assert message.details["deadline"].startswith("2027-02-15")


def test_each_fresh_link_is_a_mail_of_its_own_and_each_is_sent_once() -> None:
    memory = Memory().hear(Told(1, link_sent(1, 12)), Told(1, link_sent(1, 12)))
    assert memory.waiting(1) == ["personal-link"]
    memory.mark(1, "sent")
    memory.hear(Told(2, link_sent(1, 15)))
    assert memory.waiting(1) == ["personal-link"]


def test_a_fresh_link_stands_beside_what_else_there_is_to_tell() -> None:
    memory = Memory().hear(Told(1, enrolment(1, "waiting")), Told(2, link_sent(1)))
    assert sorted(memory.waiting(1)) == ["personal-link", "waitlisted"]


def test_the_participant_gets_the_link_with_the_news_and_a_former_one_does_not() -> None:
    told = enrolment(
        2, link_nl=f"{URL}/mijn/x", link_en=f"{URL}/en/my/x", former_participant_ids=[enrolment(1).participant_id]
    )
    memory = Memory().hear(Told(1, told))
    assert memory.messages(2)[0].details["link_nl"] == f"{URL}/mijn/x"
    assert "link_nl" not in memory.messages(1)[0].details
