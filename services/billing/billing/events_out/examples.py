"""One complete example of each event: an enrolment is invoiced, then its coaching is credited."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from uuid import UUID

from billing.events_out.models import Account, Document, DocumentLine, RawDocument

INVOICE = Document(
    number="LN-2027-0001",
    kind="invoice",
    refers_to=None,
    organisation_id="kvk-12345678",
    contact_id=UUID("5f0f3a52-7a0e-4a3c-9a55-0d6d0a3b7c11"),
    issued_on=date(2027, 1, 14),
    due_on=date(2027, 2, 13),
    total_excl_cents=500_000,
    vat_cents=31_500,
    total_cents=531_500,
    sha256=sha256(b"%PDF-1.7 the invoice").hexdigest(),
    language="nl",
    lines=(
        DocumentLine(
            line_id="course",
            description_nl="Deelname aan het lerend netwerk, acht dagen",
            description_en="Participation in the learning network, eight days",
            nature="course",
            amount_cents=350_000,
            vat_category="E",
            vat_percent=0,
        ),
        DocumentLine(
            line_id="coaching",
            description_nl="Persoonlijke coaching",
            description_en="Personal coaching",
            nature="coaching",
            amount_cents=150_000,
            vat_category="S",
            vat_percent=21,
        ),
    ),
)
CREDIT_NOTE = Document(
    number="LN-2027-0013",
    kind="credit-note",
    refers_to="LN-2027-0001",
    organisation_id="kvk-12345678",
    contact_id=UUID("5f0f3a52-7a0e-4a3c-9a55-0d6d0a3b7c11"),
    issued_on=date(2027, 2, 1),
    due_on=None,
    total_excl_cents=150_000,
    vat_cents=31_500,
    total_cents=181_500,
    sha256=sha256(b"%PDF-1.7 the credit note").hexdigest(),
    language="nl",
    lines=INVOICE.lines[1:],
)
AFTER_INVOICE = Account(
    enrolment_id=UUID("0b8a2f0e-3c1d-5f6a-8e55-3f1f1c2d4e5a"),
    edition_id="lerend-netwerk-2027",
    currency="EUR",
    owed_cents=500_000,
    invoiced_cents=500_000,
    credited_cents=0,
    document=INVOICE,
    documents=(INVOICE,),
)
AFTER_CREDIT_NOTE = Account(
    enrolment_id=AFTER_INVOICE.enrolment_id,
    edition_id="lerend-netwerk-2027",
    currency="EUR",
    owed_cents=350_000,
    invoiced_cents=500_000,
    credited_cents=150_000,
    document=CREDIT_NOTE,
    documents=(INVOICE, CREDIT_NOTE),
)
RAW_DOCUMENT = RawDocument(number=INVOICE.number, sha256=INVOICE.sha256, content=b"%PDF-1.7 the invoice")
