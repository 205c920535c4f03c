"""The heart of billing: keep what is invoiced equal to what is owed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from billing.domain.account import (
    Account,
    Agreement,
    Cause,
    Document,
    Draft,
    DraftLine,
    Item,
    Kind,
    OwedLine,
    Payer,
)
from spn.decision import Decision, DomainError, Moment, unchanged

if TYPE_CHECKING:
    from billing.events_in import Enrolment, EnrolmentPayer


class AmbiguousAgreement(DomainError):
    """A payer or a line is named twice: nobody can tell what is owed."""


def settle_account(account: Account, enrolment: Enrolment, at: Moment) -> Decision[Account]:
    """Make invoiced equal owed, per payer and line: an invoice for what is missing, credit for what is too much.

    Promises nothing about order: an enrolment older than the account knows changes nothing. Unnumbered drafts are
    worked out anew each time; one that still says the right thing stays, with its place in the line.

    :raises AmbiguousAgreement: it becomes a dead letter; the next whole agreement heals the account.
    """
    if at.sequence <= account.sequence:
        return unchanged(account)
    known = replace(account, sequence=at.sequence, agreement=_agreement(enrolment))
    kept = [_kept_or_new(account, draft) for draft in _wanted(known, at)]
    return Decision(replace(known, drafts=tuple(kept)))


def _kept_or_new(account: Account, wanted: Draft) -> Draft:
    return next((old for old in account.drafts if old.says_the_same(wanted)), wanted)


def _wanted(account: Account, at: Moment) -> Iterator[Draft]:
    assert account.agreement is not None
    payers = {payer.organisation_id: payer for payer in account.agreement.payers}
    former = {d.organisation_id: _former_payer(d) for d in account.documents}
    for organisation_id, payer in sorted({**former, **payers}.items()):
        balance = _balance(account, organisation_id, payer)
        missing = tuple(DraftLine(line.item, balance[line.item.line_id]) for line in payer.lines)
        missing = tuple(line for line in missing if line.amount_cents > 0)
        if missing:
            yield _draft("invoice", payer, None, missing, at)
        too_much = {line_id: -cents for line_id, cents in balance.items() if cents < 0}
        for invoice in account.invoices_of(organisation_id):
            if lines := _credit_lines(account, invoice, too_much):
                yield _draft("credit-note", payer, invoice.number, lines, at)


def _balance(account: Account, organisation_id: str, payer: Payer) -> dict[str, int]:
    """Owed minus (invoiced minus credited), per line that is owed or was ever invoiced."""
    balance = {line.item.line_id: line.owed_cents for line in payer.lines}
    for invoice in account.invoices_of(organisation_id):
        for line_id, left in account.lines_left(invoice).items():
            balance[line_id] = balance.get(line_id, 0) - left
    return balance


def _credit_lines(account: Account, invoice: Document, too_much: dict[str, int]) -> tuple[DraftLine, ...]:
    """What this invoice gives back; takes it off ``too_much``. Never more than what is left of the invoice."""
    left = account.lines_left(invoice)
    found = []
    for line in invoice.lines:
        cents = min(too_much.get(line.item.line_id, 0), left[line.item.line_id])
        if cents > 0:
            too_much[line.item.line_id] -= cents
            found.append(DraftLine(line.item, cents, line.vat))
    return tuple(found)


def _draft(kind: Kind, payer: Payer, refers_to: str | None, lines: tuple[DraftLine, ...], at: Moment) -> Draft:
    return Draft(
        draft_id=at.new_id(f"{kind}:{payer.organisation_id}:{refers_to or ''}"),
        kind=kind,
        organisation_id=payer.organisation_id,
        contact_id=payer.contact_id,
        reference=payer.reference,
        refers_to=refers_to,
        lines=lines,
        cause=Cause(at.message_id, at.correlation_id or str(at.message_id), at.traceparent),
    )


def _former_payer(document: Document) -> Payer:
    """Who paid before and is in the agreement no more: owes nothing, gets credit at the last known contact."""
    return Payer(document.organisation_id, document.contact_id, document.reference, ())


def _agreement(enrolment: Enrolment) -> Agreement:
    payers = tuple(_payer(enrolment.enrolment_id, payer) for payer in enrolment.payers)
    if len({payer.organisation_id for payer in payers}) < len(payers):
        raise AmbiguousAgreement(f"enrolment {enrolment.enrolment_id} names a payer twice")
    return Agreement(
        edition_id=enrolment.edition_id,
        title_nl=enrolment.edition_title_nl,
        title_en=enrolment.edition_title_en,
        enrolment_number=enrolment.number,
        starts_on=enrolment.starts_on,
        ends_on=enrolment.ends_on,
        currency=enrolment.currency,
        payers=payers,
    )


def _payer(enrolment_id: UUID, payer: EnrolmentPayer) -> Payer:
    lines = tuple(
        OwedLine(
            Item(line.line_id, line.description_nl, line.description_en, line.nature, line.unit_price_cents),
            line.owed_cents,
        )
        for line in payer.lines
    )
    if len({line.item.line_id for line in lines}) < len(lines):
        raise AmbiguousAgreement(f"enrolment {enrolment_id} names a line twice for {payer.organisation_id}")
    return Payer(payer.organisation_id, payer.contact_id, payer.reference, lines)
