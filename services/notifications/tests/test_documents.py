"""Invoices, credit notes, their PDFs, the titles of editions, and our own memory."""

from __future__ import annotations

import pytest

from notifications.domain import DOCUMENT_EXPIRED, Document, Edition, forget_document
from services.notifications.tests.fold import Memory, Told
from services.notifications.tests.season import (
    DAY,
    EDITION,
    NOW,
    PDF,
    PDF_NAME,
    account,
    document,
    edition,
    enrolment,
    enrolment_id,
    failed,
    pdf,
    sent,
)
from spn.decision import DomainError, Moment
from spn.messaging.policies import DueData

DUE = DueData(kind=DOCUMENT_EXPIRED, root=PDF_NAME, subject="")
LATER = Moment(NOW + 30 * DAY, enrolment_id(1))


def test_an_invoice_goes_once_to_the_contact_of_its_payer_and_waits_for_its_document() -> None:
    memory = Memory().hear(Told(1, account(document(7))), Told(2, account(document(7))))
    (message,) = memory.messages(7)
    assert (message.purpose, message.about, message.document) == ("invoice", "LN-2027-0001", PDF_NAME)


def test_each_payer_gets_their_own_documents_only() -> None:
    memory = Memory().hear(Told(1, account(document(7), document(8, "LN-2027-0002"))))
    assert [m.about for m in memory.messages(7)] == ["LN-2027-0001"]
    assert [m.about for m in memory.messages(8)] == ["LN-2027-0002"]


def test_a_lost_event_is_healed_by_the_next_one_of_the_account() -> None:
    both = account(document(7), document(7, "LN-2027-0002", "credit-note"))
    assert sorted(Memory().hear(Told(2, both)).waiting(7)) == ["credit-note", "invoice"]


def test_an_invoice_is_sent_even_when_it_is_credited_already() -> None:
    both = account(document(7), document(7, "LN-2027-0002", "credit-note"))
    memory = Memory().hear(Told(1, account(document(7))), Told(2, both))
    assert sorted(memory.waiting(7)) == ["credit-note", "invoice"]


def test_a_kind_of_document_that_is_not_known_here_is_sent_to_nobody() -> None:
    assert Memory().hear(Told(1, account(document(7, kind="reminder")))).messages(7) == []


def test_a_document_is_kept_for_a_month() -> None:
    memory = Memory().hear(Told(1, pdf()))
    assert memory.states["documents", PDF_NAME].content == PDF
    (deadline,) = memory.deadlines
    assert (deadline.kind, deadline.root, deadline.at) == (DOCUMENT_EXPIRED, PDF_NAME, NOW + 30 * DAY)


def test_bytes_that_are_not_what_their_name_says_are_refused() -> None:
    with pytest.raises(DomainError):
        Memory().hear(Told(1, pdf().model_copy(update={"content": PDF + b"!"})))


def test_a_document_that_no_mail_waits_for_goes_when_its_time_is_over() -> None:
    decision = forget_document(Document(PDF_NAME, stored=True), DUE, LATER)
    assert not decision.state.stored
    assert not decision.deadlines


def test_a_document_that_a_mail_waits_for_stays_another_month() -> None:
    decision = forget_document(Document(PDF_NAME, stored=True, needed=True), DUE, LATER)
    assert decision.state.stored
    assert [deadline.at for deadline in decision.deadlines] == [LATER.now + 30 * DAY]


def test_the_newest_titles_of_an_edition_count() -> None:
    memory = Memory().hear(Told(2, edition(title_nl="Nieuw")), Told(1, edition(title_nl="Oud")))
    known: Edition = memory.states["editions", EDITION]
    assert known.title_nl == "Nieuw"
    assert known.themes["personal"] == ("Persoonlijk leiderschap", "Personal leadership")


def test_what_our_own_topic_remembers_is_not_sent_again_in_either_order() -> None:
    told, fact = Told(1, sent(1, "accepted", enrolment_id(1))), Told(1, enrolment(1))
    for events in ((told, fact), (fact, told)):
        memory = Memory().hear(*events)
        assert [(m.purpose, m.state) for m in memory.messages(1)] == [("accepted", "sent")]


def test_a_message_sent_after_all_is_sent_whichever_is_heard_first() -> None:
    no, yes = Told(1, failed(1, "accepted", enrolment_id(1))), Told(2, sent(1, "accepted", enrolment_id(1)))
    for events in ((no, yes), (yes, no)):
        assert [m.state for m in Memory().hear(*events).messages(1)] == ["sent"]


def test_a_message_that_failed_is_not_sent_again_after_the_database_was_emptied() -> None:
    memory = Memory().hear(Told(1, enrolment(1)), Told(1, failed(1, "accepted", enrolment_id(1))))
    assert [m.state for m in memory.messages(1)] == ["failed"]
