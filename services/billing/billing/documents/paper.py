"""What a document says, as plain data: all that the renderer gets. It knows nothing else."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from billing.domain.account import Account, Document, Language
from billing.domain.parties import Address, Seller


def paper(account: Account, document: Document, seller: Seller, buyer: Address) -> dict[str, Any]:
    """The content of a document in its language: JSON values only, money in cents, dates as ISO 8601.

    What an invoice must carry by law (art. 35a Wet OB 1968, VAT Directive art. 226) is all in here.
    """
    agreement = account.agreement
    assert agreement is not None
    original = account.document(document.refers_to) if document.refers_to else None
    return {
        "kind": document.kind,
        "language": document.language,
        "number": document.number,
        "issued_on": document.issued_on.isoformat(),
        "due_on": document.due_on.isoformat() if document.due_on else None,
        "original": {"number": original.number, "issued_on": original.issued_on.isoformat()} if original else None,
        "seller": asdict(seller),
        "buyer": asdict(buyer),
        "reference": document.reference,
        "edition": _in(document.language, agreement.title_nl, agreement.title_en),
        "enrolment_number": agreement.enrolment_number,
        "supply": {"from": agreement.starts_on.isoformat(), "until": agreement.ends_on.isoformat()},
        "currency": agreement.currency,
        "lines": _lines(document),
        "subtotals": _subtotals(document),
        "net_cents": document.net_cents,
        "vat_cents": document.vat_cents,
        "total_cents": document.total_cents,
    }


def _lines(document: Document) -> list[dict[str, Any]]:
    return [
        {
            "description": _in(document.language, line.item.description_nl, line.item.description_en),
            "price_cents": line.item.unit_price_cents,
            "amount_cents": line.amount_cents,
            "vat_category": line.vat.category,
            "vat_percent": line.vat.percent,
        }
        for line in document.lines
    ]


def _subtotals(document: Document) -> list[dict[str, Any]]:
    return [
        {
            "vat_category": one.vat.category,
            "vat_percent": one.vat.percent,
            "ground": _in(document.language, one.vat.ground_nl, one.vat.ground_en),
            "net_cents": one.net_cents,
            "vat_cents": one.vat_cents,
        }
        for one in document.subtotals
    ]


def _in(language: Language, nl: str, en: str) -> str:
    return nl if language == "nl" else en
