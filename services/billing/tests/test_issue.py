"""Numbers and dates, and how a draft becomes final."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from billing.domain.account import Account
from billing.domain.issue import (
    CreditNoteIssued,
    DraftGone,
    InvoiceIssued,
    Place,
    final_document,
    issue,
    next_place,
    place_of,
)
from billing.domain.vat import VatTable, VatUndecided
from services.billing.tests.builders import ENROLMENT, LIBRARY, TODAY, VAT, all_numbered, settled

FULL = {LIBRARY: {"course": 350_000, "coaching": 150_000}}
DRAFTED = settled(Account(ENROLMENT), FULL, 1)
FIRST = Place("LN", 2027, 1, TODAY)


def test_numbers_start_at_one_each_year() -> None:
    assert next_place("LN", TODAY, None).number == "LN-2027-0001"
    assert next_place("LN", date(2028, 1, 1), Place("LN", 2027, 41, date(2027, 12, 31))).number == "LN-2028-0001"


def test_the_next_number_follows_the_last_of_its_year() -> None:
    place = next_place("LN", date(2027, 2, 1), Place("LN", 2027, 9_999, TODAY))
    assert (place.number, place.issued_on) == ("LN-2027-10000", date(2027, 2, 1))


def test_a_clock_that_lags_behind_takes_the_last_date_once_more() -> None:
    place = next_place("LN", date(2027, 12, 31), Place("LN", 2028, 3, date(2028, 1, 1)))
    assert (place.number, place.issued_on) == ("LN-2028-0004", date(2028, 1, 1))


def test_an_invoice_is_due_after_the_payment_term_and_a_credit_note_never() -> None:
    invoice = final_document(DRAFTED, DRAFTED.drafts[0], FIRST, language="nl", vat=VAT, payment_days=30)
    assert (invoice.issued_on, invoice.due_on) == (date(2027, 1, 14), date(2027, 2, 13))

    credited = settled(all_numbered(DRAFTED), {LIBRARY: {"course": 0, "coaching": 0}}, 2)
    credit = final_document(credited, credited.drafts[0], FIRST.next(), language="nl", vat=VAT, payment_days=30)
    assert credit.due_on is None


def test_a_document_knows_its_place() -> None:
    document = final_document(DRAFTED, DRAFTED.drafts[0], FIRST, language="en", vat=VAT, payment_days=30)
    assert place_of(document) == FIRST


def test_what_is_issued_leaves_the_drafts_and_is_told_with_the_account_as_it_is_then() -> None:
    document = final_document(DRAFTED, DRAFTED.drafts[0], FIRST, language="nl", vat=VAT, payment_days=30)
    decision = issue(DRAFTED, DRAFTED.drafts[0], replace(document, sha256="a" * 64))

    (fact,) = decision.facts
    assert isinstance(fact, InvoiceIssued)
    assert fact.account == decision.state
    assert (decision.state.drafts, decision.state.documents) == ((), (fact.document,))


def test_a_credit_note_is_told_as_a_credit_note() -> None:
    credited = settled(all_numbered(DRAFTED), {LIBRARY: {"course": 0, "coaching": 0}}, 2)
    draft = credited.drafts[0]
    document = final_document(credited, draft, FIRST.next(), language="nl", vat=VAT, payment_days=30)
    (fact,) = issue(credited, draft, replace(document, sha256="b" * 64)).facts
    assert isinstance(fact, CreditNoteIssued)


def test_a_draft_that_was_replaced_meanwhile_is_not_issued() -> None:
    draft = DRAFTED.drafts[0]
    document = final_document(DRAFTED, draft, FIRST, language="nl", vat=VAT, payment_days=30)
    replaced = settled(DRAFTED, {LIBRARY: {"course": 350_000}}, 2)
    with pytest.raises(DraftGone):
        issue(replaced, draft, replace(document, sha256="a" * 64))


def test_nothing_is_issued_without_a_vat_rule() -> None:
    nothing = VatTable((), crkbo=True)
    with pytest.raises(VatUndecided):
        final_document(DRAFTED, DRAFTED.drafts[0], FIRST, language="nl", vat=nothing, payment_days=30)
