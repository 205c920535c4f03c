"""What is owed, what was invoiced, and what follows: given, when, then."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.account import Account, Draft
from billing.domain.settle import AmbiguousAgreement, settle_account
from billing.vat import load_table
from services.billing.tests.builders import (
    ENROLMENT,
    FUND,
    LIBRARY,
    Owed,
    all_numbered,
    at,
    balance,
    contact_of,
    enrolment,
    flat,
    numbered,
    settled,
)

NEW = Account(ENROLMENT)
FULL = {LIBRARY: {"course": 350_000, "coaching": 150_000}}


def amounts(draft: Draft) -> dict[str, int]:
    return {line.item.line_id: line.amount_cents for line in draft.lines}


def test_an_accepted_enrolment_drafts_an_invoice_of_what_is_owed() -> None:
    account = settled(NEW, FULL, 1)

    (draft,) = account.drafts
    assert (draft.kind, draft.organisation_id, draft.refers_to) == ("invoice", LIBRARY, None)
    assert (draft.contact_id, draft.reference) == (contact_of(LIBRARY), "PO-118")
    assert amounts(draft) == {"course": 350_000, "coaching": 150_000}


def test_each_payer_gets_an_invoice_of_its_own_part() -> None:
    account = settled(NEW, {LIBRARY: {"course": 200_000, "coaching": 150_000}, FUND: {"course": 150_000}}, 1)

    assert {d.organisation_id: amounts(d) for d in account.drafts} == {
        LIBRARY: {"course": 200_000, "coaching": 150_000},
        FUND: {"course": 150_000},
    }


def test_who_waits_owes_nothing_and_is_invoiced_nothing() -> None:
    account = settled(NEW, {LIBRARY: {"course": 0, "coaching": 0}}, 1)

    assert (account.drafts, account.sequence) == ((), 1)


def test_an_older_agreement_changes_nothing() -> None:
    account = settled(NEW, FULL, 2)

    assert settle_account(account, enrolment({LIBRARY: {"course": 0}}), at(1)).state == account
    assert settle_account(account, enrolment({LIBRARY: {"course": 0}}), at(2)).state == account


def test_a_substitution_changes_no_draft_and_no_document() -> None:
    drafted = settled(NEW, FULL, 1)
    assert settled(drafted, FULL, 2).drafts == drafted.drafts

    issued = all_numbered(drafted)
    after = settled(issued, FULL, 3)
    assert (after.drafts, after.documents, after.sequence) == ((), issued.documents, 3)


def test_a_draft_that_is_no_longer_right_is_replaced_before_it_is_numbered() -> None:
    account = settled(settled(NEW, FULL, 1), {LIBRARY: {"course": 350_000, "coaching": 0}}, 2)

    (draft,) = account.drafts
    assert amounts(draft) == {"course": 350_000}


def test_a_withdrawal_before_numbering_drops_the_draft_and_makes_no_document() -> None:
    account = settled(settled(NEW, FULL, 1), {LIBRARY: {"course": 0, "coaching": 0}}, 2)

    assert (account.drafts, account.documents) == ((), ())


def test_a_withdrawal_after_numbering_credits_what_is_no_longer_owed() -> None:
    account = settled(all_numbered(settled(NEW, FULL, 1)), {LIBRARY: {"course": 175_000, "coaching": 0}}, 2)

    (draft,) = account.drafts
    assert (draft.kind, draft.refers_to) == ("credit-note", "LN-2027-0001")
    assert amounts(draft) == {"course": 175_000, "coaching": 150_000}

    after = all_numbered(account)
    assert (after.owed_cents, after.invoiced_cents, after.credited_cents) == (175_000, 500_000, 325_000)


def test_a_credit_note_has_the_vat_of_its_invoice() -> None:
    """Also when the table, or the seller's place in the register, has changed meanwhile."""
    drafted = settled(NEW, FULL, 1)
    invoiced = numbered(drafted, drafted.drafts[0], vat=load_table(crkbo=False))
    account = all_numbered(settled(invoiced, {LIBRARY: {"course": 0, "coaching": 0}}, 2))

    invoice, credit = account.documents
    assert [line.vat for line in credit.lines] == [line.vat for line in invoice.lines]
    assert (credit.vat_cents, credit.total_cents) == (invoice.vat_cents, invoice.total_cents) == (105_000, 605_000)


