"""The events billing owns: every fact of an account with the whole account, and each document as raw bytes."""

from __future__ import annotations

from collections.abc import Iterable

from billing.domain import account as domain
from billing.domain.issue import CreditNoteIssued, InvoiceIssued
from billing.events_out import examples, models
from spn.messaging.contract import EventType, Outgoing

OWNER = "billing"
EVENTS_TOPIC = "spn.billing.events"
DOCUMENTS_TOPIC = "spn.billing.documents"

INVOICE_ISSUED = EventType(
    name="billing.invoice-issued.v1",
    topic=EVENTS_TOPIC,
    data=models.Account,
    key="enrolment_id",
    subject="enrolment_id",
    summary="An invoice got its number; what a payer owes was not invoiced yet.",
    examples=(examples.AFTER_INVOICE,),
)
CREDIT_NOTE_ISSUED = EventType(
    name="billing.credit-note-issued.v1",
    topic=EVENTS_TOPIC,
    data=models.Account,
    key="enrolment_id",
    subject="enrolment_id",
    summary="A credit note got its number; more was invoiced than is owed.",
    examples=(examples.AFTER_CREDIT_NOTE,),
)
DOCUMENT = EventType(
    name="billing.document.v1",
    topic=DOCUMENTS_TOPIC,
    data=models.RawDocument,
    key="sha256",
    subject="number",
    summary="The PDF of an invoice or credit note: the raw bytes of which the key is the SHA-256.",
    examples=(examples.RAW_DOCUMENT,),
    kept=False,
)
EVENTS = (INVOICE_ISSUED, CREDIT_NOTE_ISSUED, DOCUMENT)


def tell(fact: object) -> Iterable[Outgoing]:
    """The event that tells a fact of the domain."""
    match fact:
        case InvoiceIssued(account, document):
            yield INVOICE_ISSUED(_account(account, document))
        case CreditNoteIssued(account, document):
            yield CREDIT_NOTE_ISSUED(_account(account, document))
        case _:
            raise TypeError(f"no event tells the fact {type(fact).__name__}")


def tell_file(document: domain.Document, content: bytes) -> Outgoing:
    """The document itself, on its own topic."""
    return DOCUMENT(models.RawDocument(number=document.number, sha256=document.sha256, content=content))


def _account(account: domain.Account, document: domain.Document) -> models.Account:
    assert account.agreement is not None
    return models.Account(
        enrolment_id=account.enrolment_id,
        edition_id=account.agreement.edition_id,
        currency="EUR",
        owed_cents=account.owed_cents,
        invoiced_cents=account.invoiced_cents,
        credited_cents=account.credited_cents,
        document=_document(document),
        documents=tuple(_document(one) for one in account.documents),
    )


def _document(document: domain.Document) -> models.Document:
    return models.Document(
        number=document.number,
        kind=document.kind,
        refers_to=document.refers_to,
        organisation_id=document.organisation_id,
        contact_id=document.contact_id,
        issued_on=document.issued_on,
        due_on=document.due_on,
        total_excl_cents=document.net_cents,
        vat_cents=document.vat_cents,
        total_cents=document.total_cents,
        sha256=document.sha256,
        language=document.language,
        lines=tuple(_line(line) for line in document.lines),
    )


def _line(line: domain.DocumentLine) -> models.DocumentLine:
    return models.DocumentLine(
        line_id=line.item.line_id,
        description_nl=line.item.description_nl,
        description_en=line.item.description_en,
        nature=line.item.nature,
        amount_cents=line.amount_cents,
        vat_category=line.vat.category,
        vat_percent=line.vat.percent,
    )
