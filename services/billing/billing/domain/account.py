"""The account of one enrolment: what each payer owes, what waits for its number, what was issued."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from billing.domain.vat import Subtotal, Vat

Kind = Literal["invoice", "credit-note"]
Language = Literal["nl", "en"]


@dataclass(frozen=True, slots=True)
class Item:
    """What is sold, as the edition names it."""

    line_id: str
    description_nl: str
    description_en: str
    nature: str
    unit_price_cents: int


@dataclass(frozen=True, slots=True)
class OwedLine:
    """What a payer owes now for one line, VAT excluded; 0 when the line is no longer owed."""

    item: Item
    owed_cents: int


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, whose contact gets the papers, and the reference the payer wants on them."""

    organisation_id: str
    contact_id: UUID
    reference: str | None
    lines: tuple[OwedLine, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """The newest known state of an enrolment, as far as money goes."""

    edition_id: str
    title_nl: str
    title_en: str
    enrolment_number: int
    starts_on: date
    ends_on: date
    currency: str
    payers: tuple[Payer, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """The message that led to a draft, so that what is told of it later belongs to the same story."""

    message_id: UUID
    correlation_id: str
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line that waits for its number. A credited line has the VAT of the invoice; else it is decided at issue."""

    item: Item
    amount_cents: int
    vat: Vat | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A document without a number. It can still be dropped; nobody was told of it."""

    draft_id: UUID
    kind: Kind
    organisation_id: str
    contact_id: UUID
    reference: str | None
    refers_to: str | None
    lines: tuple[DraftLine, ...]
    cause: Cause

    def says_the_same(self, other: Draft) -> bool:
        """Whether a document made of it would read the same; which message asked for it does not matter."""
        return _content(self) == _content(other)


def _content(draft: Draft) -> tuple[object, ...]:
    return draft.kind, draft.organisation_id, draft.contact_id, draft.reference, draft.refers_to, draft.lines


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line of a numbered document."""

    item: Item
    amount_cents: int
    vat: Vat


@dataclass(frozen=True, slots=True)
class Document:
    """A numbered document: final. Amounts are positive on a credit note too."""

    number: str
    kind: Kind
    organisation_id: str
    contact_id: UUID
    reference: str | None
    refers_to: str | None
    issued_on: date
    due_on: date | None
    language: Language
    lines: tuple[DocumentLine, ...]
    subtotals: tuple[Subtotal, ...]
    sha256: str

    @property
    def net_cents(self) -> int:
        return sum(one.net_cents for one in self.subtotals)

    @property
    def vat_cents(self) -> int:
        return sum(one.vat_cents for one in self.subtotals)

    @property
    def total_cents(self) -> int:
        return self.net_cents + self.vat_cents


@dataclass(frozen=True, slots=True)
class Account:
    """The root: one per enrolment. ``documents`` in the order of issue."""

    enrolment_id: UUID
    sequence: int = 0
    agreement: Agreement | None = None
    drafts: tuple[Draft, ...] = ()
    documents: tuple[Document, ...] = ()

    @property
    def owed_cents(self) -> int:
        payers = self.agreement.payers if self.agreement else ()
        return sum(line.owed_cents for payer in payers for line in payer.lines)

    @property
    def invoiced_cents(self) -> int:
        return sum(d.net_cents for d in self.documents if d.kind == "invoice")

    @property
    def credited_cents(self) -> int:
        return sum(d.net_cents for d in self.documents if d.kind == "credit-note")

    def invoices_of(self, organisation_id: str) -> Iterator[Document]:
        """The invoices of a payer, the newest first: that is the order in which they are credited."""
        mine = (d for d in reversed(self.documents) if d.organisation_id == organisation_id)
        return (d for d in mine if d.kind == "invoice")

    def document(self, number: str) -> Document:
        """The document of that number, which must be there."""
        return next(d for d in self.documents if d.number == number)

    def lines_left(self, invoice: Document) -> dict[str, int]:
        """What of an invoice has not been credited, per line, VAT excluded."""
        left = {line.item.line_id: line.amount_cents for line in invoice.lines}
        for line in (line for credit in self._credits(invoice) for line in credit.lines):
            left[line.item.line_id] -= line.amount_cents
        return left

    def subtotals_left(self, invoice: Document) -> tuple[Subtotal, ...]:
        """What of an invoice has not been credited, per VAT treatment."""
        left = {one.vat: one for one in invoice.subtotals}
        for gone in (one for credit in self._credits(invoice) for one in credit.subtotals):
            rest = left[gone.vat]
            left[gone.vat] = Subtotal(gone.vat, rest.net_cents - gone.net_cents, rest.vat_cents - gone.vat_cents)
        return tuple(left.values())

    def _credits(self, invoice: Document) -> Iterable[Document]:
        return (d for d in self.documents if d.refers_to == invoice.number)