def test_an_unnumbered_credit_note_goes_when_the_money_is_owed_again() -> None:
    invoiced = all_numbered(settled(NEW, FULL, 1))
    account = settled(settled(invoiced, {LIBRARY: {"course": 0, "coaching": 0}}, 2), FULL, 3)

    assert (account.drafts, account.documents) == ((), invoiced.documents)


def test_credit_goes_to_the_newest_invoice_first_and_never_beyond_what_is_left_of_it() -> None:
    first = all_numbered(settled(NEW, {LIBRARY: {"course": 100_000}}, 1))
    both = all_numbered(settled(first, {LIBRARY: {"course": 130_000}}, 2))

    account = settled(both, {LIBRARY: {"course": 50_000}}, 3)

    assert [(d.refers_to, amounts(d)) for d in account.drafts] == [
        ("LN-2027-0002", {"course": 30_000}),
        ("LN-2027-0001", {"course": 50_000}),
    ]


def test_another_payer_is_invoiced_and_the_former_one_credited_at_its_last_contact() -> None:
    account = settled(all_numbered(settled(NEW, FULL, 1)), {FUND: {"course": 350_000, "coaching": 150_000}}, 2)

    kinds = {d.organisation_id: (d.kind, d.contact_id) for d in account.drafts}
    assert kinds == {FUND: ("invoice", contact_of(FUND)), LIBRARY: ("credit-note", contact_of(LIBRARY))}


def test_a_line_that_left_the_agreement_is_credited() -> None:
    account = settled(all_numbered(settled(NEW, FULL, 1)), {LIBRARY: {"course": 350_000}}, 2)

    (draft,) = account.drafts
    assert (draft.kind, amounts(draft)) == ("credit-note", {"coaching": 150_000})


def test_a_payer_named_twice_is_refused_as_nobody_can_tell_what_is_owed() -> None:
    one = enrolment({LIBRARY: {"course": 1}})
    with pytest.raises(AmbiguousAgreement, match="payer twice"):
        settle_account(NEW, one.model_copy(update={"payers": one.payers * 2}), at(1))
    twice = one.payers[0].model_copy(update={"lines": one.payers[0].lines * 2})
    with pytest.raises(AmbiguousAgreement, match="line twice"):
        settle_account(NEW, one.model_copy(update={"payers": (twice,)}), at(1))


CENTS = st.one_of(st.just(0), st.integers(0, 400), st.integers(0, 350_000))
AGREEMENTS = st.lists(
    st.dictionaries(
        st.sampled_from([LIBRARY, FUND]),
        st.dictionaries(st.sampled_from(["course", "coaching", "reader"]), CENTS, max_size=3),
        max_size=2,
    ),
    min_size=1,
    max_size=5,
)
STEPS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=12)


@given(agreements=AGREEMENTS, steps=STEPS)
def test_in_any_order_doubled_or_missing_the_newest_agreement_is_what_is_invoiced(
    agreements: list[Owed], steps: list[tuple[int, int]]
) -> None:
    """Each step delivers one of the agreements, again perhaps, and then numbers some of the drafts."""
    account, newest = NEW, -1
    for number, drafts_to_number in steps:
        delivered = number % len(agreements)
        newest = max(newest, delivered)
        account = settled(account, agreements[delivered], delivered + 1)
        for _ in range(min(drafts_to_number, len(account.drafts))):
            account = numbered(account, account.drafts[0])
        assert_credit_within_invoices(account)
        assert balance(all_numbered(account)) == flat(agreements[newest])

    account = all_numbered(account)
    assert account.invoiced_cents - account.credited_cents == account.owed_cents
    assert balance(account) == flat(agreements[newest])


def assert_credit_within_invoices(account: Account) -> None:
    for invoice in (d for d in account.documents if d.kind == "invoice"):
        assert min(account.lines_left(invoice).values()) >= 0
        for left in account.subtotals_left(invoice):
            assert left.net_cents >= 0
            assert left.vat_cents >= 0
            assert (left.net_cents > 0) or (left.vat_cents == 0), "credited in full, its VAT is not"
