"""The data of billing's events."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from spn.messaging.contract import Data

Cents = Annotated[int, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class DocumentLine(Data):
    """One line of a document, VAT excluded; category as UNCL 5305: S taxed, E exempt."""

    line_id: str
    description_nl: str
    description_en: str
    nature: str
    amount_cents: Cents
    vat_category: Literal["S", "E"]
    vat_percent: int


class Document(Data):
    """A numbered document. Amounts are positive on a credit note too; ``sha256`` is that of its PDF."""

    number: str
    kind: Literal["invoice", "credit-note"]
    refers_to: str | None
    organisation_id: str
    contact_id: UUID
    issued_on: date
    due_on: date | None
    total_excl_cents: Cents
    vat_cents: Cents
    total_cents: Cents
    sha256: Sha256
    language: Literal["nl", "en"]
    lines: tuple[DocumentLine, ...]


class Account(Data):
    """The whole account of an enrolment, and the document of this fact.

    The three totals exclude VAT and run over all payers; when all is settled, owed = invoiced - credited.
    """

    enrolment_id: UUID
    edition_id: str
    currency: Literal["EUR"]
    owed_cents: Cents
    invoiced_cents: Cents
    credited_cents: Cents
    document: Document
    documents: tuple[Document, ...]


class RawDocument(Data):
    """A document's file. On the wire the value is ``content`` alone, as it is: not JSON."""

    content_type: ClassVar[str] = "application/pdf"

    number: str
    sha256: Sha256
    content: bytes
