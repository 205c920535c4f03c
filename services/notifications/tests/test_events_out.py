"""What notifications tells, and reads back of itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.domain import Addressed, Entry, MessageFailed, MessageSent, message_id
from notifications.events_in import FailedMessage, SentMessage
from notifications.events_out import EVENTS, MessageTold, tell
from notifications.policies import policies
from services.notifications.tests.fold import Memory, Told
from services.notifications.tests.season import DAY, NOW, enrolment, person_id
from spn.messaging.contract import EventType

ENTRY = Entry("dag-1@sessions.spn", 12, "0123456789abcdef")
KEY = ("session-invited", "dag-1", 12)
ADDRESSED = Addressed(person_id(1), message_id(person_id(1), *KEY), *KEY, ENTRY)


def test_a_sent_message_is_told_under_its_person_and_read_back_as_it_was() -> None:
    (told,) = tell(MessageSent(ADDRESSED))
    assert (told.key, told.subject, told.kept) == (str(person_id(1)), str(ADDRESSED.message_id), True)
    ((name, data),) = told.versions
    assert name == "notifications.message-sent.v1"
    read = SentMessage.model_validate_json(data.model_dump_json())
    (message,) = Memory().hear(Told(1, read)).messages(1)
    assert (message.id, message.entry, message.state) == (ADDRESSED.message_id, ENTRY, "sent")


def test_a_failed_message_is_told_as_failed() -> None:
    (told,) = tell(MessageFailed(ADDRESSED))
    ((name, data),) = told.versions
    assert name in FailedMessage.types
    assert isinstance(data, MessageTold)


def test_what_is_no_fact_of_ours_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        list(tell(object()))


@pytest.mark.parametrize("event", EVENTS, ids=[event.name for event in EVENTS])
def test_the_ids_of_the_examples_are_those_of_their_keys(event: EventType[MessageTold]) -> None:
    for one in event.examples:
        assert one.message_id == message_id(one.person_id, one.purpose, one.about, one.version)


def test_how_old_a_fact_may_be_is_a_setting() -> None:
    event = Told(1, enrolment(1), told_at=NOW - 2 * DAY)
    assert Memory(policies=policies(timedelta(days=1))).hear(event).waiting(1) == []
    assert Memory(policies=policies(timedelta(days=3))).hear(event).waiting(1) == ["accepted"]
