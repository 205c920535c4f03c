"""Billing: what is owed, what was invoiced, and what was credited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from spn_audit import programme
from spn_audit.evidence import Evidence
from spn_audit.reading.billing import DocumentRow
from spn_audit.result import Check, Findings
from spn_audit.states import Account, Enrolment, Owed, differing

ACCOUNT = "database of billing, tables accounts and documents, enrolment_id {}"


def owed_is_invoiced(seen: Evidence) -> Check:
    """Invoices minus credit notes, per enrolment, payer and line."""
    found = Findings()
    papers = _by_enrolment(seen.billing.documents.values())
    drafts = {row.enrolment for row in seen.billing.drafts.values()}
    invoiced = credited = owed = 0
    for enrolment, account in seen.billing.accounts.items():
        balance = _balance(papers.get(enrolment, []))
        owed += sum(account.owed.values())
        for payer, line, is_owed, is_there in differing(account.owed, balance):
            # As long as documents are issued, who has a draft waits in a line that moves.
            line_at = len(seen.billing.documents) if enrolment in drafts else 0
            waits = ", and a draft waits for its number" if enrolment in drafts else ""
            found.add(
                f"enrolment {enrolment}: {payer} owes {_euros(is_owed)} for '{line}', and invoices minus credit"
                f" notes are {_euros(is_there)}{waits}",
                ACCOUNT.format(enrolment),
                key=f"{enrolment} {payer} {line} {is_owed} {is_there} {account.sequence} {line_at}",
            )
    for document in seen.billing.documents.values():
        invoiced += document.net_cents if document.kind == "invoice" else 0
        credited += document.net_cents if document.kind != "invoice" else 0
    counted = {"cents owed": owed, "invoiced": invoiced, "credited": credited}
    sentence = "For every enrolment and payer, invoices minus credit notes are what is owed."
    examined = len(seen.billing.accounts)
    return Check("owed-is-invoiced", sentence, counted, found.all(), examined, True)


def _balance(documents: Iterable[DocumentRow]) -> Owed:
    """Cents by (payer, line), excluding VAT; what is zero is left out."""
    balance: dict[tuple[str, str], int] = defaultdict(int)
    for document in documents:
        sign = 1 if document.kind == "invoice" else -1
        for line, cents in document.lines.items():
            balance[document.organisation, line] += sign * cents
    return {place: cents for place, cents in balance.items() if cents}


def agreements_agree(seen: Evidence) -> Check:
    """Billing's agreement is enrolment's: payer by payer, line by line, whatever became of the enrolment."""
    found, examined, payers = Findings(), 0, 0
    told = seen.told_enrolments()
    for enrolment, account in seen.billing.accounts.items():
        newest = told.get(enrolment)
        if newest is None:
            found.add(f"there is an account for enrolment {enrolment}, which is not there", ACCOUNT.format(enrolment))
        elif newest.sequence == account.sequence and isinstance(newest.state, Enrolment):
            examined += 1
            payers += len({payer for payer, _ in newest.state.price})
            for payer, line, has, said in differing(account.owed, newest.state.owed):
                found.add(
                    f"enrolment {enrolment}: billing has {_euros(has)} as owed by {payer} for '{line}', enrolment"
                    f" ({newest.state.status}) told {_euros(said)}",
                    f"{ACCOUNT.format(enrolment)}; database of enrolment, table told",
                )
    sentence = "What billing has as owed, payer by payer, is what enrolment told."
    return Check("agreements-agree", sentence, {"accounts": examined, "payers": payers}, found.all(), examined)


def papers_sound(seen: Evidence) -> Check:
    """Each document by itself, and each credit note against its invoice."""
    found = Findings()
    documents = seen.billing.documents
    credited: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for document in documents.values():
        for what in _wrong(document, documents.get(document.refers_to or "")):
            found.add(f"{document.number}: {what}", f"database of billing, table documents, number {document.number}")
        if document.refers_to:
            for line, cents in document.lines.items():
                credited[document.refers_to][line] += cents
    for number, lines in credited.items():
        invoice = documents.get(number)
        for line, cents in lines.items():
            most = invoice.lines.get(line, 0) if invoice else 0
            if cents > most:
                what = f"{_euros(cents)} of '{line}' was credited, {_euros(most)} was invoiced"
                found.add(f"{number}: {what}", f"database of billing, table documents, refers_to {number}")
    counted = {
        "invoices": sum(one.kind == "invoice" for one in documents.values()),
        "credit notes": sum(one.kind == "credit-note" for one in documents.values()),
    }
    sentence = "Every document adds up, and no invoice was credited beyond its amount."
    return Check("papers-sound", sentence, counted, found.all(), len(documents))


def _wrong(document: DocumentRow, invoice: DocumentRow | None) -> Iterator[str]:
    if sum(document.lines.values()) != document.net_cents:
        yield f"its lines are {_euros(sum(document.lines.values()))}, its total is {_euros(document.net_cents)}"
    if document.net_cents <= 0:
        yield f"its amount is {_euros(document.net_cents)}"
    if document.kind == "credit-note":
        if invoice is None or invoice.kind != "invoice":
            yield f"it credits {document.refers_to}, which is no invoice"
        elif (invoice.enrolment, invoice.organisation) != (document.enrolment, document.organisation):
            yield f"it credits {invoice.number}, which is another payer's or another enrolment's"


def accounts_as_told(seen: Evidence) -> Check:
    """The newest account event lists the documents that are stored."""
    found = Findings()
    told = seen.told(programme.ACCOUNTS)
    papers = _by_enrolment(seen.billing.documents.values())
    for enrolment in papers.keys() | told.keys():
        state = told[enrolment].state if enrolment in told else None
        said = {d.number: (d.sha256, d.net_cents) for d in state.documents} if isinstance(state, Account) else {}
        stored = {d.number: (d.sha256, d.net_cents) for d in papers.get(enrolment, [])}
        if said != stored:
            differing = sorted(n for n in said.keys() | stored.keys() if said.get(n) != stored.get(n))
            found.add(
                f"enrolment {enrolment}: what is stored of {', '.join(differing)} is not what billing told",
                ACCOUNT.format(enrolment),
                "spn tail spn.billing.events --from-beginning --no-follow",
            )
    sentence = "The documents that billing told of are the ones that it has."
    return Check("documents-as-told", sentence, {"accounts told": len(told)}, found.all(), len(seen.billing.documents))


def _by_enrolment(documents: Iterable[DocumentRow]) -> dict[str, list[DocumentRow]]:
    found: dict[str, list[DocumentRow]] = defaultdict(list)
    for document in documents:
        found[document.enrolment].append(document)
    return found


def _euros(cents: int) -> str:
    return f"EUR {cents / 100:,.2f}"
