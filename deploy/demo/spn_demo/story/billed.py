"""What billing tells: invoices, credit notes, and the files of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spn_demo.journal import Told
from spn_demo.names import Names
from spn_demo.story.lines import Name, Piece, Sentence, alone
from spn_demo.story.words import counted, euros, short_day

DOCUMENT = "billing.document.v1"


def billed(told: Told, _names: Names) -> Iterable[Piece]:
    """The piece of an event of billing."""
    if told.type == DOCUMENT:
        yield Piece(told, _files, ("files",), (told.subject,), "quiet")
    elif isinstance(told.data, dict) and "document" in told.data:
        concerns = (told.subject, told.data["document"]["contact_id"])
        kind = told.data["document"]["kind"]
        yield Piece(told, _invoice if kind == "invoice" else _credit_note, alone(told), concerns)


def _invoice(pieces: Sequence[Piece], names: Names) -> Sentence:
    told, document = pieces[0].told, pieces[0].told.data["document"]
    due = f"; to be paid by {short_day(document['due_on'])}" if document["due_on"] else ""
    return (
        "invoice ",
        Name(document["number"]),
        f" to {names.organisation(document['organisation_id'])} for ",
        Name(names.participant(told.subject)),
        f": {_amount(document)}{due}",
    )


def _credit_note(pieces: Sequence[Piece], names: Names) -> Sentence:
    told, document = pieces[0].told, pieces[0].told.data["document"]
    whom = names.organisation(document["organisation_id"])
    left = euros(told.data["invoiced_cents"] - told.data["credited_cents"])
    rest = f" to {whom}: {_amount(document)} of invoice {document['refers_to']}; {left} stays invoiced, as is owed"
    return "credit note ", Name(document["number"]), rest


def _files(pieces: Sequence[Piece], _names: Names) -> Sentence:
    size = sum(len(piece.told.raw) for piece in pieces) / 1000
    return (f"hands out {counted(len(pieces), 'PDF')} ({size:.0f} kB), each under the SHA-256 of its bytes",)


def _amount(document: dict[str, int]) -> str:
    vat = f" + {euros(document['vat_cents'])} VAT" if document["vat_cents"] else ""
    return f"{euros(document['total_excl_cents'])}{vat}"
