"""Invoices and credit notes: each goes once to the contact of its payer, with its PDF."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from notifications.domain.contact import Contact, Wish
from notifications.domain.telling import AGE_MAX, newest
from spn.decision import Decision, Moment

if TYPE_CHECKING:
    from notifications.events_in import Account, BillingDocument

PURPOSE_OF_KIND = {"invoice": "invoice", "credit-note": "credit-note"}


def announce_documents(
    contact: Contact, account: Account, at: Moment, *, age_max: timedelta = AGE_MAX
) -> Decision[Contact]:
    """Send each document of the account that concerns this person and was never sent.

    A document is final and each event names all of the account: so it does not matter which of them comes first, and a
    lost one is healed by the next. The mail waits until the PDF is here.
    """
    for document in account.documents:
        purpose = PURPOSE_OF_KIND.get(document.kind)
        if purpose and document.contact_id == contact.person_id:
            wanted = Wish(
                purpose,
                version=1,
                details=_details(account, document),
                document=document.sha256,
                edition_id=account.edition_id,
            )
            if at.sequence > contact.thread(document.number).sequence:
                contact = newest(contact, document.number, wanted, at, age_max)
    return Decision(contact)


def _details(account: Account, document: BillingDocument) -> dict[str, Any]:
    return {
        "number": document.number,
        "refers_to": document.refers_to,
        "currency": account.currency,
        "issued_on": document.issued_on.isoformat(),
        "due_on": document.due_on.isoformat() if document.due_on else None,
        "total_excl_cents": document.total_excl_cents,
        "vat_cents": document.vat_cents,
        "total_cents": document.total_cents,
    }
