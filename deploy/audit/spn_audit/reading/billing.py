"""What billing owns, row by row, as its database has it now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from spn_audit.events import agreed_of
from spn_audit.reading.snapshot import Snapshot
from spn_audit.states import Owed


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What an account knows to be owed, and of which number of its enrolment."""

    sequence: int
    owed: Owed


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A numbered document. ``intact``: its file has the fingerprint that was told."""

    number: str
    series: str
    year: int
    ordinal: int
    issued_on: date
    enrolment: str
    organisation: str
    kind: str
    refers_to: str | None
    sha256: str
    intact: bool
    lines: Mapping[str, int]
    net_cents: int


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A document that has no number yet. ``ready``: nothing is missing that it needs."""

    enrolment: str
    attempts: int
    ready: bool


@dataclass(slots=True)
class Billing:
    """Billing's own tables."""

    accounts: dict[str, AccountRow] = field(default_factory=dict)
    documents: dict[str, DocumentRow] = field(default_factory=dict)
    drafts: dict[str, DraftRow] = field(default_factory=dict)
    series: dict[tuple[str, int], tuple[int, date]] = field(default_factory=dict)
    buyers: dict[str, int] = field(default_factory=dict)
    contacts: dict[str, int] = field(default_factory=dict)


_DOCUMENTS = """
SELECT d.number, d.series, d.year, d.ordinal, d.issued_on, d.enrolment_id AS enrolment,
       d.organisation_id AS organisation, d.kind, d.refers_to, d.sha256,
       coalesce(encode(sha256(f.content), 'hex') = d.sha256, false) AS intact, d.body
FROM documents d LEFT JOIN document_files f USING (sha256)
"""
_DRAFTS = """
SELECT d.draft_id, d.enrolment_id, d.attempts, b.address IS NOT NULL AND c.language IS NOT NULL AS ready
FROM drafts d LEFT JOIN buyers b USING (organisation_id) LEFT JOIN contacts c ON c.person_id = d.contact_id
"""
FILES_CHUNK = 50
_AS_STORED = (
    *("number", "series", "year", "ordinal", "issued_on", "organisation"),
    *("kind", "refers_to", "sha256", "intact"),
)


async def read_billing(look: Snapshot) -> Billing:
    """Read them; the database works out the fingerprints of the files, a few at a time."""
    book = Billing()
    async for row in look.rows("SELECT enrolment_id, sequence, agreement FROM accounts"):
        book.accounts[str(row[0])] = AccountRow(row[1], _agreed(row[2]))
    async for row in look.rows(_DOCUMENTS, chunk=FILES_CHUNK):
        book.documents[row["number"]] = _document(row)
    async for row in look.rows(_DRAFTS):
        book.drafts[str(row[0])] = DraftRow(str(row[1]), row[2], row[3])
    async for row in look.rows("SELECT series, year, last_ordinal, last_on FROM series"):
        book.series[row[0], row[1]] = (row[2], row[3])
    async for row in look.rows("SELECT organisation_id, sequence FROM buyers"):
        book.buyers[row[0]] = row[1]
    async for row in look.rows("SELECT person_id, sequence FROM contacts"):
        book.contacts[str(row[0])] = row[1]
    return book


def _agreed(text: str | None) -> Owed:
    if text is None:
        return {}
    return agreed_of(json.loads(text)["payers"])


def _document(row: Any) -> DocumentRow:
    body = json.loads(row["body"])
    lines: dict[str, int] = {}
    for line in body["lines"]:
        lines[line["item"]["line_id"]] = lines.get(line["item"]["line_id"], 0) + line["amount_cents"]
    net = sum(part["net_cents"] for part in body["subtotals"])
    values = {name: row[name] for name in _AS_STORED}
    return DocumentRow(enrolment=str(row["enrolment"]), lines=lines, net_cents=net, **values)
