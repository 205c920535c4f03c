"""How a draft becomes a document: final content first, then a number that is never given again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from billing.domain.account import Account, Document, DocumentLine, Draft, Language
from billing.domain.vat import VatTable, credited_subtotals, subtotals
from spn.decision import Decision, DomainError


class DraftGone(DomainError):
    """The draft was dropped or replaced meanwhile: what was made of it must not be issued."""


@dataclass(frozen=True, slots=True)
class InvoiceIssued:
    """An invoice got its number. ``account`` is as it is after."""

    account: Account
    document: Document


@dataclass(frozen=True, slots=True)
class CreditNoteIssued:
    """A credit note got its number. ``account`` is as it is after."""

    account: Account
    document: Document


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the series: the number and the date that the next document gets, if nobody comes between."""

    series: str
    year: int
    ordinal: int
    issued_on: date

    @property
    def number(self) -> str:
        return f"{self.series}-{self.year}-{self.ordinal:04d}"

    def next(self) -> Place:
        """The place after this one."""
        return replace(self, ordinal=self.ordinal + 1)


def place_of(document: Document) -> Place:
    """The place that a document has."""
    series, year, ordinal = document.number.rsplit("-", 2)
    return Place(series, int(year), int(ordinal), document.issued_on)


def next_place(series: str, today: date, last: Place | None) -> Place:
    """The place after ``last``, the newest taken one of the series. Numbers start at 1 each year.

    Numbers and dates rise together: when the clock lags behind, the last date is taken once more.
    """
    if last is None:
        return Place(series, today.year, 1, today)
    issued_on = max(today, last.issued_on)
    ordinal = last.ordinal + 1 if last.year == issued_on.year else 1
    return Place(series, issued_on.year, ordinal, issued_on)


def final_document(
    account: Account, draft: Draft, place: Place, *, language: Language, vat: VatTable, payment_days: int
) -> Document:
    """The document that this draft becomes at this place; its file and the digest of it are still to be made.

    VAT is that of the first day of the supply, for a credit note that of the invoice it refers to.

    :raises VatUndecided: the table has no rule.
    """
    assert account.agreement is not None
    on = account.agreement.starts_on
    lines = tuple(DocumentLine(d.item, d.amount_cents, d.vat or vat.vat_of(d.item.nature, on)) for d in draft.lines)
    amounts = [(line.vat, line.amount_cents) for line in lines]
    if draft.refers_to is None:
        breakdown = subtotals(amounts)
    else:
        breakdown = credited_subtotals(amounts, account.subtotals_left(account.document(draft.refers_to)))
    return Document(
        number=place.number,
        kind=draft.kind,
        organisation_id=draft.organisation_id,
        contact_id=draft.contact_id,
        reference=draft.reference,
        refers_to=draft.refers_to,
        issued_on=place.issued_on,
        due_on=place.issued_on + timedelta(days=payment_days) if draft.kind == "invoice" else None,
        language=language,
        lines=lines,
        subtotals=breakdown,
        sha256="",
    )


def issue(account: Account, draft: Draft, document: Document) -> Decision[Account]:
    """Put a finished document in the account, in place of its draft.

    :raises DraftGone: the account no longer has that draft.
    """
    assert document.sha256, "a document is issued with its file, never before"
    if draft not in account.drafts:
        raise DraftGone(f"draft {draft.draft_id} is gone")
    drafts = tuple(other for other in account.drafts if other != draft)
    after = replace(account, drafts=drafts, documents=(*account.documents, document))
    fact = InvoiceIssued if document.kind == "invoice" else CreditNoteIssued
    return Decision(after, (fact(after, document),))
